// SPDX-License-Identifier: Apache-2.0

/// Reads Java's regular expression syntax (`java.util.regex.Pattern`, as of Java 17) and writes PCRE2's.
///
/// PCRE2 reads most of it as it is, but not all with Java's meaning: case, dots, line ends, classes in classes, the names of
/// properties. What is written here is therefore free of flags, names and options, so that each alternative stands for
/// itself. What Java would refuse is refused, and so is what PCRE2 cannot say: a pattern either means exactly what it
/// means to MirrorMaker, or it is a problem with a reason.
struct JavaSyntax {
    struct Token: Equatable {
        let scalar: Unicode.Scalar
        /// Between `\Q` and `\E`: a literal whatever it is.
        let isQuoted: Bool
        /// Its position in the text, counted in scalars.
        let offset: Int
    }

    /// Topic names are at most 249 bytes; what counts further is a mistake, or an attempt to use up the machine.
    static let repetitionLimit = 1000
    static let nestingLimit = 100

    let scalars: [Unicode.Scalar]
    let tokens: [Token]
    var position = 0
    var ignoresCase = false
    var dotMatchesAll = false
    var isMultiline = false
    var depth = 0
    var openedGroups = 0
    var closedGroups: Set<Int> = []
    /// Java does not forget what they took when what is around them fails after all, PCRE2 does.
    var sealedGroups: Set<Int> = []
    var groupNames: [String: Int] = [:]
    /// A group's number is part of the meaning of the whole: alternatives can then not be matched one by one.
    var hasBackreferences = false

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        tokens = Self.tokens(of: scalars)
    }

    /// The alternatives between the outermost `|`.
    mutating func parse() throws(PatternSyntaxProblem) -> [JavaAlternative] {
        let result = try alternatives()
        if position < tokens.count { throw problem("the ')' closes no group") }
        return result
    }

    /// Takes out `\Q` and `\E`, which quote inside of classes too.
    private static func tokens(of scalars: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var isQuoted = false
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == "\\", index + 1 < scalars.count {
                let next = scalars[index + 1]
                if isQuoted ? next == "E" : next == "Q" {
                    isQuoted.toggle()
                    index += 2
                    continue
                }
                if !isQuoted {
                    // The pair stays together: `\\Q` is a backslash and a Q.
                    tokens.append(Token(scalar: scalar, isQuoted: false, offset: index))
                    tokens.append(Token(scalar: next, isQuoted: false, offset: index + 1))
                    index += 2
                    continue
                }
            }
            tokens.append(Token(scalar: scalar, isQuoted: isQuoted, offset: index))
            index += 1
        }
        return tokens
    }

    // Scanning

    /// The operator at the position, or a literal character; `nil` at the end and for a literal.
    func peek(ahead: Int = 0) -> Unicode.Scalar? {
        let index = position + ahead
        guard index < tokens.count, !tokens[index].isQuoted else { return nil }
        return tokens[index].scalar
    }

    var isAtEnd: Bool { position >= tokens.count }

    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard peek() == expected else { return false }
        position += 1
        return true
    }

    mutating func takeAll(_ expected: String) -> Bool {
        for (ahead, scalar) in expected.unicodeScalars.enumerated() where peek(ahead: ahead) != scalar { return false }
        position += expected.unicodeScalars.count
        return true
    }

    func problem(_ reason: String, at index: Int? = nil) -> PatternSyntaxProblem {
        PatternSyntaxProblem(reason: reason, position: offset(of: index ?? position) + 1)
    }

    private func offset(of index: Int) -> Int { index < tokens.count ? tokens[index].offset : scalars.count }

    // Alternatives, sequences, repetition

    mutating func alternatives() throws(PatternSyntaxProblem) -> [JavaAlternative] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nestingLimit else { throw problem("groups are nested deeper than \(Self.nestingLimit)") }
        var result: [JavaAlternative] = []
        var start = position > 0 ? offset(of: position - 1) + 1 : 0
        repeat {
            var alternative = JavaAlternative(try sequence())
            alternative.source.unicodeScalars.append(contentsOf: scalars[start..<offset(of: position)])
            result.append(alternative)
            start = offset(of: position) + 1
        } while take("|")
        return result
    }

    private mutating func sequence() throws(PatternSyntaxProblem) -> [JavaPart] {
        var parts: [JavaPart] = []
        while !isAtEnd, peek() != "|", peek() != ")" {
            let outer = openedGroups
            guard let part = try part() else { continue }
            parts.append(try repeated(part, groupsSince: outer))
        }
        return parts
    }

    /// One thing that a quantifier may follow; `nil` for flags, which are nothing.
    private mutating func part() throws(PatternSyntaxProblem) -> JavaPart? {
        let token = tokens[position]
        if token.isQuoted {
            position += 1
            return literal(token.scalar)
        }
        switch token.scalar {
        case "(": return try group()
        case "[": return .character(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?": throw problem("there is nothing before '\(token.scalar)' that it could repeat")
        case "{": throw problem("'{' starts a repetition, and there is nothing before it to repeat")
        default:
            position += 1
            switch token.scalar {
            case ".": return dotMatchesAll ? .character(.all) : .dot
            case "^": return isMultiline ? .lineStart : .start
            case "$": return isMultiline ? .lineEnd : .endOfLastLine
            default: return literal(token.scalar)
            }
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> JavaPart {
        guard ignoresCase, ASCIILetter.isLetter(scalar) else { return .literal(scalar) }
        return .character(CharacterClass(scalar, ignoringCase: true))
    }

    private mutating func repeated(
        _ part: JavaPart, groupsSince outer: Int
    ) throws(PatternSyntaxProblem) -> JavaPart {
        let start = position
        let bounds: (minimum: Int, maximum: Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if peek() == "{" {
            bounds = try counts()
        } else {
            return part
        }
        if part.kind == .assertion { throw problem("an anchor or a lookaround cannot be repeated", at: start) }
        if bounds.minimum > 1, part.holdsAssertion, part.width.minimum == 0 {
            // Java ends such a repetition at the first round that takes nothing, PCRE2 goes on.
            throw problem(
                "a group that may take nothing and looks around is repeated more than once: not supported", at: start)
        }
        let greed: JavaPart.Greed = take("?") ? .reluctant : take("+") ? .possessive : .greedy
        if greed == .possessive { sealGroups(since: outer) }
        if let next = peek(), ["*", "+", "?", "{"].contains(next) {
            throw problem("there is nothing before '\(next)' that it could repeat")
        }
        return part.repeated(bounds.minimum, bounds.maximum, greed)
    }

    /// `{n}`, `{n,}`, `{n,m}`; leaves the position after the `}`.
    private mutating func counts() throws(PatternSyntaxProblem) -> (minimum: Int, maximum: Int?) {
        let start = position
        position += 1
        guard let minimum = try number() else { throw problem("'{' needs a number after it", at: start) }
        var maximum: Int? = minimum
        if take(",") { maximum = try number() }
        guard take("}") else { throw problem("the repetition that starts here is not closed by '}'", at: start) }
        if let maximum, maximum < minimum { throw problem("the repetition counts down", at: start) }
        return (minimum, maximum)
    }

    private mutating func number() throws(PatternSyntaxProblem) -> Int? {
        var value: Int?
        while let digit = peek(), let number = digit.hexDigitValue, number < 10 {
            value = (value ?? 0) * 10 + number
            if let value, value > Self.repetitionLimit {
                throw problem("more than \(Self.repetitionLimit) repetitions; no name is that long")
            }
            position += 1
        }
        return value
    }
}

/// Why a pattern cannot be taken. The position counts from 1.
struct PatternSyntaxProblem: Error, Equatable {
    let reason: String
    let position: Int?
}

extension Unicode.Scalar {
    var hexDigitValue: Int? {
        switch self {
        case "0"..."9": Int(value - 0x30)
        case "a"..."f": Int(value - 0x61 + 10)
        case "A"..."F": Int(value - 0x41 + 10)
        default: nil
        }
    }
}
