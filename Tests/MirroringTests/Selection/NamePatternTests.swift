// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

/// A pattern and what Java 17 says it matches and does not.
struct PatternRow: Sendable, CustomTestStringConvertible {
    let pattern: String
    let matching: [String]
    let other: [String]

    init(_ pattern: String, matches matching: [String], not other: [String]) {
        self.pattern = pattern
        self.matching = matching
        self.other = other
    }

    var testDescription: String { pattern }
}

@Suite struct NamePatternTests {
    @Test(arguments: [
        PatternRow(".*", matches: ["", "orders", "é"], not: ["a\nb", "a\u{2028}"]),
        PatternRow("orders", matches: ["orders"], not: ["my.orders", "orders2", "order", ""]),
        PatternRow("eu\\..*", matches: ["eu.orders", "eu."], not: ["euxorders", "eu"]),
        PatternRow(".*\\.replica", matches: [".replica", "a.replica"], not: ["areplica", "a.replica2"]),
        PatternRow("a.*b.*c", matches: ["abc", "axbxc", "abbcc"], not: ["acb", "ab", "abcd"]),
        PatternRow("ab.*ba", matches: ["abba", "abxba"], not: ["aba"]),  // the ends do not overlap
        PatternRow(".*[\\-\\.]internal", matches: ["a.internal", "a-internal"], not: ["ainternal", "a_internal"]),
        PatternRow("__.*", matches: ["__consumer_offsets"], not: ["_x", "x__y"]),
        PatternRow("a|ab|abc", matches: ["a", "ab", "abc"], not: ["abcd", "b"]),
        PatternRow("(?:a|ab)", matches: ["ab"], not: ["b"]),  // a whole match goes back into the alternatives
        PatternRow("a||b", matches: ["a", "", "b"], not: ["ab"]),
        PatternRow("", matches: [""], not: ["a"]),
    ])
    func `matches the whole name`(row: PatternRow) throws { try check(row) }

    @Test(arguments: [
        PatternRow("[a-z&&[^bc]]+", matches: ["ad"], not: ["ab"]),
        PatternRow("[ab&&[bc]d]", matches: ["b"], not: ["a", "c", "d"]),
        PatternRow("[^a&&b]", matches: ["a", "b", "c"], not: [""]),  // the whole is negated
        PatternRow("[]a]", matches: ["]", "a"], not: ["b"]),
        PatternRow("[^]a]", matches: ["b"], not: ["]", "a"]),
        PatternRow("[a-]", matches: ["a", "-"], not: ["b"]),
        PatternRow("[\\w-]+", matches: ["a_1-Z"], not: ["a.b", "é"]),
        PatternRow("[a-c[x-z]]", matches: ["b", "y"], not: ["m"]),
        PatternRow("[\\Qa-c\\E]", matches: ["a", "-", "c"], not: ["b"]),
        PatternRow("[a&b^]", matches: ["&", "^"], not: ["c"]),
    ])
    func `reads classes as Java does`(row: PatternRow) throws { try check(row) }

    @Test(arguments: [
        PatternRow("\\p{Alnum}+", matches: ["aZ9"], not: ["a_", "é"]),
        PatternRow("\\p{Lower}\\P{Lower}", matches: ["aA", "a1"], not: ["aa", "éA"]),
        PatternRow("\\p{L}+", matches: ["aé"], not: ["a1"]),
        PatternRow("\\p{Lu}", matches: ["É", "A"], not: ["é"]),
        PatternRow("\\pL\\p{IsNd}", matches: ["a1"], not: ["1a"]),
        PatternRow("\\d\\w\\s", matches: ["1_ "], not: ["١a "]),  // ASCII only, unless asked otherwise
        PatternRow("\\D\\W\\S", matches: ["a-b", "١éx"], not: ["1-b"]),
        PatternRow("\\x61\\u0062\\x{63}\\0144", matches: ["abcd"], not: ["abc"]),
        PatternRow("\\uD83D\\uDE00", matches: ["😀"], not: ["a"]),
        PatternRow("\\_\\-\\.\\\\", matches: ["_-.\\"], not: ["_-x\\"]),
        PatternRow("\\Qa.b*\\E+", matches: ["a.b*", "a.b**"], not: ["axb"]),
        PatternRow("\\Qa\\\\E", matches: ["a\\"], not: ["a"]),
        PatternRow("a\\\\Qb", matches: ["a\\Qb"], not: ["ab"]),  // an escaped backslash starts no quotation
    ])
    func `reads escapes as Java does`(row: PatternRow) throws { try check(row) }

    @Test(arguments: [
        PatternRow("a*+a", matches: [], not: ["aa", "a"]),
        PatternRow("a{2}", matches: ["aa"], not: ["a", "aaa"]),
        PatternRow("a{1,2}b{2,}", matches: ["abb", "aabbb"], not: ["aaabb", "ab"]),
        PatternRow("a{1,2}?a", matches: ["aa", "aaa"], not: ["a"]),
        PatternRow("(?>a|ab)c", matches: ["ac"], not: ["abc"]),
        PatternRow("(a|b)\\1", matches: ["aa", "bb"], not: ["ab"]),
        PatternRow("(?<n>a|b)\\k<n>x|y", matches: ["aax", "y"], not: ["abx"]),
        PatternRow("(a)\\11", matches: ["aa1"], not: ["a1"]),
        PatternRow("(?!__).*", matches: ["orders"], not: ["__x"]),
        PatternRow("(?=.*x)[a-x]+", matches: ["ax"], not: ["ab"]),
        PatternRow("^orders$", matches: ["orders"], not: ["orders2"]),
        PatternRow("(?:a*)*b", matches: ["aab", "b"], not: ["aa"]),
    ])
    func `repeats, groups and looks ahead as Java does`(row: PatternRow) throws { try check(row) }

    @Test(arguments: [
        PatternRow("(?i)orders|b", matches: ["ORDERS", "B"], not: ["c"]),  // holds for what follows
        PatternRow("(?i:a)b", matches: ["Ab", "ab"], not: ["aB"]),
        PatternRow("((?i)a)b", matches: ["Ab"], not: ["AB"]),
        PatternRow("(?i)a(?-i)b", matches: ["Ab"], not: ["aB"]),
        PatternRow("(?i)[k-m]é", matches: ["Ké"], not: ["KÉ", "\u{212A}é"]),  // ASCII only
        PatternRow("(?i)[^a]", matches: ["b"], not: ["A"]),
        PatternRow("(?s)a.b", matches: ["a\nb"], not: ["ab"]),
        PatternRow("(?i)\\p{Lower}", matches: ["A"], not: ["1"]),
    ])
    func `flags hold to the end of their group`(row: PatternRow) throws { try check(row) }

    @Test func `compares scalars, not characters`() throws {
        try check(PatternRow("caf.", matches: ["caf\u{e9}"], not: ["cafe\u{301}"]))
        try check(PatternRow("cafe\u{301}", matches: ["cafe\u{301}"], not: ["caf\u{e9}"]))
        try check(PatternRow("\u{e9}", matches: ["\u{e9}"], not: ["e\u{301}"]))
    }

    private func check(_ row: PatternRow) throws {
        let pattern = try NamePattern(row.pattern)
        for name in row.matching { #expect(pattern.matches(name), "\(name)") }
        for name in row.other { #expect(!pattern.matches(name), "\(name)") }
    }
}
