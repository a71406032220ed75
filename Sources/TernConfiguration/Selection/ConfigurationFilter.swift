// SPDX-License-Identifier: Apache-2.0
internal import Patterns

/// Which settings of a topic are copied by name: those that no pattern of `config.properties.exclude` matches.
public struct ConfigurationFilter: Sendable, Hashable {
    public let exclude: NamePatternList

    public init(exclude: NamePatternList) { self.exclude = exclude }

    /// Whether a setting is copied. No answer is an error of the list, and the setting is not copied.
    public func keeps(_ name: String) -> Bool { exclude.answer(for: name) == .no }

    /// Why a setting is not copied although no pattern is known to match it.
    public func undecided(_ name: String) -> UndecidedName? {
        guard case .unknown(let limit) = exclude.answer(for: name) else { return nil }
        return exclude.undecided(limit)
    }
}
