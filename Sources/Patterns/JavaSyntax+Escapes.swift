// SPDX-License-Identifier: Apache-2.0

extension JavaSyntax {
    /// What a backslash starts, outside of a class.
    mutating func escape() throws(PatternSyntaxProblem) -> JavaPart {
        let start = position
        guard let letter = peek(ahead: 1) else { throw problem("the backslash at the end escapes nothing") }
        switch letter {
        case "1"..."9": return try numberedReference()
        case "k": return try namedReference()
        case "A": return taken(.start)
        case "z": return taken(.end)
        case "Z": return taken(.endOfLastLine)
        case "b":
            // Java 9 and newer read `\\b{g}` as a border of grapheme clusters, PCRE2 knows no such thing.
            guard peek(ahead: 2) != "{" else { throw problem("'\\b{' is not supported", at: start) }
            return taken(.wordBoundary)
        case "B": return taken(.noWordBoundary)
        case "G", "R", "X", "N": throw problem("'\\\(letter)' is not supported", at: start)
        default: break
        }
        if let set = try predefinedClass() { return .character(set) }
        return literal(try escapedScalar())
    }

    private mutating func taken(_ node: JavaPart) -> JavaPart {
        position += 2
        return node
    }

    /// `\11` is group 11 where there are that many by now, else group 1 and a literal 1.
    private mutating func numberedReference() throws(PatternSyntaxProblem) -> JavaPart {
        let start = position
        position += 1
        var number = 0
        while let digit = peek()?.hexDigitValue, digit < 10, number == 0 || number * 10 + digit <= openedGroups {
            number = number * 10 + digit
            position += 1
        }
        return try reference(to: number, from: start)
    }

    private mutating func namedReference() throws(PatternSyntaxProblem) -> JavaPart {
        let start = position
        position += 2
        guard take("<") else { throw problem("'\\k' needs a group's name in '<' and '>'", at: start) }
        let name = try groupName()
        guard let number = groupNames[name] else {
            throw problem("no group before this is called '\(name)'", at: start)
        }
        return try reference(to: number, from: start)
    }

    private mutating func reference(to number: Int, from start: Int) throws(PatternSyntaxProblem) -> JavaPart {
        guard closedGroups.contains(number) else {
            throw problem("'\\\(number)' refers to a group that does not end before it", at: start)
        }
        guard !sealedGroups.contains(number) else {
            throw problem(
                "a reference to a group that gives nothing back, or looks around, is not supported", at: start)
        }
        guard !ignoresCase else { throw problem("a reference to a group ignores case: not supported", at: start) }
        hasBackreferences = true
        return .backreference(number)
    }

    /// `\d \w \s \h \v` and their opposites, `\p{…}` and `\P{…}`; `nil`, and nothing taken, for all others.
    mutating func predefinedClass() throws(PatternSyntaxProblem) -> CharacterClass? {
        switch peek(ahead: 1) {
        case let letter? where "dDwWsShHvV".unicodeScalars.contains(letter):
            // PCRE2's, without `UCP`, are Java's: ASCII's, but for `\h` and `\v`.
            position += 2
            return .items("\\" + String(Character(letter)))
        case "p": return try property()
        case "P": return try property().inverted
        default: return nil
        }
    }

    private mutating func property() throws(PatternSyntaxProblem) -> CharacterClass {
        let start = position
        position += 2
        var name = ""
        if take("{") {
            while let scalar = peek(), scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw problem("the property that starts here is not closed by '}'", at: start) }
        } else if let scalar = peek() {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        let category = name.hasPrefix("Is") ? String(name.dropFirst(2)) : name
        let set =
            name == category
            ? CharacterClass.named(name, ignoringCase: ignoresCase)
            : CharacterClass.category(category, ignoringCase: ignoresCase)
        guard let set else { throw problem("the property '\(name)' is not supported", at: start) }
        return set
    }

    /// The one character that an escape stands for.
    mutating func escapedScalar() throws(PatternSyntaxProblem) -> Unicode.Scalar {
        let start = position
        guard let letter = peek(ahead: 1) else { throw problem("the backslash at the end escapes nothing") }
        position += 2
        switch letter {
        case "t": return "\t"
        case "n": return "\n"
        case "r": return "\r"
        case "f": return "\u{0C}"
        case "a": return "\u{07}"
        case "e": return "\u{1B}"
        case "c": return try control(from: start)
        case "0": return try octal(from: start)
        case "x": return try hexadecimal(from: start)
        case "u": return try unicode(from: start)
        case "a"..."z", "A"..."Z", "1"..."9": throw problem("'\\\(letter)' means nothing here", at: start)
        default: return letter
        }
    }

    private mutating func control(from start: Int) throws(PatternSyntaxProblem) -> Unicode.Scalar {
        guard let letter = peek(), let scalar = Unicode.Scalar(letter.value ^ 64) else {
            throw problem("'\\c' needs a character after it", at: start)
        }
        position += 1
        return scalar
    }

    /// `\0n`, `\0nn`, `\0mnn` with m up to 3.
    private mutating func octal(from start: Int) throws(PatternSyntaxProblem) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        while count < 3, let digit = peek()?.hexDigitValue, digit < 8, value * 8 + UInt32(digit) <= 0o377 {
            value = value * 8 + UInt32(digit)
            count += 1
            position += 1
        }
        guard count > 0, let scalar = Unicode.Scalar(value) else {
            throw problem("'\\0' needs octal digits after it", at: start)
        }
        return scalar
    }

    /// `\xhh` or `\x{h…h}`.
    private mutating func hexadecimal(from start: Int) throws(PatternSyntaxProblem) -> Unicode.Scalar {
        let isBraced = take("{")
        let value = isBraced ? hexDigits(upTo: 8) : hexDigits(exactly: 2)
        guard let value, let scalar = Unicode.Scalar(value), !isBraced || take("}") else {
            throw problem("'\\x' needs two hexadecimal digits, or a character's number in '{' and '}'", at: start)
        }
        return scalar
    }

    /// `\uhhhh`; two of them for a character beyond the basic plane.
    private mutating func unicode(from start: Int) throws(PatternSyntaxProblem) -> Unicode.Scalar {
        guard let value = hexDigits(exactly: 4) else {
            throw problem("'\\u' needs four hexadecimal digits", at: start)
        }
        if let scalar = Unicode.Scalar(value) { return scalar }
        guard value < 0xDC00, takeAll("\\u"), let low = hexDigits(exactly: 4), (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (value - 0xD800) << 10 + (low - 0xDC00))
        else { throw problem("half of a surrogate pair is no character", at: start) }
        return scalar
    }

    private mutating func hexDigits(exactly count: Int) -> UInt32? {
        let start = position
        let value = hexDigits(upTo: count)
        return position == start + count ? value : nil
    }

    private mutating func hexDigits(upTo count: Int) -> UInt32? {
        var value: UInt32?
        for _ in 0..<count {
            guard let digit = peek()?.hexDigitValue else { break }
            value = (value ?? 0) << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
