// SPDX-License-Identifier: Apache-2.0
import Foundation
import TernAPI

/// A document that was read is written, and read again the same.
func readDocument<Report: Document>(_: Report.Type, _ bytes: [UInt8]) throws(BrokenPromise) {
    guard let report = try? JSONDecoder().decode(Report.self, from: Data(bytes)) else { return }
    let again = try? JSONDecoder().decode(Report.self, from: Data(report.bytes))
    // Foundation counts days before 1582 by another calendar than ISO 8601 has; no daemon writes of such.
    let years = report.bytes.text.split(separator: "\"").compactMap {
        $0.dropFirst(4).first == "-" ? Int($0.prefix(4)) : nil
    }
    guard years.allSatisfy({ $0 > 1600 }) else { return }
    try promise(again == report, "a \(Report.self) that is written and read again differs: \(report.bytes.text)")
}

extension [UInt8] {
    /// RFC 4648, section 5, without padding.
    var base64URL: String {
        Data(self).base64EncodedString().map { character in
            character == "+" ? "-" : character == "/" ? "_" : character == "=" ? "" : String(character)
        }.joined()
    }
}
