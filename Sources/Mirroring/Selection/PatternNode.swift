// SPDX-License-Identifier: Apache-2.0

/// A Java regular expression, taken apart. Only what means the same in Swift's `Regex` has a case here.
indirect enum PatternNode: Sendable, Hashable {
    enum Greed: Sendable { case greedy, reluctant, possessive }

    /// One scalar out of a set.
    case scalar(ScalarSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case `repeat`(PatternNode, minimum: Int, maximum: Int?, greed: Greed)
    case capture(PatternNode)
    case backreference(Int)
    case lookahead(PatternNode, isNegative: Bool)
    /// Once matched, not tried another way.
    case atomic(PatternNode)
    case start
    case end
    /// The end, or before the line terminator that ends the text: Java's `$` and `\Z`. (Between a carriage return and a
    /// line feed this says yes and Java no: no topic or sane group is called so.)
    case endOfLastLine

    /// The same in the syntax of Swift's `Regex`, for `.unicodeScalar` semantics.
    var swiftSyntax: String {
        switch self {
        case .scalar(let set): Self.syntax(of: set)
        case .sequence(let nodes): nodes.map(\.swiftSyntax).joined()
        case .alternatives(let nodes): "(?:" + nodes.map(\.swiftSyntax).joined(separator: "|") + ")"
        case .repeat(let node, let minimum, let maximum, let greed):
            "(?:" + node.swiftSyntax + "){\(minimum),\(maximum.map(String.init) ?? "")}" + greed.suffix
        case .capture(let node): "(" + node.swiftSyntax + ")"
        case .backreference(let number): "(?:\\\(number))"
        case .lookahead(let node, let isNegative): (isNegative ? "(?!" : "(?=") + node.swiftSyntax + ")"
        case .atomic(let node): "(?>" + node.swiftSyntax + ")"
        case .start: "\\A"
        case .end: "\\z"
        case .endOfLastLine: "(?=(?:\\u{D}\\u{A}|" + Self.syntax(of: .lineTerminators) + ")?\\z)"
        }
    }

    /// Escapes everything but plain letters and digits, so that nothing is left to interpretation.
    private static func syntax(of set: ScalarSet) -> String {
        if let single = set.single { return escaped(single) }
        guard !set.isEmpty else { return "[^\\u{0}-\\u{10FFFF}]" }
        return "[" + set.ranges.map(syntax(of:)).joined() + "]"
    }

    /// `Regex` refuses a scalar as the bound of a range that normalization replaces, such as the Kelvin sign: these stand
    /// beside their range.
    private static func syntax(of range: ClosedRange<UInt32>) -> String {
        var singles = ""
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower <= upper, let scalar = Unicode.Scalar(lower), isReplacedByNormalization(scalar) {
            singles += escaped(scalar)
            lower += 1
        }
        while lower < upper, let scalar = Unicode.Scalar(upper), isReplacedByNormalization(scalar) {
            singles += escaped(scalar)
            upper -= 1
        }
        guard lower <= upper, let first = Unicode.Scalar(lower), let last = Unicode.Scalar(upper) else {
            return singles
        }
        return singles + (lower == upper ? escaped(first) : escaped(first) + "-" + escaped(last))
    }

    private static func isReplacedByNormalization(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isFullCompositionExclusion
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        ScalarSet.alphanumerics.contains(scalar)
            ? String(Character(scalar)) : "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
    }

    /// A group's number is part of the meaning of the whole: alternatives can then not be matched one by one.
    var hasBackreferences: Bool {
        switch self {
        case .backreference: true
        case .sequence(let nodes), .alternatives(let nodes): nodes.contains(where: \.hasBackreferences)
        case .repeat(let node, _, _, _), .capture(let node), .lookahead(let node, _), .atomic(let node):
            node.hasBackreferences
        case .scalar, .start, .end, .endOfLastLine: false
        }
    }
}

extension PatternNode.Greed {
    fileprivate var suffix: String {
        switch self {
        case .greedy: ""
        case .reluctant: "?"
        case .possessive: "+"
        }
    }
}
