// SPDX-License-Identifier: Apache-2.0

/// Amounts of data as people write them, for settings that Kafka keeps in whole bytes.
///
/// Read: `512MiB` (1024-based: KiB, MiB, GiB, TiB, PiB), `1GB` (1000-based: kB or KB, MB, GB, TB, PB), `100B`, exact
/// decimals (`1.5GiB`), and a bare number of bytes. A lone `M` or `G` is refused, since people mean either. Written: the
/// unit that leaves the shortest whole number, 1024-based where both are as short, so that reading gives the same bytes.
public enum SizeText {
    private static let units: [(name: String, bytes: Int64)] = [
        ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000),
        ("kB", 1000), ("B", 1),
    ]

    /// The bytes of a text.
    ///
    /// Throws a `UnitProblem` that says what to write instead: for an unknown or two-faced unit, a value that is no whole
    /// number of bytes, or one beyond 64 bits.
    public static func bytes(_ text: String) throws(UnitProblem) -> Int64 {
        if let raw = Int64(strict: text), raw >= 0 { return raw }
        var rest = text[...]
        guard let quantity = Quantity.take(from: &rest), rest.isEmpty else {
            if text.hasPrefix("-") { throw UnitProblem("\"\(text)\" is negative: write \(examples)") }
            throw UnitProblem("\"\(text)\" is not a size: write \(examples)")
        }
        let factor = try factor(of: quantity.unit, in: text)
        guard let bytes = quantity.times(factor) else {
            throw UnitProblem("\"\(text)\" is not a whole number of bytes, or too large for Kafka")
        }
        return bytes
    }

    /// The text of a number of bytes; reading it gives the same number again.
    public static func text(bytes: Int64) -> String {
        if bytes == 0 { return "0B" }
        var best = "\(bytes)B"
        var length = best.count - 1
        for unit in units.dropLast() where bytes.isMultiple(of: unit.bytes) {
            let number = "\(bytes / unit.bytes)"
            if number.count < length {
                best = number + unit.name
                length = number.count
            }
        }
        return best
    }

    /// A short text for tables where the exact number is shown elsewhere: `34GiB`, `1.2MiB`, `512B`.
    public static func rounded(bytes: Int64) -> String {
        let magnitude = bytes.magnitude
        for unit in units.prefix(5) where magnitude >= UInt64(unit.bytes) {
            let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded() / 10
            let isWhole = abs(tenths) >= 10 || tenths == tenths.rounded()
            return (isWhole ? "\(Int64(tenths.rounded()))" : "\(tenths)") + unit.name
        }
        return "\(bytes)B"
    }

    private static func factor(of unit: Substring, in text: String) throws(UnitProblem) -> Int64 {
        if let known = units.first(where: { $0.name == unit }) { return known.bytes }
        if unit == "KB" { return 1000 }
        if unit == "bytes" || unit == "byte" { return 1 }
        if unit.isEmpty { throw UnitProblem("\"\(text)\" is not a whole number of bytes: write \(examples)") }
        switch unit.lowercased() {
        case "k", "m", "g", "t", "p":
            let letter = unit.uppercased()
            throw UnitProblem(
                "\"\(text)\": \"\(unit)\" may mean two things: write \(letter)iB (1024-based) or "
                    + "\(letter == "K" ? "k" : letter)B (1000-based)")
        case "ms", "s", "h", "d", "w", "min", "hours", "days", "weeks":
            throw UnitProblem("\"\(text)\" is a duration, and a size is expected: write \(examples)")
        case let lowered:
            if let near = units.first(where: { $0.name.lowercased() == lowered }) {
                throw UnitProblem("\"\(text)\": write \"\(near.name)\" for \"\(unit)\"")
            }
            throw UnitProblem("\"\(text)\": \"\(unit)\" is not a unit of size: write \(examples)")
        }
    }

    private static let examples = "100B, 64KiB, 512MiB, 10GiB (1024-based) or 1GB (1000-based)"
}
