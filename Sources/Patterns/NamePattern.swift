// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// A regular expression in Java's syntax that has to match a whole name, scalar by scalar.
///
/// Matching is left to PCRE2; the forms that configurations are made of, `.*`, `orders`, `eu\..*`, are compared directly.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// What the configuration says.
    public let text: String
    private let matchers: [Matcher]
    private let memory = Memory()

    /// - Throws: a problem with the reason when Java would refuse the pattern, or when PCRE2 cannot take it in Java's
    ///   meaning.
    public init(_ text: String) throws(NamePatternProblem) {
        self.text = text
        var parser = JavaSyntax(text)
        do throws(PatternSyntaxProblem) {
            let alternatives = try parser.parse()
            if parser.hasBackreferences {
                let whole = alternatives.map(\.syntax).joined(separator: "|")
                matchers = [try Matcher(text, syntax: whole, pieces: nil)]
            } else {
                var matchers: [Matcher] = []
                for alternative in alternatives {
                    matchers.append(
                        try Matcher(alternative.source, syntax: alternative.syntax, pieces: alternative.pieces))
                }
                self.matchers = matchers
            }
        } catch {
            throw NamePatternProblem(pattern: text, reason: error.reason, position: error.position)
        }
    }

    /// Whether the pattern matches the name from its first to its last character. An alternative that matches decides,
    /// whatever became of the others.
    public func answer(for name: String) -> NameAnswer {
        let name = MatchedName(name)
        var needsExpressions = false
        for matcher in matchers {
            guard let isMatch = matcher.compares(name) else {
                needsExpressions = true
                continue
            }
            if isMatch { return .yes }
        }
        return needsExpressions ? memory.answer(for: name.bytes) { runExpressions(on: name) } : .no
    }

    private func runExpressions(on name: MatchedName) -> NameAnswer {
        var limit: PatternLimit?
        for matcher in matchers where matcher.compares(name) == nil {
            switch matcher.expression.match(name.bytes) {
            case .match: return .yes
            case .noMatch: break
            case .gaveUp: limit = limit ?? PatternLimit(pattern: matcher.source, name: name.text)
            }
        }
        return limit.map(NameAnswer.unknown) ?? .no
    }

    public var description: String { text }

    public static func == (left: NamePattern, right: NamePattern) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// What a pattern says of a name.
public enum NameAnswer: Sendable, Hashable {
    case yes
    case no
    /// Matching took too many steps and was ended.
    case unknown(PatternLimit)
}

/// A pattern that can be matched against a name only in more steps than are allowed, as `(a+)+b` against many `a`.
public struct PatternLimit: Error, Sendable, Hashable, CustomStringConvertible {
    /// The alternative that gave no answer, as it was written.
    public let pattern: String
    public let name: String

    public init(pattern: String, name: String) {
        self.pattern = pattern
        self.name = name
    }

    public var description: String {
        "'\(pattern)' gives no answer about '\(name)': matching was ended after \(Expression.stepLimit) steps. "
            + "Write it without a repetition inside of a repetition"
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

/// A name, looked at once for all alternatives.
private struct MatchedName {
    let text: String
    let bytes: [UInt8]
    /// A dot matches every character: there is no line terminator.
    let isOneLine: Bool

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
        // The bytes of printable ASCII come in no longer character, so one look at them is enough for nearly all names.
        isOneLine =
            bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            || !text.unicodeScalars.contains { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) }
    }
}

/// What was answered before: the same names come again at each refresh, and a match may take all the steps that it has.
private final class Memory: Sendable {
    /// Some megabytes.
    private static let limit = 50_000
    private let answers = Mutex<[[UInt8]: NameAnswer]>([:])

    func answer(for name: [UInt8], _ find: () -> NameAnswer) -> NameAnswer {
        if let known = answers.withLock({ $0[name] }) { return known }
        let answer = find()
        answers.withLock { answers in
            if answers.count >= Self.limit { answers.removeAll() }
            answers[name] = answer
        }
        return answer
    }
}

/// One alternative of a pattern.
private struct Matcher: Sendable {
    let source: String
    /// Literal pieces with `.*` between them, when the alternative is nothing else. Bytes are enough: UTF-8 finds no
    /// character in the middle of another.
    private let pieces: [[UInt8]]?
    let expression: Expression

    init(_ source: String, syntax: String, pieces: [[UInt8]]?) throws(PatternSyntaxProblem) {
        self.source = source
        self.pieces = pieces
        do throws(Expression.Refusal) { expression = try Expression(syntax) } catch {
            throw PatternSyntaxProblem(reason: error.reason, position: nil)
        }
    }

    /// Without the expression, where that is possible; else `nil`.
    func compares(_ name: MatchedName) -> Bool? {
        guard name.isOneLine, let pieces else { return nil }
        return Self.matches(name.bytes, pieces)
    }

    /// The first piece at the start, the last one at the end, those between as early as they come.
    private static func matches(_ name: [UInt8], _ pieces: [[UInt8]]) -> Bool {
        guard pieces.count > 1, let last = pieces.last else { return name == pieces[0] }
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
