// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// Without blanks and line ends around it.
    public var trimmed: String {
        guard let first = unicodeScalars.firstIndex(where: { $0.value > 0x20 }),
            let last = unicodeScalars.lastIndex(where: { $0.value > 0x20 })
        else { return "" }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: unicodeScalars[first...last])
        return String(result)
    }
}
