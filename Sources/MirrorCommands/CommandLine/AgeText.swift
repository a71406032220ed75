// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Lengths of time as people read them on a screen.
enum AgeText {
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

extension Duration {
    /// A length of time with its unit, as flags take it: what `DurationText` reads, but no bare number, which could be
    /// seconds to some. `nil` when the text is none, or is longer than 31,000 years.
    init?(flag text: String) {
        guard Int64(text) == nil, let milliseconds = try? DurationText.milliseconds(text),
            milliseconds <= 1_000_000_000_000_000
        else { return nil }
        self = .milliseconds(milliseconds)
    }
}
