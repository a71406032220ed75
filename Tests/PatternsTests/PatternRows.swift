// SPDX-License-Identifier: Apache-2.0
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

/// Java's answers; `JavaAnswerTests` asks Java itself again where there is one.
extension PatternRow {
    static let all = wholeNames + classes + escapes + groups + flags + scalars

    static let wholeNames = [
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
        PatternRow("é.*ß", matches: ["éß", "éaß", "é€ß"], not: ["é\u{85}ß", "aß"]),
        PatternRow(".*a\n.*", matches: ["xa\ny", "a\n"], not: ["a\n\n", "a"]),
    ]

    static let classes = [
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
        PatternRow("[a-z&&[def]]", matches: ["d", "f"], not: ["a", "&"]),
        PatternRow("[\\p{L}&&[^\\p{Lu}]]+", matches: ["aé"], not: ["A", "É", "1"]),
        PatternRow("[a-z&&[^m-p]&&[^x]]+", matches: ["aq"], not: ["m", "x"]),
        PatternRow("[^[ab]c]", matches: ["d"], not: ["a", "c"]),
        PatternRow("[^\\D5]+", matches: ["123"], not: ["5", "a"]),
        PatternRow("[[:alpha:]]", matches: [":", "a", "l", "p", "h"], not: ["b", "z"]),  // not POSIX
        PatternRow("[.$^*(]+", matches: [".$*(", "^"], not: ["a", "\\"]),
    ]

    static let escapes = [
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
        PatternRow("\\bpay.*\\b", matches: ["pay", "pay.ments"], not: ["xpay", "pay."]),
        PatternRow(".*\\btest\\b.*", matches: ["a.test.b", "test", "a-test"], not: ["a_test", "contest", "tests"]),
        PatternRow("a\\Bb|\\B", matches: ["ab", ""], not: ["a b"]),
        PatternRow("orders\\z|a\\Z", matches: ["orders", "a"], not: ["orders\n", "a\n"]),
        PatternRow("a\\Z\\n|b$\\r\\n|c\\r$\\n", matches: ["a\n", "b\r\n"], not: ["a", "c\r\n"]),
        PatternRow("\\h\\v", matches: ["\u{A0}\u{2028}", "\t\u{0B}"], not: ["\n "]),
        PatternRow("\\t\\n\\r\\f\\a\\e\\cA", matches: ["\t\n\r\u{0C}\u{07}\u{1B}\u{01}"], not: ["tnrfaecA"]),
        PatternRow("\\p{Punct}+", matches: ["._-$+<"], not: ["a", "€"]),
        PatternRow("\\p{Sc}\\p{Nd}|\\p{LC}", matches: ["€1", "$٣", "ǅ"], not: ["1€", "ª"]),
        PatternRow("\\p{L1}+", matches: ["é"], not: ["€"]),
    ]

    static let groups = [
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
        PatternRow("(?!.*\\.test$).*", matches: ["orders", "a.tests"], not: ["a.test"]),
        PatternRow(".*(?<!\\.test)", matches: ["orders", ".tes"], not: ["a.test", ".test"]),
        PatternRow(
            "^(?!__)(.*)(?<!\\.(?:dev|tst))$", matches: ["orders", "orders.prd"], not: ["__x", "a.dev", "a.tst"]),
        PatternRow("(?<=a|bc)x|.*(?<=b)c", matches: ["bc", "abc"], not: ["x", "c"]),
        PatternRow("(?:a|ab){2}+", matches: ["aa"], not: ["aba", "abab"]),  // a round that is over gives nothing back
        PatternRow("(a)?b\\1", matches: ["aba"], not: ["b", "ab"]),  // what took no part cannot come again
        PatternRow("(?:a??){2}", matches: ["", "a", "aa"], not: ["aaa"]),
        PatternRow("[ab]{0}c|(?:(?:(?=[a])[b])|d){0}e*", matches: ["c", "", "ee"], not: ["ac", "de"]),
    ]

    static let flags = [
        PatternRow("(?i)orders|b", matches: ["ORDERS", "B"], not: ["c"]),  // holds for what follows
        PatternRow("(?i:a)b", matches: ["Ab", "ab"], not: ["aB"]),
        PatternRow("((?i)a)b", matches: ["Ab"], not: ["AB"]),
        PatternRow("(?i)a(?-i)b", matches: ["Ab"], not: ["aB"]),
        PatternRow("(?i)[k-m]é", matches: ["Ké"], not: ["KÉ", "\u{212A}é"]),  // ASCII only
        PatternRow("(?i)[^a]", matches: ["b"], not: ["A"]),
        PatternRow("(?s)a.b", matches: ["a\nb"], not: ["ab"]),
        PatternRow("(?i)\\p{Lower}", matches: ["A"], not: ["1"]),
        PatternRow("(?m)^a$\n^b$", matches: ["a\nb"], not: ["a\n", "ab"]),
        PatternRow("(?m)^", matches: [], not: ["", "a"]),  // never at the end
        PatternRow("(?m)a$\\r\\n^b", matches: ["a\r\nb"], not: ["a\nb"]),
        PatternRow("(?m)a\\r$\\n", matches: [], not: ["a\r\n"]),
        PatternRow("(?i)[^k]", matches: ["\u{212A}", "a"], not: ["k", "K"]),
        PatternRow("(?i)\\p{Lu}", matches: ["é", "É"], not: ["1"]),
        PatternRow("(?-i)a(?i:B)", matches: ["ab", "aB"], not: ["AB"]),
    ]

    static let scalars = [
        PatternRow("caf.", matches: ["caf\u{e9}"], not: ["cafe\u{301}"]),
        PatternRow("cafe\u{301}", matches: ["cafe\u{301}"], not: ["caf\u{e9}"]),
        PatternRow("\u{e9}", matches: ["\u{e9}"], not: ["e\u{301}"]),
    ]
}
