// SPDX-License-Identifier: Apache-2.0

extension JavaSyntax {
    /// `[…]`: unions of characters, ranges and classes, intersected by `&&`, negated as a whole by a leading `^`.
    mutating func characterClass() throws(PatternSyntaxProblem) -> CharacterClass {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nestingLimit else { throw problem("classes are nested deeper than \(Self.nestingLimit)") }
        let start = position
        position += 1
        let isNegated = take("^")
        var result: CharacterClass?
        var operand: CharacterClass?
        while true {
            guard !isAtEnd else { throw problem("the class that starts here is not closed by ']'", at: start) }
            if peek() == "&", peek(ahead: 1) == "&" {
                guard let left = operand, peek(ahead: 2) != "&", peek(ahead: 2) != "]" else {
                    throw problem("'&&' needs something on both sides")
                }
                result = result?.intersection(left) ?? left
                operand = nil
                position += 2
            } else if peek() == "&", result != nil {
                // Java adds it to what was intersected when a class precedes it, else to the right side.
                throw problem("a single '&' behind '&&' is read in more than one way: write '\\&'")
            } else if peek() == "]", let last = operand {
                position += 1
                let set = result?.intersection(last) ?? last
                return isNegated ? set.inverted : set
            } else {
                // A ']' that comes first is one of the characters.
                let element = try classElement()
                if operand == nil { operand = element } else { operand?.formUnion(element) }
            }
        }
    }

    private mutating func classElement() throws(PatternSyntaxProblem) -> CharacterClass {
        if peek() == "[" { return try characterClass() }
        if peek() == "\\", let set = try predefinedClass() { return set }
        let start = position
        let first = try classScalar()
        // Before '[' and ']' a hyphen is one of the characters.
        guard peek() == "-", position + 1 < tokens.count, peek(ahead: 1) != "[", peek(ahead: 1) != "]" else {
            return CharacterClass(first, ignoringCase: ignoresCase)
        }
        position += 1
        let last = try classScalar()
        guard first <= last else { throw problem("the range counts down", at: start) }
        return CharacterClass(first...last, ignoringCase: ignoresCase)
    }

    private mutating func classScalar() throws(PatternSyntaxProblem) -> Unicode.Scalar {
        if peek() == "\\" { return try escapedScalar() }
        defer { position += 1 }
        return tokens[position].scalar
    }
}
