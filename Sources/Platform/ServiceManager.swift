// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The service manager that started this process and wants to hear from it: systemd's protocol of `sd_notify(3)`, without its
/// library. A message is a datagram of lines `NAME=value`.
public struct ServiceManager: Sendable {
    private let address: String

    /// How often `WATCHDOG=1` has to be sent: half of what the service manager waits for it (`WATCHDOG_USEC`), as
    /// `sd_watchdog_enabled(3)` advises. `nil` where nobody waits.
    public let watchdogInterval: Duration?

    /// - Parameter variables: the process's environment. `NOTIFY_SOCKET` is a path, or `@` and a name that is in no file system;
    ///   `WATCHDOG_PID` says which process of a service the watchdog is about.
    /// - Returns: `nil` where nobody wants to hear.
    public init?(variables: [String: String], processID: Int32 = Self.ownProcessID) {
        guard let address = variables["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
        self.address = address
        let isOurs = variables["WATCHDOG_PID"].map { $0 == "\(processID)" } ?? true
        let microseconds = variables["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = isOurs && microseconds > 1 ? .microseconds(microseconds / 2) : nil
    }

    public static var ownProcessID: Int32 { getpid() }

    /// Sends one message. Never waits: a service manager that does not read is a failure, and may be told again later.
    ///
    /// - Throws: what the system says, or that the address is of a kind that Tern does not know (`vsock:`).
    public func send(_ message: String) throws(SystemFailure) {
        var (address, size) = try socketAddress()
        let type = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(AF_UNIX, Int32(type), 0)
        guard descriptor >= 0 else { throw .last() }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        let sent = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, size)
            }
        }
        guard sent == bytes.count else { throw .last() }
    }

    private func socketAddress() throws(SystemFailure) -> (sockaddr_un, socklen_t) {
        var bytes = Array(address.utf8)
        var result = sockaddr_un()
        result.sun_family = sa_family_t(AF_UNIX)
        // A path needs its NUL behind it; a name begins with one, and ends where the address does.
        let isName = bytes.first == UInt8(ascii: "@")
        guard isName || bytes.first == UInt8(ascii: "/") else {
            throw SystemFailure(
                code: EAFNOSUPPORT, reason: "NOTIFY_SOCKET: expected a path or '@' and a name, not '\(address)'")
        }
        if isName { bytes[0] = 0 } else { bytes.append(0) }
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        guard bytes.count <= MemoryLayout<sockaddr_un>.size - start else {
            throw SystemFailure(code: ENAMETOOLONG, reason: "NOTIFY_SOCKET: longer than 107 bytes")
        }
        withUnsafeMutableBytes(of: &result.sun_path) { $0.copyBytes(from: bytes) }
        return (result, socklen_t(start + bytes.count))
    }
}
