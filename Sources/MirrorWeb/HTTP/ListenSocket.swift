// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
internal import CMicroHTTPD
internal import Glibc

/// A socket that listens, made by ourselves rather than by MHD: so the error is the system's own, and port 0 tells
/// which port it became.
struct ListenSocket {
    let descriptor: Int32
    let address: ListenAddress
    let isLoopback: Bool

    /// - Throws: one line that says which address and what to do.
    init(_ wanted: ListenAddress) throws(HTTPServerError) {
        let candidates = try Self.resolve(wanted)
        defer { freeaddrinfo(candidates) }
        var problem: Int32 = EADDRNOTAVAIL
        var next: UnsafeMutablePointer<addrinfo>? = candidates
        while let candidate = next {
            switch Self.open(candidate.pointee) {
            case .success(let descriptor):
                self.descriptor = descriptor
                (address, isLoopback) = Self.boundAddress(of: descriptor, wanted: wanted)
                return
            case .failure(let failure): problem = failure.code
            }
            next = candidate.pointee.ai_next
        }
        throw HTTPServerError(address: wanted, code: problem)
    }

    private static func resolve(_ wanted: ListenAddress) throws(HTTPServerError) -> UnsafeMutablePointer<addrinfo> {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        // Clients that take localhost for ::1 try 127.0.0.1 next; those that know no IPv6 would not find ::1.
        let host = wanted.host == "localhost" ? "127.0.0.1" : wanted.host
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(wanted.port), &hints, &found)
        guard code == 0, let found else {
            throw HTTPServerError(address: wanted, reason: String(cString: gai_strerror(code)), advice: nil)
        }
        return found
    }

    private struct SystemError: Error { let code: Int32 }

    private static func open(_ candidate: addrinfo) -> Result<Int32, SystemError> {
        let kind = candidate.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(candidate.ai_family, kind, candidate.ai_protocol)
        guard descriptor >= 0 else { return .failure(SystemError(code: errno)) }
        var on: Int32 = 1
        // Without it a restart waits for the last connection's TIME_WAIT. It does not let two listeners share a port.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        // "::" takes IPv4 as well, whatever the machine's default.
        if candidate.ai_family == AF_INET6 {
            var off: Int32 = 0
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<Int32>.size))
        }
        guard bind(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0, listen(descriptor, 128) == 0 else {
            let code = errno
            close(descriptor)
            return .failure(SystemError(code: code))
        }
        return .success(descriptor)
    }

    private static func boundAddress(of descriptor: Int32, wanted: ListenAddress) -> (ListenAddress, isLoopback: Bool) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &length) == 0, let bound = SocketAddress(address) else {
                    return (wanted, false)
                }
                return (ListenAddress(host: wanted.host, port: bound.port), bound.isLoopback)
            }
        }
    }
}

/// What of a socket's address matters here.
struct SocketAddress {
    let port: UInt16
    let isLoopback: Bool
    /// As numbers, `10.0.0.7` or `::1`.
    let host: String

    /// `nil` for what is neither IPv4 nor IPv6.
    init?(_ address: UnsafePointer<sockaddr>) {
        host = Self.host(of: address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            (port, isLoopback) = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                (UInt16(bigEndian: $0.pointee.sin_port), UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127)
            }
        case AF_INET6:
            (port, isLoopback) = address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                (UInt16(bigEndian: $0.pointee.sin6_port), Self.isLoopback($0.pointee.sin6_addr))
            }
        default: return nil
        }
    }

    private static func host(of address: UnsafePointer<sockaddr>) -> String {
        let isNew = Int32(address.pointee.sa_family) == AF_INET6
        let size = socklen_t(isNew ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else { return "" }
        let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A listener on "::" shows IPv4's addresses in their IPv6 form.
        return name.hasPrefix("::ffff:") && name.contains(".") ? String(name.dropFirst("::ffff:".count)) : name
    }

    /// `::1`, or an IPv4 loopback address in its IPv6 form.
    private static func isLoopback(_ address: in6_addr) -> Bool {
        withUnsafeBytes(of: address) { bytes in
            if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 }
            return bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF && bytes[12] == 127
        }
    }
}

/// Why the server could not start.
public struct HTTPServerError: Error, CustomStringConvertible {
    public let address: ListenAddress
    /// What the system said.
    public let reason: String
    /// What to do about it.
    public let advice: String?

    init(address: ListenAddress, reason: String, advice: String?) {
        self.address = address
        self.reason = reason
        self.advice = advice
    }

    init(address: ListenAddress, code: Int32) {
        let advice: String? =
            switch code {
            case EADDRINUSE: "another process listens there: stop it or choose another http.listen"
            case EACCES: "ports below 1024 need a privilege: choose a higher one"
            case EADDRNOTAVAIL: "no interface of this machine has that address"
            default: nil
            }
        self.init(address: address, reason: String(cString: strerror(code)), advice: advice)
    }

    public var description: String {
        "cannot listen on \(address.host.hasPrefix("/") ? address.host : address.description): \(reason)"
            + (advice.map { "; \($0)" } ?? "")
    }
}

extension ListenAddress {
    /// A URL at which this machine itself reaches a server that listens there.
    public var localURL: String {
        switch host {
        case "", "0.0.0.0": "http://127.0.0.1:\(port)"
        case "::": "http://[::1]:\(port)"
        default: "http://\(self)"
        }
    }
}
