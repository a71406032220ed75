// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

extension Response {
    /// A report, or 304 to a client that has this very one.
    static func report(_ report: some ReportDocument, to request: Request) -> Response {
        let (bytes, content) = report.encoded
        // Weak: two answers with one tag may differ in their volatile members.
        let tag = "W/\"\(String(content.value, radix: 16))\""
        var response = Response.json(200, bytes, caching: "no-cache")
        response.headers.append(("ETag", tag))
        guard matches(tag, request.headerValues("If-None-Match")) else { return response }
        response.status = 304
        response.body = []
        response.headers.removeAll { $0.name == "Content-Type" }
        return response
    }

    /// Compares as RFC 9110 13.1.2 tells: weakly, over a list, `*` matching anything.
    static func matches(_ tag: String, _ values: [String]) -> Bool {
        values.flatMap { $0.split(separator: ",") }.contains { candidate in
            var candidate = candidate.drop { $0 == " " || $0 == "\t" }
            while candidate.last == " " || candidate.last == "\t" { candidate.removeLast() }
            return candidate == "*" || candidate == tag[...] || candidate == tag.dropFirst(2)
        }
    }
}
