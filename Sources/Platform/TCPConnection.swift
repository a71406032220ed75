// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A TCP connection as a client, for short exchanges: every call has a deadline, and all of them block.
public struct TCPConnection: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Connects to the first address of the host that answers.
    ///
    /// The deadline does not bound the resolver: that has time-outs of its own (`resolv.conf`).
    public static func open(
        host: String, port: UInt16, by deadline: ContinuousClock.Instant
    ) throws(SystemFailure) -> TCPConnection {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw SystemFailure(code: 0, reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var failure = SystemFailure(code: ECONNREFUSED, reason: "the name has no address")
        var next = list
        while let address = next?.pointee {
            do throws(SystemFailure) { return try open(address, by: deadline) } catch { failure = error }
            next = address.ai_next
        }
        throw failure
    }

    /// Connects to a Unix socket.
    public static func open(
        socket path: String, by deadline: ContinuousClock.Instant
    ) throws(SystemFailure) -> TCPConnection {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .last(ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw .last() }
        let connection = TCPConnection(descriptor: descriptor)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw .last() }
        return connection
    }

    private static func open(
        _ address: addrinfo, by deadline: ContinuousClock.Instant
    ) throws(SystemFailure) -> TCPConnection {
        let type = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, type, address.ai_protocol)
        guard descriptor >= 0 else { throw .last() }
        let connection = TCPConnection(descriptor: descriptor)
        if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { throw .last() }
            try FileDescriptors.wait(until: .writable, descriptor, by: deadline)
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else { throw .last(code) }
        }
        return connection
    }

    public borrowing func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(SystemFailure) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                try FileDescriptors.wait(until: .writable, descriptor, by: deadline)
            } else if errno != EINTR {
                throw .last()
            }
        }
    }

    /// What has arrived, at most 64 KiB; empty when the other side has closed.
    public borrowing func receive(by deadline: ContinuousClock.Instant) throws(SystemFailure) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count >= 0 { return Array(chunk[..<count]) }
            if errno == EAGAIN {
                try FileDescriptors.wait(until: .readable, descriptor, by: deadline)
            } else if errno != EINTR {
                throw .last()
            }
        }
    }
}
