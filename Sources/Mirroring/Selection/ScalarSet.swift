// SPDX-License-Identifier: Apache-2.0

/// A set of Unicode scalars: what one position of a pattern may be.
///
/// Every character class of Java's, with its unions, intersections and negations, comes down to one of these, so that
/// what is handed to Swift's `Regex` is a plain list of ranges that means the same to everybody.
///
/// Invariants: the ranges are sorted, they neither overlap nor touch, and none holds a surrogate.
struct ScalarSet: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let empty = ScalarSet(ranges: [])
    static let all = ScalarSet(ranges: [0...0xD7FF, 0xE000...0x10FFFF])

    private init(ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    init(_ scalar: Unicode.Scalar) { self.init(ranges: [scalar.value...scalar.value]) }

    init(_ range: ClosedRange<Unicode.Scalar>) {
        self = ScalarSet(normalizing: [range.lowerBound.value...range.upperBound.value])
    }

    init(union ranges: [ClosedRange<Unicode.Scalar>]) {
        self.init(normalizing: ranges.map { $0.lowerBound.value...$0.upperBound.value })
    }

    /// The scalars of a text, such as "_-.".
    init(scalarsOf text: String) { self.init(normalizing: text.unicodeScalars.map { $0.value...$0.value }) }

    private init(normalizing unsorted: [ClosedRange<UInt32>]) {
        var result: [ClosedRange<UInt32>] = []
        let pieces = unsorted.flatMap(Self.withoutSurrogates).sorted { $0.lowerBound < $1.lowerBound }
        for piece in pieces {
            if let last = result.last, piece.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, piece.upperBound)
            } else {
                result.append(piece)
            }
        }
        ranges = result
    }

    private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        var pieces: [ClosedRange<UInt32>] = []
        if range.lowerBound < 0xD800 { pieces.append(range.lowerBound...min(range.upperBound, 0xD7FF)) }
        if range.upperBound > 0xDFFF { pieces.append(max(range.lowerBound, 0xE000)...range.upperBound) }
        return pieces
    }

    var isEmpty: Bool { ranges.isEmpty }

    /// The only scalar in it; `nil` when there are none or more.
    var single: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(normalizing: ranges + other.ranges) }

    var inverted: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return ScalarSet(normalizing: result)
    }

    func intersection(_ other: ScalarSet) -> ScalarSet { inverted.union(other.inverted).inverted }

    /// With the other case of its ASCII letters: what `(?i)` means to Java unless `(?u)` is set too.
    var ignoringCase: ScalarSet {
        union(shifted(Self.lowerCase, by: -32)).union(shifted(Self.upperCase, by: 32))
    }

    private func shifted(_ letters: ScalarSet, by distance: Int) -> ScalarSet {
        ScalarSet(
            normalizing: intersection(letters).ranges.map {
                UInt32(Int($0.lowerBound) + distance)...UInt32(Int($0.upperBound) + distance)
            })
    }
}

/// The classes that Java has a letter or a name for. Java's are those of ASCII; Swift's would be those of Unicode.
extension ScalarSet {
    static let digits = ScalarSet("0"..."9")
    static let lowerCase = ScalarSet("a"..."z")
    static let upperCase = ScalarSet("A"..."Z")
    static let letters = lowerCase.union(upperCase)
    static let alphanumerics = letters.union(digits)
    static let wordCharacters = alphanumerics.union(ScalarSet("_"))
    static let whitespace = ScalarSet(scalarsOf: " \t\n\u{0B}\u{0C}\r")
    static let verticalSpace = ScalarSet(scalarsOf: "\n\u{0B}\u{0C}\r\u{85}\u{2028}\u{2029}")
    static let horizontalSpace = ScalarSet(scalarsOf: " \t\u{A0}\u{1680}\u{180E}\u{202F}\u{205F}\u{3000}")
        .union(ScalarSet("\u{2000}"..."\u{200A}"))
    static let punctuation = ScalarSet("!"..."~").intersection(alphanumerics.inverted)
    /// What a dot does not match.
    static let lineTerminators = ScalarSet(scalarsOf: "\n\r\u{85}\u{2028}\u{2029}")

    /// `\p{name}`; `nil` for a name that this does not know.
    static func named(_ name: String, ignoringCase: Bool) -> ScalarSet? {
        switch name {
        case "Lower": ignoringCase ? letters : lowerCase
        case "Upper": ignoringCase ? letters : upperCase
        case "ASCII": ScalarSet("\u{0}"..."\u{7F}")
        case "Alpha": letters
        case "Digit": digits
        case "Alnum": alphanumerics
        case "Punct": punctuation
        case "Graph": ScalarSet("!"..."~")
        case "Print": ScalarSet(" "..."~")
        case "Blank": ScalarSet(scalarsOf: " \t")
        case "Cntrl": ScalarSet("\u{0}"..."\u{1F}").union(ScalarSet("\u{7F}"))
        case "XDigit": digits.union(ScalarSet("a"..."f")).union(ScalarSet("A"..."F"))
        case "Space": whitespace
        case "L1": ScalarSet("\u{0}"..."\u{FF}")
        default: GeneralCategories.set(named: name, ignoringCase: ignoringCase)
        }
    }
}
