// SPDX-License-Identifier: Apache-2.0

/// A set of characters in PCRE2's syntax: the inside of a `[…]`, and what does not fit in there, since PCRE2 has neither
/// classes in classes nor intersections.
struct CharacterClass {
    /// Ranges, characters and properties as they stand between brackets.
    private var items = ""
    /// Sets of their own, each complete.
    private var others: [String] = []

    private init(items: String = "", others: [String] = []) {
        self.items = items
        self.others = others
    }

    static let all = CharacterClass(items: "\\x{0}-\\x{10ffff}")

    /// The contents of brackets.
    static func items(_ items: String) -> CharacterClass { CharacterClass(items: items) }

    init(_ scalar: Unicode.Scalar, ignoringCase: Bool) { self.init(scalar...scalar, ignoringCase: ignoringCase) }

    /// - Parameter ignoringCase: with the other case of its ASCII letters: what `(?i)` means to Java without `(?u)`.
    init(_ range: ClosedRange<Unicode.Scalar>, ignoringCase: Bool) {
        items = Self.syntax(of: range.lowerBound.value...range.upperBound.value)
        guard ignoringCase else { return }
        for (letters, distance) in [(UInt32(0x61)...0x7A, -32), (0x41...0x5A, 32)] {
            let (low, high) = (
                max(letters.lowerBound, range.lowerBound.value), min(letters.upperBound, range.upperBound.value)
            )
            if low <= high { items += Self.syntax(of: UInt32(Int(low) + distance)...UInt32(Int(high) + distance)) }
        }
    }

    private static func syntax(of range: ClosedRange<UInt32>) -> String {
        guard let first = Unicode.Scalar(range.lowerBound), let last = Unicode.Scalar(range.upperBound) else {
            return ""
        }
        return first == last
            ? JavaPart.escaped(first) : JavaPart.escaped(first) + "-" + JavaPart.escaped(last)
    }

    /// Matches one character of the set.
    var syntax: String {
        let own = items.isEmpty ? [] : ["[\(items)]"]
        let all = own + others
        return all.count == 1 ? all[0] : "(?:" + all.joined(separator: "|") + ")"
    }

    mutating func formUnion(_ other: CharacterClass) {
        items += other.items
        others += other.others
    }

    func intersection(_ other: CharacterClass) -> CharacterClass {
        CharacterClass(others: ["(?:(?=\(syntax))\(other.syntax))"])
    }

    var inverted: CharacterClass {
        others.isEmpty
            ? CharacterClass(others: ["[^\(items)]"])
            : CharacterClass(others: ["(?:(?!\(syntax))\(Self.all.syntax))"])
    }
}

/// The classes that Java has a name for, `\p{name}`. Those of POSIX are ASCII's, the general categories are Unicode's.
extension CharacterClass {
    /// - Returns: `nil` for a name that this does not know.
    static func named(_ name: String, ignoringCase: Bool) -> CharacterClass? {
        switch name {
        case "Lower": .items(ignoringCase ? "a-zA-Z" : "a-z")
        case "Upper": .items(ignoringCase ? "a-zA-Z" : "A-Z")
        case "ASCII": .items("\\x{0}-\\x{7f}")
        case "Alpha": .items("a-zA-Z")
        case "Digit": .items("0-9")
        case "Alnum": .items("a-zA-Z0-9")
        case "Punct": .items("\\!-\\/\\:-\\@\\[-\\`\\{-\\~")
        case "Graph": .items("\\!-\\~")
        case "Print": .items("\\x{20}-\\~")
        case "Blank": .items("\\x{20}\\t")
        case "Cntrl": .items("\\x{0}-\\x{1f}\\x{7f}")
        case "XDigit": .items("0-9a-fA-F")
        case "Space": .items("\\s")
        case "L1": .items("\\x{0}-\\x{ff}")
        default: category(name, ignoringCase: ignoringCase)
        }
    }

    /// A general category, or by its first letter a group of them. PCRE2 has the tables; the youngest characters may be
    /// unassigned to one side.
    static func category(_ name: String, ignoringCase: Bool) -> CharacterClass? {
        // Java takes the three cases of letters for one where case does not count.
        if name == "LC" || (ignoringCase && ["Lu", "Ll", "Lt"].contains(name)) { return .items("\\p{L&}") }
        if name == "LD" { return .items("\\p{L}\\p{Nd}") }
        return categories.contains(name) ? .items("\\p{\(name)}") : nil
    }

    private static let categories: Set<String> = [
        "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
        "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    ]
}
