// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
enum NumberText {
    /// U+2009: digits stay one word for `awk`, and one column wide.
    static let thinSpace = "\u{2009}"

    /// `99 120 334`: groups of three, with thin spaces.
    static func grouped(_ number: Int64) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += thinSpace }
            text.append(digit)
        }
        return text
    }

    /// `512B`, `3.4kB`, `120GB`: 1000-based, as prices are.
    static func bytes(_ number: Int64) -> String {
        guard number >= 1_000 else { return "\(number)B" }
        var rest = Double(number) / 1_000
        var units = ["kB", "MB", "GB", "TB", "PB", "EB"][...]
        while rest >= 999.5, units.count > 1 {
            rest /= 1_000
            units.removeFirst()
        }
        return fixed(rest, digits: rest < 9.95 ? 1 : 0) + (units.first ?? "")
    }

    /// A fixed count of digits after the point, rounded half away from zero.
    static func fixed(_ number: Double, digits: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "" }
        let factor = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        let scaled = Int64((abs(number) * factor).rounded())
        let sign = number < 0 && scaled != 0 ? "-" : ""
        guard digits > 0 else { return sign + String(scaled) }
        let whole = scaled / Int64(factor)
        let fraction = String(scaled % Int64(factor))
        return sign + String(whole) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
