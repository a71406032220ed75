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
