// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

/// A JSON report about a snapshot: its head, its body, and a tag that changes when anything but its age does.
struct ReportBody {
    private(set) var bytes: [UInt8]
    /// Weak: two answers with one tag may differ in `snapshot_age_seconds`.
    let tag: String

    /// - Parameter members: writes what stands behind the head into the open object.
    init(kind: String, status: MirrorStatus, now: Int64, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        var age = 0..<0
        json.object { json in
            json["kind"] = .string(kind)
            json["version"] = .integer(1)
            json["generated_at"] = .string(UTCText.text(milliseconds: status.generatedAt))
            let start = json.bytes.count
            json["snapshot_age_seconds"] = .number(Double(max(0, now - status.generatedAt)) / 1_000)
            age = start..<json.bytes.count
            members(&json)
        }
        bytes = json.bytes
        tag = "W/\"" + String(Self.hash(bytes[..<age.lowerBound], bytes[age.upperBound...]), radix: 16) + "\""
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The answer: the report, or 304 to a client that has this very one.
    func response(to request: Request) -> Response {
        var response = Response.json(200, bytes, caching: "no-cache")
        response.headers.append(("ETag", tag))
        guard Self.matches(tag, request.headerValues("If-None-Match")) else { return response }
        response.status = 304
        response.body = []
        response.headers.removeAll { $0.name == "Content-Type" }
        return response
    }

    /// Compares as RFC 9110 13.1.2 tells: weakly, over a list, `*` matching anything.
    private static func matches(_ tag: String, _ values: [String]) -> Bool {
        values.flatMap { $0.split(separator: ",") }.contains { candidate in
            var candidate = candidate.drop { $0 == " " || $0 == "\t" }
            while candidate.last == " " || candidate.last == "\t" { candidate.removeLast() }
            return candidate == "*" || candidate == tag[...] || candidate == tag.dropFirst(2)
        }
    }

    /// FNV-1a, 64 bit: a tag must only differ when the bytes do, nobody attacks it.
    private static func hash(_ parts: ArraySlice<UInt8>...) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in parts {
            for byte in part { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }
}

extension JSONWriter {
    /// A moment, or null.
    mutating func moment(_ key: String, _ milliseconds: Int64?) {
        self[key] = .string(milliseconds.map { UTCText.text(milliseconds: $0) })
    }
}

extension JSONWriter.Value {
    /// A measured number, to three decimals: more would pretend.
    static func measure(_ number: Double?) -> JSONWriter.Value {
        .number(number.map { ($0 * 1_000).rounded() / 1_000 })
    }
}
