// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// A listener on a free port of the loopback address that gives canned answers, one connection after the other.
///
/// It listens until `stop()`, or until the tests end: a test may use no more of it than its address.
final class StubDaemon: Sendable {
    private final class Requests: Sendable { let heads = Mutex<[String]>([]) }
    private let descriptor: Int32
    let port: UInt16
    private let requests = Requests()

    /// - Parameter answer: the bytes of a whole HTTP answer for a path; `nil` closes the connection without one.
    init(_ answer: @escaping @Sendable (_ path: String) -> String?) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var bound = sockaddr_in()
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = bind(listener, $0, size) }
        }
        listen(listener, 16)
        withUnsafeMutablePointer(to: &bound) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(listener, $0, &size) }
        }
        port = UInt16(bigEndian: bound.sin_port)
        descriptor = listener
        let requests = requests
        let thread = Thread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                let request = Self.read(connection)
                requests.heads.withLock { $0.append(request) }
                let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                if let bytes = answer(path).map({ Array($0.utf8) }) {
                    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                }
                close(connection)
            }
        }
        thread.start()
    }

    /// Always the same document, with status 200.
    convenience init(json: String) {
        self.init { _ in "HTTP/1.1 200 OK\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)" }
    }

    /// The listening thread closes the descriptor: closed here, its number could be another socket's by the time that
    /// the thread comes back from `accept`.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    var url: String { "http://127.0.0.1:\(port)" }
    /// The heads of the requests so far.
    var heads: [String] { requests.heads.withLock { $0 } }

    private static func read(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
