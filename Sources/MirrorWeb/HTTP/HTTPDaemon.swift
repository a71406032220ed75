// SPDX-License-Identifier: Apache-2.0
internal import CMicroHTTPD
internal import Glibc
internal import WebAccess

/// The running MHD daemon and what its callbacks are handed.
struct HTTPDaemon: @unchecked Sendable {  // MHD: a daemon may be stopped from any thread but its own
    private let handle: OpaquePointer
    private let context: Unmanaged<ServerContext>
    private let secrets: TLSTexts?

    /// Takes the socket over when it succeeds.
    ///
    /// - Parameter socket: `nil` listens nowhere: only to see whether MHD takes the certificate.
    init?(socket: Int32?, limits: HTTPLimits, tls: WebConfiguration.TLS?, context: ServerContext) {
        let retained = Unmanaged.passRetained(context)
        let pointer = retained.toOpaque()
        var options = socket.map { [Self.option(.LISTEN_SOCKET, Int($0))] } ?? []
        options += [
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
        let secrets = tls.map { TLSTexts($0) }
        options += secrets?.options ?? []
        options.append(Self.option(.END, 0))
        // Not epoll: MHD uses it edge-triggered and 0.9.75 then overlooks an end that came together with the request,
        // so that the connection stays until it has idled away.
        var flags =
            MHD_USE_INTERNAL_POLLING_THREAD.rawValue | MHD_USE_POLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
        if tls != nil { flags |= MHD_USE_TLS.rawValue }
        if socket == nil { flags |= MHD_USE_NO_LISTEN_SOCKET.rawValue }
        let started = options.withUnsafeMutableBytes { options -> OpaquePointer? in
            guard let array = options.baseAddress else { return nil }
            return withVaList([MHD_OPTION.ARRAY.rawValue, OpaquePointer(array), MHD_OPTION.END.rawValue]) {
                MHD_start_daemon_va(flags, 0, nil, nil, accessCallback, pointer, $0)
            }
        }
        guard let started else {
            retained.release()
            secrets?.free()
            return nil
        }
        handle = started
        self.context = retained
        self.secrets = secrets
    }

    fileprivate static func option(
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
        secrets?.free()
    }

    /// Lets go of the listening socket, which goes on to listen; connections that are open are served on. The corresponding C
    /// function is `MHD_quiesce_daemon`.
    func releaseSocket() -> Int32? {
        let socket = MHD_quiesce_daemon(handle)
        return socket >= 0 ? socket : nil
    }
}

/// What MHD's options of TLS point to: it keeps the pointers.
private struct TLSTexts: @unchecked Sendable {  // written once, read by MHD
    private let texts: [(option: MHD_OPTION, text: UnsafeMutablePointer<CChar>)]

    init(_ tls: WebConfiguration.TLS) {
        func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
            copy[bytes.count] = 0
            return copy
        }
        let versions = WebConfiguration.TLS.Version.allCases.filter { version in
            switch version {
            case .tls12: tls.minimum == .tls12
            case .tls13: tls.maximum == .tls13
            }
        }
        let names = versions.map { $0 == .tls12 ? ":+VERS-TLS1.2" : ":+VERS-TLS1.3" }
        var texts: [(option: MHD_OPTION, text: UnsafeMutablePointer<CChar>)] = [
            (.HTTPS_PRIORITIES, copy(Array(("NORMAL:-VERS-ALL" + names.joined()).utf8))),
            (.HTTPS_MEM_KEY, copy(tls.key)), (.HTTPS_MEM_CERT, copy(tls.certificate)),
        ]
        // With authorities MHD asks clients for a certificate. Whether it holds is looked at by whoever answers.
        if tls.clientCertificate != .none, let authorities = tls.clientAuthorities {
            texts.append((.HTTPS_MEM_TRUST, copy(authorities)))
        }
        self.texts = texts
    }

    var options: [MHD_OptionItem] { texts.map { HTTPDaemon.option($0.option, 0, UnsafeMutableRawPointer($0.text)) } }

    func free() {
        for (_, text) in texts {
            memset(text, 0, strlen(text))
            text.deallocate()
        }
    }
}
