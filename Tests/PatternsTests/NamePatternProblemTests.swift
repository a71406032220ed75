// SPDX-License-Identifier: Apache-2.0
import Patterns
import Testing

@Suite struct NamePatternProblemTests {
    @Test(arguments: [
        ("*orders", 1, "nothing before '*'"),
        ("a**", 3, "nothing before '*'"),
        ("a(b", 2, "not closed by ')'"),
        ("a)b", 2, "closes no group"),
        ("[a", 1, "not closed by ']'"),
        ("[]", 1, "not closed by ']'"),
        ("[c-a]", 2, "the range counts down"),
        ("a{3,1}", 2, "counts down"),
        ("a{x}", 2, "needs a number"),
        ("a{1", 2, "not closed by '}'"),
        ("{1}", 1, "nothing before it to repeat"),
        ("a\\", 2, "escapes nothing"),
        ("\\y", 1, "means nothing here"),
        ("\\E", 1, "means nothing here"),
        ("\\p{Foo}", 1, "'Foo' is not supported"),
        ("\\u12", 1, "four hexadecimal digits"),
        ("\\uD83D", 1, "surrogate"),
        ("(?<1>a)", 4, "a group's name"),
        ("(?<a>x)(?<a>y)", 8, "two groups are called 'a'"),
        ("(?Px)", 1, "starts nothing that is known"),
        ("[a&&]", 3, "'&&' needs something on both sides"),
    ])
    func `refuses what Java refuses`(text: String, position: Int, reason: String) {
        expect(text, position, reason)
    }

    @Test(arguments: [
        ("(?<=a{1,3})b", 1, "no fixed length"),
        ("(?<!a|(?:bc|d))b", 1, "no fixed length"),
        ("(?x) a b", 3, "the flag 'x' is not supported"),
        ("(?iu)a", 4, "the flag 'u' is not supported"),
        ("a\\R", 2, "'\\R' is not supported"),
        ("\\b{g}a", 1, "'\\b{' is not supported"),
        ("\\1(a)", 1, "does not end before it"),
        ("(?i)(a)\\1", 8, "ignores case"),
        ("(?>(a)|b)\\1", 10, "gives nothing back"),
        ("(?:^a?){2}", 8, "may take nothing"),
        ("\\p{IsLatin}", 1, "'IsLatin' is not supported"),
        ("\\p{javaLowerCase}", 1, "'javaLowerCase' is not supported"),
        ("[a-z&&[a]&b]", 10, "a single '&'"),
        ("^*a", 2, "cannot be repeated"),
        ("a{2000}", 6, "no name is that long"),
        ("\\Qa.b\\Ec(", 9, "not closed by ')'"),  // counted as it was written
    ])
    func `refuses what would mean something else`(text: String, position: Int, reason: String) {
        expect(text, position, reason)
    }

    @Test func `refuses nesting that would exhaust the stack`() {
        let depth = 5000
        let text = String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
        expect(text, 101, "deeper than 100")
        expect(String(repeating: "[", count: depth), 100, "deeper than 100")
    }

    @Test func `refuses what would take too much room`() {
        let problem = #expect(throws: NamePatternProblem.self) { try NamePattern("((a{1000}){1000}){1000}") }
        #expect(problem?.reason.contains("too large when compiled") == true)
    }

    @Test func `a class may be very long`() throws {
        let pattern = try NamePattern("[" + String(repeating: "abc-x", count: 100_000) + "]+")
        #expect(pattern.answer(for: "cab-") == .no)
        #expect(pattern.answer(for: "cabx") == .yes)
    }

    @Test func `a list of thousands of names is one pattern`() throws {
        let names = (0..<5000).map { "orders.\($0).of.a.topic.with.a.long.name" }
        let pattern = try NamePattern(names.joined(separator: "|"))
        #expect(pattern.answer(for: names[4999]) == .yes)
        #expect(pattern.answer(for: "orders.5000.of.a.topic.with.a.long.name") == .no)
    }

    private func expect(_ text: String, _ position: Int, _ reason: String, at place: SourceLocation = #_sourceLocation)
    {
        let problem = #expect(throws: NamePatternProblem.self, sourceLocation: place) { try NamePattern(text) }
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "taken")", sourceLocation: place)
        #expect(problem?.position == position, sourceLocation: place)
    }
}
