// SPDX-License-Identifier: Apache-2.0

/// Reads Java's regular expression syntax (`java.util.regex.Pattern`, as of Java 17).
///
/// What Java would refuse is refused, and so is what Swift's `Regex` does not have or takes for something else: a pattern
/// either means exactly what it means to MirrorMaker, or it is a problem with a reason.
struct PatternParser {
    struct Token: Equatable {
        let scalar: Unicode.Scalar
        /// Between `\Q` and `\E`: a literal whatever it is.
        let isQuoted: Bool
    }

    /// Topic names are at most 249 bytes; what counts further is a mistake, or an attempt to use up the machine.
    static let repetitionLimit = 1000
    static let nestingLimit = 100

    let tokens: [Token]
    var position = 0
    var ignoresCase = false
    var dotMatchesAll = false
    var depth = 0
    var openedGroups = 0
    var closedGroups: Set<Int> = []
    var groupNames: [String: Int] = [:]

    init(_ text: String) { tokens = Self.tokens(of: text) }

    /// The alternatives between the outermost `|`.
    mutating func parse() throws(PatternSyntaxProblem) -> [PatternNode] {
        let result = try alternatives()
        if position < tokens.count { throw problem("the ')' closes no group") }
        return result
    }

    /// Takes out `\Q` and `\E`, which quote inside of classes too.
    private static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var isQuoted = false
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", let next = rest.first {
                if isQuoted ? next == "E" : next == "Q" {
                    rest.removeFirst()
                    isQuoted.toggle()
                    continue
                }
                if !isQuoted {
                    // The pair stays together: `\\Q` is a backslash and a Q.
                    tokens.append(Token(scalar: scalar, isQuoted: false))
                    tokens.append(Token(scalar: next, isQuoted: false))
                    rest.removeFirst()
                    continue
                }
            }
            tokens.append(Token(scalar: scalar, isQuoted: isQuoted))
        }
        return tokens
    }

    // Scanning

    /// The operator at the position, or a character that only stands for itself; `nil` at the end and for a literal.
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
        PatternSyntaxProblem(reason: reason, position: (index ?? position) + 1)
    }

    // Alternatives, sequences, repetition

    mutating func alternatives() throws(PatternSyntaxProblem) -> [PatternNode] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nestingLimit else { throw problem("groups are nested deeper than \(Self.nestingLimit)") }
        var result = [try sequence()]
        while take("|") { result.append(try sequence()) }
        return result
    }

    private mutating func sequence() throws(PatternSyntaxProblem) -> PatternNode {
        var nodes: [PatternNode] = []
        while !isAtEnd, peek() != "|", peek() != ")" {
            guard let atom = try atom() else { continue }
            nodes.append(try repeated(atom))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// One thing that a quantifier may follow; `nil` for flags, which are nothing.
    private mutating func atom() throws(PatternSyntaxProblem) -> PatternNode? {
        let token = tokens[position]
        if token.isQuoted {
            position += 1
            return literal(token.scalar)
        }
        switch token.scalar {
        case "(": return try group()
        case "[": return .scalar(try characterClass())
        case "\\": return try escape()
        case "*", "+", "?": throw problem("there is nothing before '\(token.scalar)' that it could repeat")
        case "{": throw problem("'{' starts a repetition, and there is nothing before it to repeat")
        default:
            position += 1
            switch token.scalar {
            case ".": return .scalar(dotMatchesAll ? .all : ScalarSet.lineTerminators.inverted)
            case "^": return .start
            case "$": return .endOfLastLine
            default: return literal(token.scalar)
            }
        }
    }

    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        let set = ScalarSet(scalar)
        return .scalar(ignoresCase ? set.ignoringCase : set)
    }

    private mutating func repeated(_ node: PatternNode) throws(PatternSyntaxProblem) -> PatternNode {
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
            return node
        }
        switch node {
        case .start, .end, .endOfLastLine, .lookahead:
            throw problem("an anchor or a lookahead cannot be repeated", at: start)
        default: break
        }
        let greed: PatternNode.Greed = take("?") ? .reluctant : take("+") ? .possessive : .greedy
        if let next = peek(), ["*", "+", "?", "{"].contains(next) {
            throw problem("there is nothing before '\(next)' that it could repeat")
        }
        return .repeat(node, minimum: bounds.minimum, maximum: bounds.maximum, greed: greed)
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

/// Why a pattern cannot be taken. The position counts from 1, `\Q` and `\E` not counted.
struct PatternSyntaxProblem: Error, Equatable {
    let reason: String
    let position: Int
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
