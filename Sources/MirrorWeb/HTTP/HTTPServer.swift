// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
internal import CMicroHTTPD
internal import Glibc
internal import Synchronization
public import Telemetry

/// An HTTP/1.1 server on libmicrohttpd's own threads.
///
/// The answering function is synchronous and is called on them, several at once: it must not wait for anything.
public final class HTTPServer: Sendable {
    /// Where it listens, with the port that 0 became.
    public let address: ListenAddress
    private let daemon: Mutex<Daemon?>
    /// Of a Unix socket.
    private let path: String?

    /// Binds and starts answering.
    /// - Parameter refused: told about requests that were answered without reaching `respond`.
    /// - Parameter later: for requests whose answer comes later; `nil` for all others.
    /// - Throws: one line that names the address and what to do; nothing is left behind then.
    public init(
        listen: ListenAddress, limits: HTTPLimits = HTTPLimits(), log: Log,
        refused: @escaping @Sendable (_ method: String, Response) -> Void = { _, _ in },
        later: @escaping @Sendable (Request) -> LaterAnswer? = { _ in nil },
        respond: @escaping @Sendable (Request) -> Response
    ) throws(HTTPServerError) {
        let socket = try ListenSocket(listen)
        address = socket.address
        let context = ServerContext(
            screen: RequestScreen(limits: limits, listensOnLoopback: socket.isLoopback),
            log: log.with([LogField("listener", socket.address)]), refused: refused, later: later, respond: respond)
        guard let started = Daemon(socket: socket.descriptor, limits: limits, context: context) else {
            let code = errno
            close(socket.descriptor)
            throw HTTPServerError(address: listen, code: code)
        }
        daemon = Mutex(started)
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
            screen: RequestScreen(limits: limits, listensOnLoopback: true), log: log.with([LogField("listener", path)]),
            refused: { _, _ in }, later: later, respond: respond)
        guard let started = Daemon(socket: socket.descriptor, limits: limits, context: context) else {
            let code = errno
            socket.remove()
            throw HTTPServerError(address: ListenAddress(host: path, port: 0), code: code)
        }
        daemon = Mutex(started)
        self.path = path
    }

    /// Stops listening, cuts what is open, and returns when no answer is being made any more. Does nothing the second
    /// time.
    public func stop() {
        let running = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        guard let running else { return }
        running.stop()
        if let path { unlink(path) }
    }

    deinit { stop() }
}

/// The running MHD daemon and what its callbacks are handed.
private struct Daemon: @unchecked Sendable {  // MHD: a daemon may be stopped from any thread but its own
    private let handle: OpaquePointer
    private let context: Unmanaged<ServerContext>

    /// Takes the socket over when it succeeds.
    init?(socket: Int32, limits: HTTPLimits, context: ServerContext) {
        let retained = Unmanaged.passRetained(context)
        let pointer = retained.toOpaque()
        var options = [
            Self.option(.LISTEN_SOCKET, Int(socket)),
            Self.option(.CONNECTION_LIMIT, limits.connections),
            Self.option(.PER_IP_CONNECTION_LIMIT, limits.connectionsPerAddress),
            Self.option(.CONNECTION_TIMEOUT, max(1, Int(limits.idleTimeout.inSeconds.rounded(.up)))),
            Self.option(.CONNECTION_MEMORY_LIMIT, limits.headerBytes),
            Self.option(
                .UNESCAPE_CALLBACK, Int(bitPattern: unsafeBitCast(unescapeCallback, to: UnsafeRawPointer.self)), pointer
            ),
            Self.option(
                .NOTIFY_COMPLETED, Int(bitPattern: unsafeBitCast(completedCallback, to: UnsafeRawPointer.self)), pointer
            ),
        ]
        // Each worker gets its share of the connections: none may get nothing.
        let threads = min(limits.threads, limits.connections)
        if threads > 1 { options.append(Self.option(.THREAD_POOL_SIZE, threads)) }
        options.append(Self.option(.END, 0))
        // Not epoll: MHD uses it edge-triggered and 0.9.75 then overlooks an end that came together with the request,
        // so that the connection stays until it has idled away.
        let flags =
            MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_POLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        let started = options.withUnsafeMutableBytes { options -> OpaquePointer? in
            guard let array = options.baseAddress else { return nil }
            return withVaList([MHD_OPTION.ARRAY.rawValue, OpaquePointer(array), MHD_OPTION.END.rawValue]) {
                MHD_start_daemon_va(flags, 0, nil, nil, accessCallback, pointer, $0)
            }
        }
        guard let started else {
            retained.release()
            return nil
        }
        handle = started
        self.context = retained
    }

    private static func option(
        _ option: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil
    ) -> MHD_OptionItem {
        MHD_OptionItem(option: option, value: value, ptr_value: pointer)
    }

    /// The corresponding C function is `MHD_stop_daemon`: it joins MHD's threads and closes the listening socket, so
    /// that no callback uses the context afterwards.
    func stop() {
        let server = context.takeUnretainedValue()
        server.suspensions.end()
        server.streams.stop()
        MHD_stop_daemon(handle)
        context.release()
    }
}
