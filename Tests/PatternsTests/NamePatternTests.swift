// SPDX-License-Identifier: Apache-2.0
import Patterns
import Testing

@Suite struct NamePatternTests {
    @Test(arguments: PatternRow.wholeNames)
    func `matches the whole name`(row: PatternRow) { check(row) }

    @Test(arguments: PatternRow.classes)
    func `reads classes as Java does`(row: PatternRow) { check(row) }

    @Test(arguments: PatternRow.escapes)
    func `reads escapes as Java does`(row: PatternRow) { check(row) }

    @Test(arguments: PatternRow.groups)
    func `repeats, groups and looks around as Java does`(row: PatternRow) { check(row) }

    @Test(arguments: PatternRow.flags)
    func `flags hold to the end of their group`(row: PatternRow) { check(row) }

    @Test(arguments: PatternRow.scalars)
    func `compares scalars, not characters`(row: PatternRow) { check(row) }

    private func check(_ row: PatternRow) {
        #expect(throws: Never.self) {
            let pattern = try NamePattern(row.pattern)
            for name in row.matching { #expect(pattern.answer(for: name) == .yes, "\(name)") }
            for name in row.other { #expect(pattern.answer(for: name) == .no, "\(name)") }
        }
    }
}
