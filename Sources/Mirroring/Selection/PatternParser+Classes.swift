// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// `[…]`: unions of characters, ranges and classes, intersected by `&&`, negated as a whole by a leading `^`.
    mutating func characterClass() throws(PatternSyntaxProblem) -> ScalarSet {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nestingLimit else { throw problem("classes are nested deeper than \(Self.nestingLimit)") }
        let start = position
        position += 1
        let isNegated = take("^")
        var result: ScalarSet?
        var operand: ScalarSet?
        while true {
            guard !isAtEnd else { throw problem("the class that starts here is not closed by ']'", at: start) }
            if peek() == "&", peek(ahead: 1) == "&" {
                guard let left = operand, peek(ahead: 2) != "&", peek(ahead: 2) != "]" else {
                    throw problem("'&&' needs something on both sides")
                }
                result = result?.intersection(left) ?? left
                operand = nil
                position += 2
            } else if peek() == "]", let last = operand {
                position += 1
                let set = result?.intersection(last) ?? last
                return isNegated ? set.inverted : set
            } else {
                // A ']' that comes first is one of the characters.
                let element = try classElement()
                operand = operand?.union(element) ?? element
            }
        }
    }

    private mutating func classElement() throws(PatternSyntaxProblem) -> ScalarSet {
        if peek() == "[" { return try characterClass() }
        if peek() == "\\", let set = try predefinedClass() { return set }
        let start = position
        let first = try classScalar()
        // Before '[' and ']' a hyphen is one of the characters.
        guard peek() == "-", position + 1 < tokens.count, peek(ahead: 1) != "[", peek(ahead: 1) != "]" else {
            let set = ScalarSet(first)
            return ignoresCase ? set.ignoringCase : set
        }
        position += 1
        let last = try classScalar()
        guard first <= last else { throw problem("the range counts down", at: start) }
        let set = ScalarSet(first...last)
        return ignoresCase ? set.ignoringCase : set
    }

    private mutating func classScalar() throws(PatternSyntaxProblem) -> Unicode.Scalar {
        if peek() == "\\" { return try escapedScalar() }
        defer { position += 1 }
        return tokens[position].scalar
    }
}
