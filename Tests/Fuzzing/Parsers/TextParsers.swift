// SPDX-License-Identifier: Apache-2.0
@testable import Telemetry
import Text

/// Units that people write, and texts of others that are shown to people.
extension FuzzedParser {
    static let texts = [
        FuzzedParser("units", readUnits),
        FuzzedParser("shown-text", readShownText),
    ]

    private static func readUnits(_ bytes: [UInt8]) throws(BrokenPromise) {
        if let milliseconds = try? DurationText.milliseconds(bytes.text) {
            let again = try? DurationText.milliseconds(DurationText.text(milliseconds: milliseconds))
            try promise(again == milliseconds, "a duration that is written again differs")
        }
        if let size = try? SizeText.bytes(bytes.text) {
            let again = try? SizeText.bytes(SizeText.text(bytes: size))
            try promise(again == size, "a size that is written again differs")
            _ = SizeText.rounded(bytes: size)
        }
        let moment = bytes.prefix(8).reduce(Int64.zero) { $0 << 8 | Int64($1) }
        try promise(isOneLine: UTCText.text(milliseconds: moment), of: "a moment")
    }

    private static func readShownText(_ bytes: [UInt8]) throws(BrokenPromise) {
        let text = bytes.text
        try promise(isOneLine: text.printable, of: "a printable text")
        try promise(text.printable.unicodeScalars.allSatisfy { !$0.isHostile }, "a printable text is hostile")
        let line = LogLine(time: 0, level: .info, event: "seen", fields: [LogField("topic", text)])
        for format in [LogFormat.logfmt, .json] {
            let bytes = line.bytes(in: format)
            try promise(bytes.last == 0x0A, "a line of the log does not end")
            try promise(isOneLine: Array(bytes.dropLast()).text, of: "the log")
        }
        let logged = try? JSONValue(parsing: line.bytes(in: .json))
        try promise(logged?["topic"]?.string.map { Array($0.utf8) } == Array(text.utf8), "the log says something else")
        try promise(!LabelSet(["topic": text]).bytes.contains(0x0A), "a label has a line end")
    }
}
