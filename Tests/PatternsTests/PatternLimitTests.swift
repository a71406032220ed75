// SPDX-License-Identifier: Apache-2.0
import Patterns
import Testing

@Suite struct PatternLimitTests {
    private let hostile = String(repeating: "a", count: 200)

    @Test(arguments: ["(a+)+$", "(a|a)*b", "(a|aa)+b", "(.*a){20}b", "(?:a*)*?(?:a*)*?c", "((a*)*)*b", "(?!(a+)+b)a*c"])
    func `a pattern that would take for ever gives no answer, and says which it is`(text: String) throws {
        let name = hostile + "!"
        guard case .unknown(let limit) = try NamePattern("orders|\(text)").answer(for: name) else {
            Issue.record("an answer")
            return
        }
        #expect(limit.pattern == text)
        #expect(limit.name == name)
        #expect(limit.description.hasPrefix("'\(text)' gives no answer about '\(name)': matching was ended after"))
    }

    @Test func `what it holds at once is limited too`() throws {
        let long = String(repeating: "ab", count: 2_000_000)
        guard case .unknown = try NamePattern("(?:(a)|b)*c").answer(for: long) else {
            Issue.record("an answer")
            return
        }
    }

    @Test func `the same pattern answers about all other names`() throws {
        let pattern = try NamePattern("(a+)+$|b.*")
        for _ in 0..<2 {
            #expect(pattern.answer(for: "aaa") == .yes)
            #expect(pattern.answer(for: "b" + hostile + "!") == .yes)
            #expect(pattern.answer(for: "c") == .no)
            guard case .unknown = pattern.answer(for: hostile + "!") else {
                Issue.record("an answer")
                return
            }
        }
    }

    @Test func `an alternative that matches decides, whatever stands before it`() throws {
        #expect(try NamePattern("(a+)+b|a*!").answer(for: hostile + "!") == .yes)
    }

    @Test func `ordinary patterns answer about the longest name`() throws {
        let name = String(repeating: "ab.", count: 83)
        for text in [".*[.]x.*[.]y.*", "(?!__)([a-z]+[.])*", "[a-z.]*[.]a[a-z.]*b[a-z.]*c", ".*a.*b.*c.*d.*e"] {
            if case .unknown(let limit) = try NamePattern(text).answer(for: name) { Issue.record("\(limit)") }
        }
    }
}
