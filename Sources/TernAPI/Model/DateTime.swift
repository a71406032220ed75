// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
public import Text

/// A moment; in JSON ISO 8601 in UTC with milliseconds, `2026-11-20T18:24:47.806Z`.
public struct DateTime: APIValue, Hashable, Comparable {
    /// Since 1970.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no moment in UTC")
        }
        milliseconds = Int64((date.timeIntervalSince1970 * 1_000).rounded())
    }

    public static func < (left: DateTime, right: DateTime) -> Bool { left.milliseconds < right.milliseconds }

    /// Seconds from another moment to this one; 0 where that is later.
    public func seconds(since other: DateTime) -> Double { Double(max(0, milliseconds - other.milliseconds)) / 1_000 }

    public static var schema: JSONValue { ["type": "string", "format": "date-time"] }
    public static var typeName: String { "date-time" }
    public func write(to json: inout JSONWriter) { json.value(.string(UTCText.text(milliseconds: milliseconds))) }
    public var tree: JSONValue { .string(UTCText.text(milliseconds: milliseconds)) }
}
