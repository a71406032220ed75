// SPDX-License-Identifier: Apache-2.0

/// Why a text is not the quantity that was expected, and what to write instead.
public struct UnitProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// One sentence without a full stop: `"7 parsecs" is not a duration: write 500ms, 30s, 90m, 36h or 7d`.
    public let reason: String

    public init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}

/// A number in front of a unit, as people write it: `1.5h`, `512MiB`, `7 d`.
struct Quantity {
    /// The digits without the point; the number is `digits / 10^decimals`.
    var digits: Int64
    var decimals: Int
    var unit: Substring

    /// Takes the next number and unit off the front of a text; `nil` when it does not start with a digit, or when the
    /// number does not fit into 64 bits.
    static func take(from text: inout Substring) -> Quantity? {
        var digits: Int64 = 0
        var decimals = 0
        var seesPoint = false
        var count = 0
        while let character = text.first, let ascii = character.asciiValue {
            if let digit = Int64(decimal: ascii) {
                let (product, first) = digits.multipliedReportingOverflow(by: 10)
                let (sum, second) = product.addingReportingOverflow(digit)
                guard !first, !second else { return nil }
                digits = sum
                count += 1
                if seesPoint { decimals += 1 }
            } else if ascii == UInt8(ascii: "."), !seesPoint, count > 0 {
                seesPoint = true
            } else {
                break
            }
            text.removeFirst()
        }
        guard count > 0, !seesPoint || decimals > 0 else { return nil }
        text = text.drop { $0 == " " }
        let unit = text.prefix { $0.isLetter || $0 == "µ" }
        text = text.dropFirst(unit.count)
        return Quantity(digits: digits, decimals: decimals, unit: unit)
    }

    /// The quantity in the base unit; `nil` when that is no whole number or does not fit.
    func times(_ factor: Int64) -> Int64? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        var divisor: Int64 = 1
        for _ in 0..<decimals {
            let (next, tooLarge) = divisor.multipliedReportingOverflow(by: 10)
            guard !tooLarge else { return nil }
            divisor = next
        }
        return product.isMultiple(of: divisor) ? product / divisor : nil
    }
}

extension Int64 {
    /// The value of one ASCII digit.
    init?(decimal byte: UInt8) {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        self = Int64(byte - UInt8(ascii: "0"))
    }

    /// A whole number as a program writes it: an optional minus and digits, no leading zero, no underscore, no plus.
    public init?(strict text: some StringProtocol) {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.first, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        guard first != "0" || digits.count == 1 else { return nil }
        guard let value = Int64(String(text)) else { return nil }
        self = value
    }
}
