// SPDX-License-Identifier: Apache-2.0

/// Lengths of time as people write them, for settings that Kafka keeps in whole milliseconds.
///
/// Read: `500ms`, `30s`, `90m`, `36h`, `7d`, `2w`, sums (`1d12h`), exact decimals (`1.5h`), and a bare number, which is
/// milliseconds as Kafka has them. Written: one unit, the largest that divides the value, so that reading gives the same
/// milliseconds again. Months and years have no fixed length and are refused.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    private static let words: [String: String] = [
        "millisecond": "ms", "milliseconds": "ms", "millis": "ms", "sec": "s", "secs": "s", "second": "s",
        "seconds": "s", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h",
        "hours": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
    ]

    /// The milliseconds of a text.
    ///
    /// Throws a `UnitProblem` that says what to write instead: for a unit that is missing from the list, a value that is
    /// no whole number of milliseconds, or one beyond 64 bits.
    public static func milliseconds(_ text: String) throws(UnitProblem) -> Int64 {
        if let raw = Int64(strict: text), raw >= 0 { return raw }
        var rest = text[...]
        var total: Int64 = 0
        var smallest = Int64.max
        repeat {
            rest = rest.drop { $0 == " " }
            guard let quantity = Quantity.take(from: &rest) else { throw notADuration(text) }
            let factor = try factor(of: quantity.unit, in: text)
            guard factor < smallest else { throw UnitProblem("\"\(text)\" names its units out of order or twice") }
            smallest = factor
            guard let part = quantity.times(factor) else {
                throw UnitProblem("\"\(text)\" is not a whole number of milliseconds, or too long for Kafka")
            }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { throw UnitProblem("\"\(text)\" is too long for Kafka (2^63 milliseconds)") }
            total = sum
        } while !rest.isEmpty
        return total
    }

    /// The text of a number of milliseconds; reading it gives the same number again. Weeks are written as days.
    public static func text(milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0ms" }
        for unit in units.dropFirst() where milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }

    private static func factor(of unit: Substring, in text: String) throws(UnitProblem) -> Int64 {
        if let known = units.first(where: { $0.name == unit }) { return known.milliseconds }
        if let short = words[String(unit)], let known = units.first(where: { $0.name == short }) {
            return known.milliseconds
        }
        if unit.isEmpty, text.contains(":") { throw notADuration(text) }
        if unit.isEmpty { throw UnitProblem("\"\(text)\" has a number without a unit: write \(examples)") }
        switch unit.lowercased() {
        case "mo", "mon", "month", "months", "y", "yr", "year", "years":
            throw UnitProblem("\"\(text)\": months and years have no fixed length: write days, such as 30d or 365d")
        case "b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib":
            throw UnitProblem("\"\(text)\" is a size, and a duration is expected: write \(examples)")
        case let lowered where units.contains { $0.name == lowered }:
            throw UnitProblem("\"\(text)\": units are written in lower case, \"\(lowered)\" for \"\(unit)\"")
        default:
            throw UnitProblem("\"\(text)\": \"\(unit)\" is not a unit of time: write \(examples)")
        }
    }

    private static func notADuration(_ text: String) -> UnitProblem {
        if text.first == "P" || text.first == "p" {
            return UnitProblem("\"\(text)\": ISO 8601 durations are not read here: write \(examples)")
        }
        if text.contains(":") {
            return UnitProblem("\"\(text)\": clock notation is not read here: write \(examples)")
        }
        if text.hasPrefix("-") { return UnitProblem("\"\(text)\" is negative: write \(examples)") }
        return UnitProblem("\"\(text)\" is not a duration: write \(examples)")
    }

    private static let examples = "500ms, 30s, 90m, 36h or 7d"
}
