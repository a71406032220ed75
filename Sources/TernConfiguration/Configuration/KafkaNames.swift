// SPDX-License-Identifier: Apache-2.0

/// What Kafka allows in the names of topics.
package enum KafkaNames {
    static let maximumLength = 249

    static func isLegalTopic(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= maximumLength && name != "." && name != ".." && isLegalPart(name)
    }

    static func isLegalPart(_ text: String) -> Bool { text.utf8.allSatisfy(isLegal) }

    /// A text made legal, different texts staying different: other bytes than letters, digits, `.` and `-` become `_` and
    /// two hexadecimal digits. Texts that are legal already stay as they are.
    package static func legalized(_ text: String) -> String {
        if isLegalPart(text) { return text }
        let digits = Array("0123456789abcdef".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isLegal(byte), byte != UInt8(ascii: "_") {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "_"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
