// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Platform
internal import Synchronization

/// A small HTTP server on a free port of the loopback interface, for tests that stand in for somebody else's: it answers one
/// request per connection and remembers what it was asked. Plain HTTP.
public final class LocalHTTPServer: Sendable {
    public struct Request: Sendable, Hashable {
        public var method: String
        /// With the query.
        public var path: String
        /// Names in small letters.
        public var headers: [String: String]
        public var body: String
    }

    public struct Response: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: String

        /// That all went well.
        public init(headers: [String: String] = [:], _ body: String) { self.init(200, headers: headers, body) }

        public init(_ status: Int, headers: [String: String] = [:], _ body: String = "") {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    public let port: UInt16
    public var address: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let seen: Seen
    private let thread: Mutex<OwnedThread?>

    /// - Parameter answer: called on the server's thread.
    public init(_ answer: @escaping @Sendable (Request) -> Response) throws {
        let (listener, port) = try Loopback.listen()
        self.listener = listener
        self.port = port
        thread = Mutex(nil)
        let seen = Seen()
        self.seen = seen
        let serve: @Sendable () -> Void = {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                defer { Glibc.close(connection) }
                guard let request = Self.read(connection) else { continue }
                seen.requests.withLock { $0.append(request) }
                let response = answer(request)
                var head =
                    "HTTP/1.1 \(response.status) x\r\nConnection: close\r\nContent-Length: \(response.body.utf8.count)\r\n"
                for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
                FileDescriptors.write(Array("\(head)\r\n\(response.body)".utf8), to: connection)
            }
        }
        thread.withLock { $0 = OwnedThread(name: "test-http", serve) }
    }

    /// What was asked so far, in order.
    public var requests: [Request] { seen.requests.withLock { $0 } }

    private final class Seen: Sendable { let requests = Mutex<[Request]>([]) }

    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        if let thread = thread.withLock({ $0.take() }) {
            thread.join()
            Glibc.close(listener)
        }
    }

    deinit { close() }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let request = parse(bytes) { return request }
            let count = Glibc.read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    /// - Returns: `nil` while something is missing.
    private static func parse(_ bytes: [UInt8]) -> Request? {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let lines = parts[0].split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ": ", maxSplits: 1)
            if pair.count == 2 { headers[pair[0].lowercased()] = String(pair[1]) }
        }
        guard parts[1].utf8.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
        return Request(method: String(words[0]), path: String(words[1]), headers: headers, body: String(parts[1]))
    }
}
