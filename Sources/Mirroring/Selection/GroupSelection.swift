// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Which consumer groups are translated: `groups` and `groups.exclude`, with the rules of topics' lists.
public struct GroupSelection: Sendable, Hashable {
    public let include: NamePatternList
    public let exclude: NamePatternList

    public init(include: NamePatternList, exclude: NamePatternList = .none) {
        self.include = include
        self.exclude = exclude
    }

    public func selects(_ group: GroupID) -> Bool {
        include.matches(group.rawValue) && !exclude.matches(group.rawValue)
    }
}
