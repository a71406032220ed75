// SPDX-License-Identifier: Apache-2.0

/// Which settings of a topic are copied by name: those that no pattern of `config.properties.exclude` matches.
public struct ConfigurationFilter: Sendable, Hashable {
    public let exclude: NamePatternList

    public init(exclude: NamePatternList) { self.exclude = exclude }

    public func keeps(_ name: String) -> Bool { !exclude.matches(name) }
}
