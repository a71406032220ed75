// SPDX-License-Identifier: Apache-2.0

extension FlowReader {
    func link(_ problems: inout ProblemCollector) -> LinkConfiguration {
        LinkConfiguration(
            pricePerGigabyte: price(&problems), side: values.choice("link.price.side", &problems, or: .auto))
    }

    /// Dearer than any link: who writes more has mistaken the unit.
    private static let highestPrice = 1_000_000.0

    private func price(_ problems: inout ProblemCollector) -> Double? {
        guard let value = connector["link.price.per.gb"] else { return nil }
        let text = JavaText.trimmed(value.text)
        guard let price = Self.plainDecimal(text) else {
            problems.error(
                value,
                "\(value.shown) is not a price: expected a plain decimal such as 0.02, for 10^9 bytes, without sign, currency or "
                    + "exponent")
            return nil
        }
        guard price <= Self.highestPrice else {
            problems.error(value, "\(value.shown) is out of range: expected 0 to 1000000, for 10^9 bytes")
            return nil
        }
        return price
    }

    /// Digits, and at most one point with digits on both sides: a comma, `1e3` and `$0.02` are mistakes rather than numbers.
    static func plainDecimal(_ text: String) -> Double? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isPlain =
            parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
        return isPlain ? Double(text) : nil
    }
}
