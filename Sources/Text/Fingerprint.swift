// SPDX-License-Identifier: Apache-2.0

/// A short number for a state, so that two states can be distinguished: 64-bit FNV-1a. It finds slips and edits, not
/// forgeries.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The hash of what was added so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    /// Adds a text, and a byte that no text has behind it: the order of texts counts, and so does where one ends.
    public mutating func add(_ text: String) {
        add(bytes: text.utf8)
        add(bytes: CollectionOfOne(0xFF))
    }

    /// Adds bytes as they are; two calls are the same as one with both.
    public mutating func add(bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
