// SPDX-License-Identifier: Apache-2.0

extension String {
    /// This text on one line, with everything visible that would start a new line, steer a terminal, hide, or turn the
    /// text around: `\n`, `\r`, `\t`, else `\u{1b}`. For whatever comes from others and is shown to people: names of
    /// topics, messages of brokers, what was typed.
    public var printable: String {
        if unicodeScalars.allSatisfy({ !$0.isHostile }) { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isHostile: result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// Whether it moves a terminal's cursor, ends a line, turns the text around, or cannot be seen. The joiners inside
    /// emoji and of several scripts are none of these.
    public var isHostile: Bool {
        if value >= 0x20, value < 0x7F { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: return true
        case .format: return value != 0x200C && value != 0x200D
        default: return false
        }
    }
}
