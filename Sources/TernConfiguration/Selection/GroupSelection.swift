// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import Patterns

/// Which consumer groups are translated: `groups` and `groups.exclude`, with the rules of topics' lists.
public struct GroupSelection: Sendable, Hashable {
    public let include: NamePatternList
    public let exclude: NamePatternList

    public init(include: NamePatternList, exclude: NamePatternList = .none) {
        self.include = include
        self.exclude = exclude
    }

    public func selects(_ group: GroupID) throws(UndecidedName) -> Bool {
        if exclude.answer(for: group.rawValue) == .yes { return false }
        guard try include.matches(group.rawValue) else { return false }
        return try !exclude.matches(group.rawValue)
    }
}
