// SPDX-License-Identifier: Apache-2.0

/// Durations as people write and read them.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
    ]

    /// Milliseconds of `30s`, `1h30m`, `250ms`, `1.5h`; `nil` when the text is none, has no unit, or overflows.
    static func milliseconds(_ text: String) -> Int64? {
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let unit = units.first(where: { $0.name == letters }), let value = Double(digits) else { return nil }
            let product = value * Double(unit.milliseconds)
            guard product.isFinite, product < 1e15 else { return nil }
            total += Int64(product.rounded())
        }
        return total
    }

    static func parse(_ text: String) -> Duration? { milliseconds(text).map { .milliseconds($0) } }

    /// Two units at most: `0 s`, `0.3 s`, `41 s`, `4m 12s`, `3d 4h`, `29d`.
    static func age(seconds: Double) -> String {
        guard seconds > 0 else { return "0 s" }
        if seconds < 9.95 { return seconds < 0.05 ? "0.1 s" : trimmed(seconds) + " s" }
        let whole = Int64(min(seconds, 1e15).rounded())
        if whole < 60 { return "\(whole) s" }
        let parts: [(name: String, value: Int64)] = [
            ("d", whole / 86_400), ("h", whole / 3600 % 24), ("m", whole / 60 % 60), ("s", whole % 60),
        ]
        guard let first = parts.firstIndex(where: { $0.value > 0 }) else { return "0 s" }
        var text = "\(parts[first].value)\(parts[first].name)"
        if first + 1 < parts.count, parts[first + 1].value > 0 {
            text += " \(parts[first + 1].value)\(parts[first + 1].name)"
        }
        return text
    }

    /// A latency: `182 ms`, `4 ms`, `1.2 s`, `41 s`.
    static func latency(seconds: Double) -> String {
        if seconds < 0.9995 { return "\(Int64((max(0, seconds) * 1000).rounded())) ms" }
        return age(seconds: seconds)
    }

    private static func trimmed(_ seconds: Double) -> String {
        let tenths = Int64((seconds * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
