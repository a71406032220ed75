// SPDX-License-Identifier: Apache-2.0
internal import TernAPI

/// One answer. The server adds the headers that every answer has.
public struct Response: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// What is sent instead of a body, for as long as it goes on.
    public var stream: (any ResponseStream)?
    /// Which route answered, for the request metrics: a template, never the path asked for.
    public var route = "none"
    /// The connection must not be used again: what follows on it may not be what it seems.
    public var closesConnection = false

    public init(_ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    public var text: String { String(decoding: body, as: UTF8.self) }

    static func text(_ status: Int, _ text: String) -> Response {
        Response(
            status, headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
            body: Array(text.utf8))
    }

    static func json(_ status: Int, _ body: [UInt8], caching: String = "no-store") -> Response {
        Response(status, headers: [("Content-Type", "application/json"), ("Cache-Control", caching)], body: body)
    }

    /// An error as RFC 9457 has it.
    /// - Parameter kind: the last part of the problem's `type`; stable, for programs.
    static func problem(
        _ status: Int, _ kind: String, _ title: String, detail: String, instance: String? = nil,
        headers: [(name: String, value: String)] = []
    ) -> Response {
        let problem = Problem(kind: kind, title: title, status: status, detail: detail, instance: instance)
        return Response(
            status,
            headers: [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")] + headers,
            body: problem.bytes)
    }
}
