// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A TCP client that sends whatever bytes a test likes and reads HTTP answers, or what comes instead.
final class RawClient {
    struct Answer {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// Connects to a port of 127.0.0.1. Reads give up after 20 s, so that a hanging server fails the test.
    init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// - Returns: whether the other end took everything.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next answer; `nil` when the connection ends first.
    /// - Parameter hasBody: false for the answer to HEAD.
    func answer(hasBody: Bool = true) -> Answer? {
        while true {
            if let end = Self.headEnd(buffer) {
                var answer = Self.parse(buffer[..<end])
                buffer.removeFirst(end + 4)
                let length = hasBody && answer.status != 304 ? Int(answer.header("Content-Length") ?? "0") ?? 0 : 0
                while buffer.count < length { guard fill() else { return nil } }
                answer.body = Array(buffer.prefix(length))
                buffer.removeFirst(length)
                return answer
            }
            guard fill() else { return nil }
        }
    }

    /// Whether the server has closed the connection and nothing is left to read.
    var isAtEnd: Bool { buffer.isEmpty && !fill() && errno != EAGAIN }

    /// Reads until the server closes the connection.
    /// - Returns: whether it did.
    func drain() -> Bool {
        repeat { buffer = [] } while fill()
        return errno != EAGAIN
    }

    /// Reads until a text has come.
    /// - Returns: whether it did before the server closed the connection.
    func read(until text: String) -> Bool {
        while true {
            if let place = String(decoding: buffer, as: UTF8.self).ranges(of: text).first {
                let rest = String(decoding: buffer, as: UTF8.self)[place.upperBound...]
                buffer = Array(rest.utf8)
                return true
            }
            guard fill() else { return false }
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func fill() -> Bool {
        var part = [UInt8](repeating: 0, count: 65_536)
        errno = 0
        let count = recv(descriptor, &part, part.count, 0)
        guard count > 0 else { return false }
        buffer += part.prefix(count)
        return true
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let end: [UInt8] = [13, 10, 13, 10]
        return bytes.indices.dropLast(3).first { bytes[$0] == 13 && Array(bytes[$0..<$0 + 4]) == end }
    }

    private static func parse(_ head: ArraySlice<UInt8>) -> Answer {
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let status = lines.isEmpty ? 0 : Int(lines.removeFirst().split(separator: " ").dropFirst().first ?? "") ?? 0
        let headers = lines.map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Answer(status: status, headers: headers, body: [])
    }
}
