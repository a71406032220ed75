// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Moments as ISO 8601 in UTC with milliseconds, `2026-11-20T18:24:47.806Z`.
public enum UTCText {
    /// - Parameter milliseconds: since 1970; negative is before it.
    public static func text(milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(milliseconds: milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the same text to a line that is being written.
    public static func append(milliseconds: Int64, to bytes: inout [UInt8]) {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        var seconds = time_t(remainder < 0 ? quotient - 1 : quotient)
        var date = unsafe tm()
        // 64 bits of milliseconds are 292 million years: `gmtime_r` has room for more.
        unsafe gmtime_r(&seconds, &date)
        unsafe append(Int(date.tm_year) + 1_900, digits: 4, "-", to: &bytes)
        unsafe append(Int(date.tm_mon) + 1, digits: 2, "-", to: &bytes)
        unsafe append(Int(date.tm_mday), digits: 2, "T", to: &bytes)
        unsafe append(Int(date.tm_hour), digits: 2, ":", to: &bytes)
        unsafe append(Int(date.tm_min), digits: 2, ":", to: &bytes)
        unsafe append(Int(date.tm_sec), digits: 2, ".", to: &bytes)
        append(Int(remainder < 0 ? remainder + 1_000 : remainder), digits: 3, "Z", to: &bytes)
    }

    private static func append(_ value: Int, digits: Int, _ end: Unicode.Scalar, to bytes: inout [UInt8]) {
        let text = String(value.magnitude)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        for _ in text.utf8.count..<max(digits, text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: end))
    }
}
