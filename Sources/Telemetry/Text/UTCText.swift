// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What time it is.
public enum WallClock {
    /// Milliseconds since 1970, as a clock on the wall tells them: may step.
    @Sendable public static func milliseconds() -> Int64 { read(CLOCK_REALTIME) }

    /// Milliseconds since some moment in the past; never steps back.
    @Sendable public static func steadyMilliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Moments as ISO 8601 in UTC with milliseconds, `2026-11-20T18:24:47.806Z`.
public enum UTCText {
    public static func text(milliseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(milliseconds: milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Milliseconds since 1970, also before it.
    public static func append(milliseconds: Int64, to bytes: inout [UInt8]) {
        let (days, ofDay) = floorDivide(milliseconds, 86_400_000)
        let (year, month, day) = date(ofDay: days)
        append(year, digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(day, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(ofDay / 3_600_000, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(ofDay / 60_000 % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(ofDay / 1_000 % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        append(ofDay % 1_000, digits: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Days since 1970 to a date of the Gregorian calendar. Years begin in March here: the leap day is then the last
    /// of its year, and the month lengths from March on repeat every five months, 153 days.
    private static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719,468 days from 0000-03-01 to 1970-01-01; 146,097 days in 400 years.
        let (era, ofEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
        let text = String(value.magnitude)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        for _ in text.utf8.count..<max(digits, text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: text.utf8)
    }
}
