// SPDX-License-Identifier: Apache-2.0

/// How Kafka's `ConfigDef` reads text. All of it works on code points: Swift's characters glue `\r\n` and accents.
enum JavaText {
    /// `String.trim()`: everything up to U+0020 goes from both ends.
    static func trimmed(_ text: String) -> String { trimmed(text) { $0.value <= 0x20 } }

    /// `Boolean.parseBoolean`: `true` in any case and nothing around it; everything else is false.
    static func parseBoolean(_ text: String) -> Bool { lowercased(text) == "true" }

    /// `ConfigDef` BOOLEAN: trimmed, any case; `nil` for what is neither.
    static func boolean(_ text: String) -> Bool? {
        switch lowercased(trimmed(text)) {
        case "true": true
        case "false": false
        default: nil
        }
    }

    /// `ConfigDef` LIST: split at commas with the white space around them; empty elements stay, empty text is no element.
    static func list(_ text: String) -> [String] {
        let whole = trimmed(text)
        if whole.unicodeScalars.isEmpty { return [] }
        return whole.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { element in
            trimmed(String(String.UnicodeScalarView(element))) { (0x09...0x0D).contains($0.value) || $0.value == 0x20 }
        }
    }

    /// `Long.parseLong` of the trimmed text: decimal digits with at most a sign.
    static func integer(_ text: String) -> Int64? { Int64(trimmed(text)) }

    /// ASCII letters only, as protocol names need; Swift's own would fold more than Java's root locale does.
    static func lowercased(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
                }))
    }

    private static func trimmed(_ text: String, where isBlank: (Unicode.Scalar) -> Bool) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
