// SPDX-License-Identifier: Apache-2.0

/// Writes values as indented JSON, members in their own order.
enum JSONText {
    static func write(_ value: YAMLValue) -> String {
        var text = ""
        write(value, indent: 0, into: &text)
        return text + "\n"
    }

    private static func write(_ value: YAMLValue, indent: Int, into text: inout String) {
        switch value {
        case .text(let string): text += quoted(string)
        case .literal(let literal): text += literal
        case .null: text += "null"
        case .list(let elements):
            let isFlat = elements.allSatisfy { if case .mapping = $0 { false } else { true } }
            writeMembers(elements, "[", "]", isFlat: isFlat, indent, &text) { write($0, indent: $1, into: &$2) }
        case .mapping(let members):
            writeMembers(members, "{", "}", isFlat: false, indent, &text) { member, indent, text in
                text += quoted(member.key) + ": "
                write(member.value, indent: indent, into: &text)
            }
        }
    }

    private static func writeMembers<Member>(
        _ members: [Member], _ open: String, _ close: String, isFlat: Bool, _ indent: Int, _ text: inout String,
        _ write: (Member, Int, inout String) -> Void
    ) {
        text += open
        for (index, member) in members.enumerated() {
            text += index == 0 ? "" : isFlat ? ", " : ","
            if !isFlat { text += "\n" + String(repeating: "  ", count: indent + 1) }
            write(member, indent + 1, &text)
        }
        if !isFlat, !members.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    private static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
