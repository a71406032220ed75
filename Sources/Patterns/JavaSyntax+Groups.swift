// SPDX-License-Identifier: Apache-2.0

extension JavaSyntax {
    /// Everything that starts with `(`; `nil` for flags alone, which hold until the group around them ends.
    mutating func group() throws(PatternSyntaxProblem) -> JavaPart? {
        let start = position
        position += 1
        guard take("?") else { return try captured(named: nil, from: start) }
        if take(":") { return .group("(?:", try body(from: start)) }
        if take("=") { return .lookaround("(?=", try sealedBody(from: start)) }
        if take("!") { return .lookaround("(?!", try sealedBody(from: start)) }
        if take(">") { return .group("(?>", try sealedBody(from: start)) }
        if takeAll("<=") { return .lookaround("(?<=", try fixedBody(from: start)) }
        if takeAll("<!") { return .lookaround("(?<!", try fixedBody(from: start)) }
        if take("<") { return try captured(named: try groupName(), from: start) }
        return try flags(from: start)
    }

    /// What a lookbehind looks for. Java would take `a{1,3}` too, PCRE2 wants to know how far to go back.
    private mutating func fixedBody(from start: Int) throws(PatternSyntaxProblem) -> [JavaAlternative] {
        let body = try sealedBody(from: start)
        guard body.allSatisfy(\.width.isFixed) else {
            throw problem("looking behind for something of no fixed length is not supported", at: start)
        }
        return body
    }

    private mutating func sealedBody(from start: Int) throws(PatternSyntaxProblem) -> [JavaAlternative] {
        let outer = openedGroups
        let body = try body(from: start)
        sealGroups(since: outer)
        return body
    }

    mutating func sealGroups(since outer: Int) {
        if openedGroups > outer { sealedGroups.formUnion(outer + 1...openedGroups) }
    }

    private mutating func captured(named name: String?, from start: Int) throws(PatternSyntaxProblem) -> JavaPart {
        openedGroups += 1
        let number = openedGroups
        if let name {
            guard groupNames.updateValue(number, forKey: name) == nil else {
                throw problem("two groups are called '\(name)'", at: start)
            }
        }
        let part = JavaPart.group("(", try body(from: start))
        closedGroups.insert(number)
        return part
    }

    /// The contents of a group, up to its `)`. Flags that are set in it end with it.
    private mutating func body(from start: Int) throws(PatternSyntaxProblem) -> [JavaAlternative] {
        let outer = (ignoresCase, dotMatchesAll, isMultiline)
        let result = try alternatives()
        guard take(")") else { throw problem("the group that starts here is not closed by ')'", at: start) }
        (ignoresCase, dotMatchesAll, isMultiline) = outer
        return result
    }

    /// A letter, then letters and digits, then `>`.
    mutating func groupName() throws(PatternSyntaxProblem) -> String {
        let start = position
        var name = ""
        while let scalar = peek(), ASCIILetter.isLetter(scalar) || ASCIILetter.isDigit(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), let first = name.unicodeScalars.first, ASCIILetter.isLetter(first) else {
            throw problem("a group's name is a letter, then letters and digits, then '>'", at: start)
        }
        return name
    }

    /// `(?i)`, `(?-i)`, `(?i:…)` and the same with `s`.
    private mutating func flags(from start: Int) throws(PatternSyntaxProblem) -> JavaPart? {
        let outer = (ignoresCase, dotMatchesAll, isMultiline)
        var isOn = true
        while let flag = peek(), flag != ")", flag != ":" {
            position += 1
            switch flag {
            case "-" where isOn: isOn = false
            case "i": ignoresCase = isOn
            case "s": dotMatchesAll = isOn
            case "m": isMultiline = isOn
            case "d", "x", "u", "U":
                throw problem("the flag '\(flag)' is not supported; 'i', 'm' and 's' are", at: position - 1)
            default: throw problem("'(?\(flag)' starts nothing that is known", at: start)
            }
        }
        if take(")") {
            guard let next = peek(), ["*", "+", "?", "{"].contains(next) else { return nil }
            throw problem("there is nothing before '\(next)' that it could repeat")
        }
        guard take(":") else { throw problem("the group that starts here is not closed by ')'", at: start) }
        let inner = try body(from: start)
        (ignoresCase, dotMatchesAll, isMultiline) = outer
        return .group("(?:", inner)
    }
}
