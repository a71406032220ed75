// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import Patterns

/// Which consumer groups are translated: `groups` and `groups.exclude`, with the rules of topics' lists.
public struct GroupSelection: Sendable, Hashable {
    public let include: NamePatternList
    public let exclude: NamePatternList
    /// Shadow groups of a drill, for whoever moves these alone.
    public let drills: Set<GroupID>

    public init(include: NamePatternList, exclude: NamePatternList = .none, drills: Set<GroupID> = []) {
        self.include = include
        self.exclude = exclude
        self.drills = drills
    }

    /// Tern's own groups say nothing about applications, and are never selected: those that tell of progress, and those that
    /// share lanes out.
    public static func isOwn(_ group: GroupID) -> Bool {
        let name = group.rawValue
        return name.hasPrefix("tern-lanes.") || name.hasPrefix("tern.") && name.contains("->")
    }

    public func selects(_ group: GroupID) throws(UndecidedName) -> Bool {
        if Self.isOwn(group) { return false }
        if DrillNames.isDrill(group) { return drills.contains(group) }
        if exclude.answer(for: group.rawValue) == .yes { return false }
        guard try include.matches(group.rawValue) else { return false }
        return try !exclude.matches(group.rawValue)
    }
}
