// SPDX-License-Identifier: Apache-2.0
import Mirroring
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
        ("(?<=a)b", 1, "looking behind"),
        ("a\\bb", 2, "word boundaries"),
        ("(?x) a b", 3, "the flag 'x' is not supported"),
        ("(?m)^a$", 3, "the flag 'm' is not supported"),
        ("\\R", 1, "'\\R' is not supported"),
        ("\\1(a)", 1, "does not end before it"),
        ("(?i)(a)\\1", 8, "ignores case"),
        ("\\p{IsLatin}", 1, "'IsLatin' is not supported"),
        ("^*a", 2, "cannot be repeated"),
        ("a{2000}", 6, "no name is that long"),
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

    @Test func `a list names the entry that is wrong`() {
        let problem = #expect(throws: NamePatternProblem.self) { try NamePatternList(["fine", "a(b"]) }
        #expect(problem?.pattern == "a(b")
        #expect(problem?.description == "'a(b' at character 2: the group that starts here is not closed by ')'")
    }

    private func expect(_ text: String, _ position: Int, _ reason: String, at place: SourceLocation = #_sourceLocation)
    {
        let problem = #expect(throws: NamePatternProblem.self, sourceLocation: place) { try NamePattern(text) }
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "taken")", sourceLocation: place)
        #expect(problem?.position == position, sourceLocation: place)
    }
}
