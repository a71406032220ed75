// SPDX-License-Identifier: Apache-2.0
import TernConfiguration

/// Reading header values where they lie, without copying them. They come from anybody: nothing here may trap on them.
extension RawSpan {
    /// One byte. Loading is called unsafe because of types with invalid patterns; a byte has none, and bounds are checked.
    @inline(__always)
    func byte(at index: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    func equals(_ bytes: [UInt8], from start: Int, to end: Int) -> Bool {
        guard end - start == bytes.count else { return false }
        for place in 0..<bytes.count where byte(at: start + place) != bytes[place] { return false }
        return true
    }

    /// The last place before `end` that holds `wanted`.
    func lastIndex(of wanted: UInt8, before end: Int) -> Int? {
        var index = end - 1
        while index >= 0 {
            if byte(at: index) == wanted { return index }
            index -= 1
        }
        return nil
    }

    /// A decimal number as this program writes it: digits alone, no leading zero, no overflow.
    func decimal(from start: Int, to end: Int) -> Int64? {
        guard end > start, end - start <= 19 else { return nil }
        if byte(at: start) == UInt8(ascii: "0") { return end - start == 1 ? 0 : nil }
        var value: Int64 = 0
        for index in start..<end {
            let digit = byte(at: index)
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (shifted, isShiftLost) = value.multipliedReportingOverflow(by: 10)
            let (sum, isSumLost) = shifted.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !isShiftLost, !isSumLost else { return nil }
            value = sum
        }
        return value
    }

    /// Text without control characters, in UTF-8.
    var isCleanText: Bool {
        var isASCII = true
        for index in 0..<byteCount {
            let byte = byte(at: index)
            if byte < 0x20 || byte == 0x7F { return false }
            if byte >= 0x80 { isASCII = false }
        }
        guard !isASCII else { return true }
        var copy: [UInt8] = []
        copy.reserveCapacity(byteCount)
        for index in 0..<byteCount { copy.append(byte(at: index)) }
        return String(validating: copy, as: UTF8.self) != nil
    }
}

extension ArraySlice<UInt8> {
    @inline(__always)
    func withRawSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(span.bytes)
    }
}

extension [UInt8] {
    /// Lends the bytes. Looking at them raw is called unsafe because of types with padding; a byte has none.
    @inline(__always)
    func withRawSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(span.bytes)
    }

    /// Appends a number that is not negative, without a detour over `String`.
    mutating func appendDecimal(_ value: Int64) {
        let start = count
        var rest = UInt64(value)
        repeat {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        // Written backwards: the last digit comes first out of a division.
        var (front, back) = (start, count - 1)
        while front < back {
            swapAt(front, back)
            front += 1
            back -= 1
        }
    }

    mutating func append(contentsOf span: RawSpan) {
        for index in 0..<span.byteCount { append(span.byte(at: index)) }
    }
}
