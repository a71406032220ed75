// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// Everything that starts with `(`; `nil` for flags alone, which hold until the group around them ends.
    mutating func group() throws(PatternSyntaxProblem) -> PatternNode? {
        let start = position
        position += 1
        guard take("?") else { return .capture(try captured(named: nil, from: start)) }
        if take(":") { return .alternatives(try body(from: start)) }
        if take("=") { return .lookahead(.alternatives(try body(from: start)), isNegative: false) }
        if take("!") { return .lookahead(.alternatives(try body(from: start)), isNegative: true) }
        if take(">") { return .atomic(.alternatives(try body(from: start))) }
        if take("<") {
            guard peek() != "=", peek() != "!" else {
                throw problem("looking behind, '(?<=' and '(?<!', is not supported", at: start)
            }
            return .capture(try captured(named: try groupName(), from: start))
        }
        return try flags(from: start)
    }

    private mutating func captured(named name: String?, from start: Int) throws(PatternSyntaxProblem) -> PatternNode {
        openedGroups += 1
        let number = openedGroups
        if let name {
            guard groupNames.updateValue(number, forKey: name) == nil else {
                throw problem("two groups are called '\(name)'", at: start)
            }
        }
        let node = PatternNode.alternatives(try body(from: start))
        closedGroups.insert(number)
        return node
    }

    /// What stands in a group, up to its `)`. Flags that are set in it end with it.
    private mutating func body(from start: Int) throws(PatternSyntaxProblem) -> [PatternNode] {
        let (outerCase, outerDot) = (ignoresCase, dotMatchesAll)
        let result = try alternatives()
        guard take(")") else { throw problem("the group that starts here is not closed by ')'", at: start) }
        (ignoresCase, dotMatchesAll) = (outerCase, outerDot)
        return result
    }

    /// A letter, then letters and digits, then `>`.
    mutating func groupName() throws(PatternSyntaxProblem) -> String {
        let start = position
        var name = ""
        while let scalar = peek(), ScalarSet.alphanumerics.contains(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), let first = name.unicodeScalars.first, ScalarSet.letters.contains(first) else {
            throw problem("a group's name is a letter, then letters and digits, then '>'", at: start)
        }
        return name
    }

    /// `(?i)`, `(?-i)`, `(?i:…)` and the same with `s`.
    private mutating func flags(from start: Int) throws(PatternSyntaxProblem) -> PatternNode? {
        let (outerCase, outerDot) = (ignoresCase, dotMatchesAll)
        var isOn = true
        while let flag = peek(), flag != ")", flag != ":" {
            position += 1
            switch flag {
            case "-" where isOn: isOn = false
            case "i": ignoresCase = isOn
            case "s": dotMatchesAll = isOn
            case "m", "d", "x", "u", "U":
                throw problem("the flag '\(flag)' is not supported; only 'i' and 's' are", at: position - 1)
            default: throw problem("'(?\(flag)' starts nothing that is known", at: start)
            }
        }
        if take(")") {
            guard let next = peek(), ["*", "+", "?", "{"].contains(next) else { return nil }
            throw problem("there is nothing before '\(next)' that it could repeat")
        }
        guard take(":") else { throw problem("the group that starts here is not closed by ')'", at: start) }
        let inner = try body(from: start)
        (ignoresCase, dotMatchesAll) = (outerCase, outerDot)
        return .alternatives(inner)
    }
}
