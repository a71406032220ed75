// SPDX-License-Identifier: Apache-2.0

/// A piece of a Java pattern in PCRE2's syntax. Until it is repeated, a quantifier behind it repeats all of it.
struct JavaPart {
    enum Greed { case greedy, reluctant, possessive }

    enum Kind: Equatable {
        case literal(Unicode.Scalar)
        /// One character out of a set.
        case character
        /// One character that ends no line.
        case dot
        /// As many of those as there are.
        case dots
        /// Takes no character.
        case assertion
        case group
    }

    let syntax: String
    let kind: Kind
    let width: JavaWidth
    /// What it matches depends on what is around.
    let holdsAssertion: Bool

    private init(_ syntax: String, _ kind: Kind, _ width: JavaWidth, holdsAssertion: Bool = false) {
        self.syntax = syntax
        self.kind = kind
        self.width = width
        self.holdsAssertion = holdsAssertion
    }

    static func literal(_ scalar: Unicode.Scalar) -> JavaPart {
        JavaPart(escaped(scalar), .literal(scalar), .one)
    }

    static func character(_ set: CharacterClass) -> JavaPart { JavaPart(set.syntax, .character, .one) }

    static func group(_ opening: String, _ alternatives: [JavaAlternative]) -> JavaPart {
        JavaPart(
            opening + alternatives.map(\.syntax).joined(separator: "|") + ")", .group,
            JavaWidth(ofAny: alternatives.map(\.width)),
            holdsAssertion: alternatives.contains(where: \.holdsAssertion))
    }

    static func lookaround(_ opening: String, _ alternatives: [JavaAlternative]) -> JavaPart {
        assertion(opening + alternatives.map(\.syntax).joined(separator: "|") + ")")
    }

    static func backreference(_ number: Int) -> JavaPart { JavaPart("\\g{\(number)}", .group, .any) }

    private static func assertion(_ syntax: String) -> JavaPart {
        JavaPart(syntax, .assertion, .none, holdsAssertion: true)
    }

    static let dot = JavaPart("[^\(lineTerminators)]", .dot, .one)
    static let start = assertion("\\A")
    static let end = assertion("\\z")
    static let wordBoundary = assertion("\\b")
    static let noWordBoundary = assertion("\\B")
    /// The end, or before the line terminator that ends the text: Java's `$` and `\Z`. Between a carriage return and its
    /// line feed is no end.
    static let endOfLastLine = assertion("(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}])?\\z)")
    /// Java's `^` with the flag `m`: never at the end, not even of an empty text.
    static let lineStart = assertion("(?!\\z)(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n))")
    static let lineEnd = assertion("(?=\\z|(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}])")

    /// What a dot does not match; PCRE2's own sets of newlines are others.
    private static let lineTerminators = "\\n\\r\\x{85}\\x{2028}\\x{2029}"

    func repeated(_ minimum: Int, _ maximum: Int?, _ greed: Greed) -> JavaPart {
        let count = maximum == minimum ? "{\(minimum)}" : "{\(minimum),\(maximum.map(String.init) ?? "")}"
        if kind == .dot, minimum == 0, maximum == nil, greed != .possessive {
            return JavaPart(syntax + "*" + (greed == .reluctant ? "?" : ""), .dots, .any)
        }
        let width = width.repeated(minimum, maximum, isGroup: kind == .group)
        switch greed {
        case .greedy: return JavaPart(syntax + count, .group, width, holdsAssertion: holdsAssertion)
        case .reluctant: return JavaPart(syntax + count + "?", .group, width, holdsAssertion: holdsAssertion)
        case .possessive:
            // Java gives back nothing of a round that is over, PCRE2 only of the whole.
            let round = kind == .group ? "(?>\(syntax))" : syntax
            return JavaPart(round + count + "+", .group, width, holdsAssertion: holdsAssertion)
        }
    }

    /// Escapes everything but plain letters and digits, so that nothing is left to interpretation.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        if ASCIILetter.isLetter(scalar) || ASCIILetter.isDigit(scalar) { return String(Character(scalar)) }
        if scalar > " ", scalar < "\u{7F}" { return "\\" + String(Character(scalar)) }
        return "\\x{" + String(scalar.value, radix: 16) + "}"
    }
}

/// How many characters something takes.
struct JavaWidth {
    /// At least so many, counted up to a bound far beyond any name.
    let minimum: Int
    /// Always the same number.
    let isFixed: Bool

    private init(_ minimum: Int, isFixed: Bool) {
        self.minimum = min(minimum, 1_000_000)
        self.isFixed = isFixed
    }

    static let none = JavaWidth(0, isFixed: true)
    static let one = JavaWidth(1, isFixed: true)
    static let any = JavaWidth(0, isFixed: false)

    init(ofAny widths: [JavaWidth]) {
        let minimum = widths.map(\.minimum).min() ?? 0
        self.init(minimum, isFixed: widths.allSatisfy { $0.isFixed && $0.minimum == minimum })
    }

    func followed(by other: JavaWidth) -> JavaWidth {
        JavaWidth(minimum + other.minimum, isFixed: isFixed && other.isFixed)
    }

    /// Of repeated groups Java does not always find the width.
    func repeated(_ least: Int, _ most: Int?, isGroup: Bool) -> JavaWidth {
        JavaWidth(minimum * least, isFixed: isFixed && least == most && !isGroup)
    }
}

/// The alternative between two `|`.
struct JavaAlternative {
    let syntax: String
    let width: JavaWidth
    let holdsAssertion: Bool
    /// Literal pieces with `.*` between them, when the alternative is nothing else.
    let pieces: [[UInt8]]?
    /// As the pattern has it.
    var source = ""

    init(_ parts: [JavaPart]) {
        syntax = parts.map(\.syntax).joined()
        width = parts.reduce(.none) { $0.followed(by: $1.width) }
        holdsAssertion = parts.contains(where: \.holdsAssertion)
        pieces = Self.pieces(of: parts)
    }

    private static func pieces(of parts: [JavaPart]) -> [[UInt8]]? {
        var pieces: [[UInt8]] = [[]]
        for part in parts {
            switch part.kind {
            case .literal(let scalar): pieces[pieces.count - 1] += Array(String(Character(scalar)).utf8)
            case .dots: pieces.append([])
            case .character, .dot, .assertion, .group: return nil
            }
        }
        return pieces
    }
}

/// ASCII's letters and digits: the only ones whose case Java ignores by `(?i)`.
enum ASCIILetter {
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        (0x41...0x5A).contains(scalar.value) || (0x61...0x7A).contains(scalar.value)
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }
}
