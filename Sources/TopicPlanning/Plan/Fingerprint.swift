// SPDX-License-Identifier: Apache-2.0

/// A short number for a state, so that two states can be told apart: 64-bit FNV-1a over texts, each ended by a byte that
/// no text has. It finds slips and edits, not forgeries.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The hash of what was added so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Adds a text; the order of texts counts, and so does where one ends.
    public mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0xFF as UInt8)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
