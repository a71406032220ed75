// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
internal import CMicroHTTPD
internal import Glibc
internal import Synchronization
public import Telemetry
public import WebAccess

/// An HTTP/1.1 server on libmicrohttpd's own threads.
///
/// The answering function is synchronous and is called on them, several at once: it must not wait for anything.
public final class HTTPServer: Sendable {
    /// Where it listens, with the port that 0 became.
    public let address: ListenAddress
    private struct Running {
        var daemon: HTTPDaemon
        var tls: WebConfiguration.TLS?
    }
    private let running: Mutex<Running?>
    private let limits: HTTPLimits
    private let makeContext: @Sendable (WebConfiguration.TLS?) -> ServerContext
    /// Of a Unix socket.
    private let path: String?

    /// The libmicrohttpd that was loaded speaks TLS.
    public static var speaksTLS: Bool { tern_speaks_tls() != 0 }

    /// A URL at which this machine itself reaches it.
    public var localURL: String {
        let isSecure = running.withLock { $0?.tls != nil }
        return isSecure ? address.localURL.replacing("http://", with: "https://") : address.localURL
    }

    /// Binds and starts answering.
    /// - Parameter refused: told about requests that were answered without reaching `respond`.
    /// - Parameter later: for requests whose answer comes later; `nil` for all others.
    /// - Throws: one line that names the address and what to do; nothing is left behind then.
    public init(
        listen: ListenAddress, limits: HTTPLimits = HTTPLimits(), tls: WebConfiguration.TLS? = nil, log: Log,
        refused: @escaping @Sendable (_ method: String, Response) -> Void = { _, _ in },
        later: @escaping @Sendable (Request) -> LaterAnswer? = { _ in nil },
        respond: @escaping @Sendable (Request) -> Response
    ) throws(HTTPServerError) {
        let socket = try ListenSocket(listen)
        address = socket.address
        let makeContext: @Sendable (WebConfiguration.TLS?) -> ServerContext = { tls in
            ServerContext(
                screen: RequestScreen(limits: limits, listensOnLoopback: socket.isLoopback),
                needsCertificate: tls?.clientCertificate == .required,
                log: log.with([LogField("listener", socket.address)]), refused: refused, later: later, respond: respond)
        }
        if tls != nil, !Self.speaksTLS {
            close(socket.descriptor)
            throw HTTPServerError(
                address: listen, reason: "this libmicrohttpd speaks no TLS",
                advice: "use one that was built with GnuTLS")
        }
        guard let started = HTTPDaemon(socket: socket.descriptor, limits: limits, tls: tls, context: makeContext(tls))
        else {
            let code = errno
            close(socket.descriptor)
            throw tls == nil
                ? HTTPServerError(address: listen, code: code)
                : HTTPServerError(
                    address: listen, reason: "GnuTLS does not take the certificate, its key or client_ca_file",
                    advice: "see tls_server_config in web.config.file")
        }
        running = Mutex(Running(daemon: started, tls: tls))
        self.limits = limits
        self.makeContext = makeContext
        path = nil
    }

    /// The same on a Unix socket that only the process's own user, and root, may use.
    /// - Throws: one line that names the path and what to do; nothing is left behind then.
    public init(
        socket path: String, limits: HTTPLimits = HTTPLimits(), log: Log,
        later: @escaping @Sendable (Request) -> LaterAnswer? = { _ in nil },
        respond: @escaping @Sendable (Request) -> Response
    ) throws(HTTPServerError) {
        let socket = try UnixListenSocket(path)
        address = ListenAddress(host: path, port: 0)
        let context = ServerContext(
            screen: RequestScreen(limits: limits, listensOnLoopback: true), needsCertificate: false,
            log: log.with([LogField("listener", path)]), refused: { _, _ in }, later: later, respond: respond)
        guard let started = HTTPDaemon(socket: socket.descriptor, limits: limits, tls: nil, context: context) else {
            let code = errno
            socket.remove()
            throw HTTPServerError(address: ListenAddress(host: path, port: 0), code: code)
        }
        running = Mutex(Running(daemon: started))
        self.limits = limits
        makeContext = { _ in context }
        self.path = path
    }

    /// Goes on with another certificate, or without: on the same socket, which keeps listening. Connections that are open are cut;
    /// readers of events come back by themselves. Blocks until they are.
    ///
    /// - Returns: `false` where MHD does not take it; nothing is changed then.
    public func take(_ tls: WebConfiguration.TLS?) -> Bool {
        let outcome = running.withLock { running -> (isTaken: Bool, old: HTTPDaemon?) in
            guard let now = running, path == nil else { return (false, nil) }
            guard now.tls != tls else { return (true, nil) }
            guard tls == nil || Self.speaksTLS,
                let probe = HTTPDaemon(socket: nil, limits: limits, tls: tls, context: makeContext(tls))
            else { return (false, nil) }
            probe.stop()
            guard let socket = now.daemon.releaseSocket() else { return (false, nil) }
            // A failure now is one of memory or threads: then nothing listens any more.
            guard let next = HTTPDaemon(socket: socket, limits: limits, tls: tls, context: makeContext(tls)) else {
                close(socket)
                running = nil
                return (false, now.daemon)
            }
            running = Running(daemon: next, tls: tls)
            return (true, now.daemon)
        }
        outcome.old?.stop()
        return outcome.isTaken
    }

    /// Stops listening, cuts what is open, and returns when no answer is being made any more. Does nothing the second
    /// time.
    public func stop() {
        let daemon = running.withLock { running in
            defer { running = nil }
            return running?.daemon
        }
        guard let daemon else { return }
        daemon.stop()
        if let path { unlink(path) }
    }

    deinit { stop() }
}
