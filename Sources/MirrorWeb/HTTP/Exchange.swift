// SPDX-License-Identifier: Apache-2.0
internal import CMicroHTTPD
internal import Glibc
internal import Telemetry

/// What every callback of one server is handed.
final class ServerContext: Sendable {
    let screen: RequestScreen
    /// Clients have to show a certificate of the authorities that MHD was given.
    let needsCertificate: Bool
    let log: Log
    let refused: @Sendable (_ method: String, Response) -> Void
    let later: @Sendable (Request) -> LaterAnswer?
    let respond: @Sendable (Request) -> Response
    let suspensions = Suspensions()
    let streams = OpenStreams()

    init(
        screen: RequestScreen, needsCertificate: Bool, log: Log,
        refused: @escaping @Sendable (_ method: String, Response) -> Void,
        later: @escaping @Sendable (Request) -> LaterAnswer?, respond: @escaping @Sendable (Request) -> Response
    ) {
        self.screen = screen
        self.needsCertificate = needsCertificate
        self.log = log
        self.refused = refused
        self.later = later
        self.respond = respond
    }

    fileprivate func refuse(_ method: String, _ response: Response, on connection: OpaquePointer) -> MHD_Result {
        log.debug(.httpRefused, [LogField("status", response.status), LogField("method", method)])
        refused(method, response)
        return Connection.send(response, on: connection, streams)
    }
}

/// One request on its way in. Confined to the MHD thread of its connection, but for the answer while that rests.
final class Exchange {
    let request: Request
    private(set) var body: [UInt8] = []
    private(set) var overflow = 0
    /// Came while the connection rested.
    var answer: Response?
    private let limit: Int

    init(request: Request, limit: Int) {
        self.request = request
        self.limit = limit
    }

    var isTooLarge: Bool { overflow > 0 }

    /// - Returns: whether to go on reading. A body that is too large is read a little further, since an answer before
    ///   its end is often lost with the connection.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if body.count + bytes.count <= limit, !isTooLarge {
            body.append(contentsOf: bytes)
            return true
        }
        body = []
        overflow += bytes.count
        return overflow <= limit
    }
}

/// MHD's access handler: called once when the head is there, then for each part of the body, then once at its end. The
/// first call answers only what is refused; an answer there would cost the connection its keep-alive.
let accessCallback: MHD_AccessHandlerCallback = {
    context, connection, path, method, version, upload, uploadCount, state in
    guard let context, let connection, let path, let method, let version, let uploadCount, let state else { return .NO }
    let server = Unmanaged<ServerContext>.fromOpaque(context).takeUnretainedValue()
    guard let known = state.pointee else {
        let head = RequestScreen.Head(
            method: String(cString: method), path: String(cString: path),
            query: Connection.values(of: connection, .GET_ARGUMENT_KIND), version: String(cString: version),
            headers: Connection.values(of: connection, .HEADER_KIND))
        if let refusal = server.screen.refusal(of: head) {
            return server.refuse(head.method, refusal, on: connection)
        }
        if let refusal = Connection.certificateRefusal(of: connection, isNeeded: server.needsCertificate) {
            return server.refuse(head.method, refusal, on: connection)
        }
        guard var request = Request(head, isFromLoopback: Connection.isFromLoopback(connection)) else {
            return server.refuse(head.method, Request.malformed, on: connection)
        }
        request.peerUser = UInt32(exactly: tern_peer_user(connection))
        request.peerAddress = tern_peer_address(connection).flatMap { SocketAddress($0)?.host }
        request.isSecure = tern_is_secure(connection) != 0
        let exchange = Exchange(request: request, limit: server.screen.limits.bodyBytes)
        state.pointee = Unmanaged.passRetained(exchange).toOpaque()
        return .YES
    }
    let exchange = Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if uploadCount.pointee > 0, let upload {
        let goesOn = exchange.append(UnsafeRawBufferPointer(start: upload, count: uploadCount.pointee))
        uploadCount.pointee = 0
        return goesOn ? .YES : .NO
    }
    if let answer = exchange.answer.take() { return Connection.send(answer, on: connection, server.streams) }
    if exchange.isTooLarge {
        return server.refuse(exchange.request.method, server.screen.bodyTooLarge, on: connection)
    }
    var request = exchange.request
    request.body = exchange.body
    if let later = server.later(request) {
        return server.suspensions.suspend(connection, exchange, until: later)
            ? .YES : Connection.send(Suspensions.stopping, on: connection, server.streams)
    }
    return Connection.send(server.respond(request), on: connection, server.streams)
}

/// Called when a request that the access handler saw is over, however it ended.
let completedCallback: MHD_RequestCompletedCallback = { _, _, state, _ in
    guard let state, let exchange = state.pointee else { return }
    Unmanaged<Exchange>.fromOpaque(exchange).release()
    state.pointee = nil
}

/// Leaves URLs as they came: MHD's own decoding lets NUL and broken UTF-8 through.
let unescapeCallback:
    @convention(c) (
        UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?
    ) -> Int = { _, _, text in
        text.map { strlen($0) } ?? 0
    }

extension Request {
    /// - Returns: `nil` when the URL is not percent-encoded UTF-8.
    init?(_ head: RequestScreen.Head, isFromLoopback: Bool) {
        guard let path = PercentEncoding.decode(head.path) else { return nil }
        self.init(head.method, "", headers: head.headers, isFromLoopback: isFromLoopback)
        self.path = path
        for (name, value) in head.query {
            guard let name = PercentEncoding.decode(name), let value = PercentEncoding.decode(value) else { return nil }
            query.append((name, value))
        }
    }

    static var malformed: Response {
        var response = Response.problem(
            400, "target", "Malformed target", detail: "the URL is not percent-encoded UTF-8")
        response.closesConnection = true
        response.route = "refused"
        return response
    }
}

/// Calls on an MHD connection, valid inside the access handler only.
private enum Connection {
    static func isFromLoopback(_ connection: OpaquePointer) -> Bool {
        guard let address = tern_peer_address(connection) else { return false }
        return SocketAddress(address)?.isLoopback ?? false
    }

    static func certificateRefusal(of connection: OpaquePointer, isNeeded: Bool) -> Response? {
        let detail: String
        switch tern_client_certificate(connection) {
        case 1: return nil
        case 0:
            guard isNeeded else { return nil }
            detail = "this listener wants a client's certificate"
        default: detail = "the client's certificate is not one of this listener's authorities, or does not hold"
        }
        var response = Response.problem(403, "client-certificate", "Forbidden", detail: detail)
        response.closesConnection = true
        response.route = "refused"
        return response
    }

    static func values(of connection: OpaquePointer, _ kind: MHD_ValueKind) -> [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        withUnsafeMutablePointer(to: &found) { found in
            _ = MHD_get_connection_values_n(
                connection, kind,
                { found, _, name, nameCount, value, valueCount in
                    func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
                        String(
                            decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count),
                            as: UTF8.self)
                    }
                    found?.assumingMemoryBound(to: [(name: String, value: String)].self).pointee
                        .append((text(name, nameCount), text(value, valueCount)))
                    return .YES
                }, found)
        }
        return found
    }

    /// Queues an answer; MHD leaves the body out for HEAD and copies it before this returns.
    static func send(_ response: Response, on connection: OpaquePointer, _ streams: OpenStreams) -> MHD_Result {
        guard let native = native(response, on: connection, streams) else { return .NO }
        defer { MHD_destroy_response(native) }
        for (name, value) in response.headers + SecurityHeaders.all {
            MHD_add_response_header(native, name, value)
        }
        if response.closesConnection { MHD_add_response_header(native, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(response.status), native)
    }

    private static func native(
        _ response: Response, on connection: OpaquePointer, _ streams: OpenStreams
    ) -> OpaquePointer? {
        guard let stream = response.stream else {
            return response.body.withUnsafeBytes { bytes in
                MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        }
        let context = Unmanaged.passRetained(StreamedConnection(stream, on: connection, of: streams))
        let native = MHD_create_response_from_callback(
            UInt64.max, 16 * 1024, streamCallback, context.toOpaque(), streamFreeCallback)  // MHD_SIZE_UNKNOWN
        if native == nil { context.takeRetainedValue().finish() }
        return native
    }
}

/// What every answer carries, whatever it is.
enum SecurityHeaders {
    static let all: [(name: String, value: String)] = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        (
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    ]
}
