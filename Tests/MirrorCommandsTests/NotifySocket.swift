// SPDX-License-Identifier: Apache-2.0
import Glibc
import KafkaTesting
import Synchronization

/// A service manager's socket, as systemd would have it, and what was sent there.
final class NotifySocket: Sendable {
    /// What `NOTIFY_SOCKET` is to be.
    let address: String
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    /// - Parameter address: a path, or `@` and a name.
    init(_ address: String) throws {
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var bytes = Array(address.utf8)
        if address.hasPrefix("@") { bytes[0] = 0 } else { bytes.append(0) }
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0 else { throw NeverHappened("a socket at \(address): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Every line so far, in the order of arrival.
    var lines: [String] {
        received.withLock { received in
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { return received }
                received += String(decoding: chunk[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }
}
