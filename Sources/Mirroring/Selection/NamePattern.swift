// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// A regular expression in Java's syntax that has to match a whole name, scalar by scalar.
///
/// Matching is left to Swift's `Regex`; the forms that configurations are made of, `.*`, `orders`, `eu\..*`, are
/// compared directly.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// What the configuration says.
    public let text: String
    private let matchers: [Matcher]

    /// - Throws: a problem with the reason when Java would refuse the pattern, or when Swift's `Regex` cannot take it in
    ///   Java's meaning.
    public init(_ text: String) throws(NamePatternProblem) {
        self.text = text
        do {
            var parser = PatternParser(text)
            let alternatives = try parser.parse()
            // Numbers of groups count over the whole pattern.
            let isWhole = alternatives.contains(where: \.hasBackreferences)
            matchers = try (isWhole ? [.alternatives(alternatives)] : alternatives).map(Matcher.init)
        } catch let problem as PatternSyntaxProblem {
            throw NamePatternProblem(pattern: text, reason: problem.reason, position: problem.position)
        } catch {
            throw NamePatternProblem(pattern: text, reason: "Swift's Regex does not take it: \(error)", position: nil)
        }
    }

    /// The pattern matches the name from its first to its last character.
    public func matches(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        return matchers.contains { $0.matches(name, isPlain: isPlain) }
    }

    public var description: String { text }

    public static func == (left: NamePattern, right: NamePattern) -> Bool { left.text.equalsBytes(of: right.text) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// Why a pattern cannot be used.
public struct NamePatternProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public let pattern: String
    public let reason: String
    /// The character that the reason is about, counted from 1.
    public let position: Int?

    public var description: String {
        "'\(pattern)'\(position.map { " at character \($0)" } ?? ""): \(reason)"
    }
}

/// One alternative of a pattern.
private struct Matcher: Sendable {
    /// Literal pieces with `.*` between them, when the alternative is nothing else.
    private let pieces: [[UInt8]]?
    private let expression: Expression

    init(_ node: PatternNode) throws {
        pieces = Self.pieces(of: node)
        expression = try Expression(node.swiftSyntax)
    }

    /// - Parameter isPlain: printable ASCII alone, in which `.` matches every byte.
    func matches(_ name: String, isPlain: Bool) -> Bool {
        guard isPlain, let pieces else { return expression.matches(name) }
        return Self.matches(name.utf8, pieces)
    }

    private static func pieces(of node: PatternNode) -> [[UInt8]]? {
        var pieces: [[UInt8]] = [[]]
        let nodes = if case .sequence(let nodes) = node { nodes } else { [node] }
        for node in nodes {
            switch node {
            case .scalar(let set):
                guard let scalar = set.single else { return nil }
                pieces[pieces.count - 1] += Array(String(Character(scalar)).utf8)
            case .repeat(.scalar(ScalarSet.lineTerminators.inverted), minimum: 0, maximum: nil, greed: .greedy),
                .repeat(.scalar(ScalarSet.lineTerminators.inverted), minimum: 0, maximum: nil, greed: .reluctant):
                pieces.append([])
            default:
                return nil
            }
        }
        return pieces
    }

    /// The first piece at the start, the last one at the end, those between as early as they come.
    private static func matches(_ name: String.UTF8View, _ pieces: [[UInt8]]) -> Bool {
        guard pieces.count > 1, let last = pieces.last else { return name.elementsEqual(pieces[0]) }
        guard name.starts(with: pieces[0]), name.count >= pieces[0].count + last.count else { return false }
        guard name.suffix(last.count).elementsEqual(last) else { return false }
        var rest = name.dropFirst(pieces[0].count).dropLast(last.count)
        for piece in pieces[1..<(pieces.count - 1)] {
            while !rest.starts(with: piece) {
                guard !rest.isEmpty else { return false }
                rest = rest.dropFirst()
            }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }
}

/// A compiled `Regex`. It is not `Sendable`: it compiles itself when first used, hence the lock.
private final class Expression: Sendable {
    private let regex: Mutex<Regex<AnyRegexOutput>>

    init(_ syntax: String) throws {
        regex = Mutex(try Regex("(?:\(syntax))\\z").matchingSemantics(.unicodeScalar))
    }

    func matches(_ name: String) -> Bool {
        // Matching throws only what a custom component throws, and there is none.
        regex.withLock { regex in (try? regex.wholeMatch(in: name)) != nil }
    }
}
