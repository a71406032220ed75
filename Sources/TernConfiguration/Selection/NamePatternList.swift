// SPDX-License-Identifier: Apache-2.0
public import Patterns

/// A list of patterns as MirrorMaker reads it: joined by `|` into one expression, which matches the whole name.
///
/// Joined and not one by one, because that shows: `(?i)` in the first entry holds for those after it too.
public struct NamePatternList: Sendable, Hashable, CustomStringConvertible {
    public let entries: [String]
    /// Where the list was written, for messages: `mirror.properties:12: topics`. No part of what it means.
    public var place: String?
    /// Came from a configuration provider: messages do not quote it.
    public var isSecret = false
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

    /// Whether any entry matches the whole name; an empty list matches nothing.
    public func answer(for name: String) -> NameAnswer { pattern?.answer(for: name) ?? .no }

    /// The same, for those to whom no answer is an error.
    public func matches(_ name: String) throws(UndecidedName) -> Bool {
        switch answer(for: name) {
        case .yes: true
        case .no: false
        case .unknown(let limit): throw undecided(limit)
        }
    }

    /// What to say of a name to which `answer` has none.
    public func undecided(_ limit: PatternLimit) -> UndecidedName {
        UndecidedName(isSecret ? PatternLimit(pattern: "•••", name: limit.name) : limit, place: place)
    }

    public var isEmpty: Bool { entries.isEmpty }

    /// The entries as a configuration file writes them.
    public var description: String { entries.joined(separator: ", ") }

    public static func == (left: NamePatternList, right: NamePatternList) -> Bool {
        left.entries == right.entries && left.pattern == right.pattern
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

/// A name about which a list gives no answer: it is neither included nor excluded, and must be reported.
public struct UndecidedName: Error, Sendable, Hashable, CustomStringConvertible {
    public let limit: PatternLimit
    /// Where the list was written.
    public let place: String?

    public init(_ limit: PatternLimit, place: String?) {
        self.limit = limit
        self.place = place
    }

    public var description: String { (place.map { $0 + ": " } ?? "") + "the regular expression \(limit)" }
}
