// SPDX-License-Identifier: Apache-2.0

/// What a record's `traceparent` header says (W3C Trace Context, level 1): the trace that the record is part of, and the
/// span that produced it.
public struct TraceContext: Sendable, Hashable {
    public static let header = "traceparent"
    /// `00-` and 32, 16 and 2 digits.
    private static let count = 55

    public var trace: TraceID
    /// The span that wrote the record. Never 0.
    public var parent: UInt64
    /// Whoever began the trace wants it recorded.
    public var isSampled: Bool

    /// - Parameter value: the header's value.
    /// - Returns: `nil` where it is none: then there is no trace, as the recommendation has it.
    public init?(_ value: RawSpan) {
        guard value.byteCount >= Self.count,
            let version = Self.number(in: value, at: 0, digits: 2), version != 0xFF,
            let high = Self.number(in: value, at: 3, digits: 16),
            let low = Self.number(in: value, at: 19, digits: 16),
            let parent = Self.number(in: value, at: 36, digits: 16),
            let flags = Self.number(in: value, at: 53, digits: 2),
            [2, 35, 52].allSatisfy({ value.byte(at: $0) == UInt8(ascii: "-") })
        else { return nil }
        // A later version may have more behind another dash.
        if value.byteCount > Self.count {
            guard version > 0, value.byte(at: Self.count) == UInt8(ascii: "-") else { return nil }
        }
        guard high | low != 0, parent != 0 else { return nil }
        trace = TraceID(high: high, low: low)
        self.parent = parent
        isSampled = flags & 1 == 1
    }

    public init(trace: TraceID, parent: UInt64, isSampled: Bool) {
        self.trace = trace
        self.parent = parent
        self.isSampled = isSampled
    }

    /// Small letters only, as the recommendation has it.
    private static func number(in value: RawSpan, at place: Int, digits: Int) -> UInt64? {
        var number: UInt64 = 0
        for offset in place..<place + digits {
            let byte = value.byte(at: offset)
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            number = number << 4 | UInt64(digit)
        }
        return number
    }
}

/// 16 bytes, never all 0; written as 32 hexadecimal digits.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public var description: String { high.sixteenDigits + low.sixteenDigits }
}

extension UInt64 {
    /// Hexadecimal.
    var sixteenDigits: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
