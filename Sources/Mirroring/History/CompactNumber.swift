// SPDX-License-Identifier: Apache-2.0

/// A number from 0 to 9·10¹⁸ in two bytes: one more than it, as a float with 6 bits of exponent and 10 of fraction, so that
/// the error is below 0.05 %, or half a thousandth near 0. Whole numbers below 2,047 are exact.
struct CompactNumber: Equatable {
    let code: UInt16

    /// Nothing was recorded.
    static let absent = CompactNumber(code: .max)
    /// It was looked at, and is unknown.
    static let unknown = CompactNumber(code: .max - 1)

    private static let one = (1.0).bitPattern
    private static let droppedBits: UInt64 = 42

    init(code: UInt16) { self.code = code }

    /// - Parameter value: negative numbers become 0; `nil` and what is not finite are unknown.
    init(_ value: Double?) {
        guard let value, value.isFinite else {
            self = .unknown
            return
        }
        let raised = max(0, value) + 1
        let bits = (raised.bitPattern - Self.one + 1 << (Self.droppedBits - 1)) >> Self.droppedBits
        code = UInt16(min(bits, UInt64(Self.unknown.code - 1)))
    }

    /// `nil` when it is unknown or absent.
    var value: Double? {
        if code >= Self.unknown.code { return nil }
        return Double(bitPattern: UInt64(code) << Self.droppedBits + Self.one) - 1
    }
}
