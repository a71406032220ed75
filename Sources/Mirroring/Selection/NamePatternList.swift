// SPDX-License-Identifier: Apache-2.0

/// A list of patterns as MirrorMaker reads it: joined by `|` into one expression, which matches the whole name.
///
/// Joined and not one by one, because that shows: `(?i)` in the first entry holds for those after it too.
public struct NamePatternList: Sendable, Hashable, CustomStringConvertible {
    public let entries: [String]
    private let pattern: NamePattern?

    /// Matches nothing.
    public static let none = NamePatternList()

    private init() {
        entries = []
        pattern = nil
    }

    /// - Throws: a problem that names the first entry that is wrong, or the joined list when only that is.
    public init(_ entries: [String]) throws(NamePatternProblem) {
        self.entries = entries
        guard !entries.isEmpty else {
            pattern = nil
            return
        }
        do {
            pattern = try NamePattern(entries.joined(separator: "|"))
        } catch {
            for entry in entries { _ = try NamePattern(entry) }
            throw error
        }
    }

    /// Any entry matches the whole name; an empty list matches nothing.
    public func matches(_ name: String) -> Bool {
        pattern?.matches(name) ?? false
    }

    public var isEmpty: Bool { entries.isEmpty }

    /// The entries as a configuration file writes them.
    public var description: String { entries.joined(separator: ", ") }
}
