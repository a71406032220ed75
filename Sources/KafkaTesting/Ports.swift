// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// A port of the loopback interface that nobody listens on, and that stays this process's own to listen on, or to leave
/// silent, until it ends: also while a broker that had it is down.
///
/// A port that the system gives would not do where several test processes run: it is free for the asking again as soon
/// as it is let go, for any other listener and for the near end of any connection.
public func unusedPort() throws -> UInt16 {
    let candidates = PortClaims.candidates
    let start = Int.random(in: 0..<candidates.count)
    for index in candidates.indices {
        let port = candidates[(start + index) % candidates.count]
        if try PortClaims.claim(port) { return port }
    }
    throw CommandFailure("find a free port: all are in use")
}

private enum PortClaims {
    /// Ports that no connection gets as its near end, where the system leaves some.
    static let candidates: [UInt16] = {
        let all: ClosedRange<UInt16> = 10_000...60_000
        let outside = ephemeral().map { range in all.filter { !range.contains($0) } } ?? []
        return outside.count >= 1000 ? outside : Array(all)
    }()

    /// Open until this process ends.
    private static let held = Mutex<[Int32]>([])

    private static func ephemeral() -> ClosedRange<UInt16>? {
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard numbers.count == 2, numbers[0] <= numbers[1] else { return nil }
        return numbers[0]...numbers[1]
    }

    /// False when another test process has it, or anybody listens on it.
    static func claim(_ port: UInt16) throws -> Bool {
        let descriptor = try open(AF_UNIX)
        guard bindName("tern-test-port-\(port)", descriptor), try isFree(port) else {
            close(descriptor)
            return false
        }
        held.withLock { $0.append(descriptor) }
        return true
    }

    private static func open(_ family: Int32) throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { throw CommandFailure("open a socket: \(String(cString: strerror(errno)))") }
        return descriptor
    }

    /// A name of the abstract namespace: one process has it at a time, and the system takes it back from one that ends.
    private static func bindName(_ name: String, _ descriptor: Int32) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.dropFirst().copyBytes(from: name.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        let descriptor = try open(AF_INET)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
