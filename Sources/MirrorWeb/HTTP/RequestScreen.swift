// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration

/// What may use how much.
public struct HTTPLimits: Sendable {
    public var connections = 64
    public var connectionsPerAddress = 48
    /// A connection on which nothing moves is closed after it.
    public var idleTimeout: Duration = .seconds(15)
    /// Request line and headers of one request must fit in here, with some 60 bytes of bookkeeping per header and
    /// parameter, and then the answer's headers. 32 KiB: MHD's default. What does not fit gets 431, or nothing and the
    /// end of the connection when there is no room for the answer either.
    public var headerBytes = 32 * 1024
    public var targetBytes = 4 * 1024
    public var bodyBytes = 1024 * 1024
    /// Threads that answer.
    public var threads = 2

    public init() {}
}

/// Checks a request's head before anything acts on it: what MHD's parser lets through and should not.
struct RequestScreen: Sendable {
    let limits: HTTPLimits
    /// The listener takes local connections only. Then the Host must be local too: a web page that makes its own name
    /// point to 127.0.0.1 (DNS rebinding) would otherwise be a local reader.
    let listensOnLoopback: Bool

    /// The head of a request as it came.
    struct Head {
        var method: String
        /// Raw, without the query.
        var path: String
        var query: [(name: String, value: String)]
        var version: String
        var headers: [(name: String, value: String)]
    }

    /// - Returns: the answer to a request that is not to be served; `nil` for one that is.
    func refusal(of head: Head) -> Response? {
        guard var refusal = problem(of: head) else { return nil }
        refusal.closesConnection = true
        refusal.route = "refused"
        return refusal
    }

    private func problem(of head: Head) -> Response? {
        guard head.version == "HTTP/1.1" || head.version == "HTTP/1.0" else {
            return .problem(505, "version", "HTTP version not supported", detail: "this server speaks HTTP/1.1")
        }
        guard head.path.hasPrefix("/"), head.path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return .problem(400, "target", "Malformed target", detail: "the target must be a path")
        }
        let queryBytes = head.query.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 }
        guard head.path.utf8.count + queryBytes <= limits.targetBytes else {
            return .problem(414, "target-too-long", "URI too long", detail: "at most \(limits.targetBytes) bytes")
        }
        return framingProblem(of: head) ?? hostProblem(of: head)
    }

    /// Two parties that disagree about where a body ends can be made to read different requests.
    private func framingProblem(of head: Head) -> Response? {
        let lengths = values("content-length", of: head)
        let encodings = values("transfer-encoding", of: head)
        if !encodings.isEmpty {
            guard lengths.isEmpty else {
                return .problem(
                    400, "framing", "Ambiguous body", detail: "Content-Length and Transfer-Encoding exclude each other")
            }
            guard encodings.count == 1, encodings[0].lowercased() == "chunked", head.version == "HTTP/1.1" else {
                return .problem(
                    501, "transfer-encoding", "Transfer encoding not supported", detail: "only 'chunked' is")
            }
        }
        guard lengths.count <= 1 else {
            return .problem(400, "framing", "Ambiguous body", detail: "more than one Content-Length")
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return .problem(400, "framing", "Malformed Content-Length", detail: "expected a number")
            }
            guard let length = Int(length), length <= limits.bodyBytes else { return bodyTooLarge }
        }
        return nil
    }

    var bodyTooLarge: Response {
        var response = Response.problem(
            413, "body-too-large", "Body too large", detail: "at most \(limits.bodyBytes) bytes")
        response.closesConnection = true
        response.route = "refused"
        return response
    }

    private func hostProblem(of head: Head) -> Response? {
        let hosts = values("host", of: head)
        guard hosts.count <= 1 else {
            return .problem(400, "host", "Ambiguous Host", detail: "more than one Host header")
        }
        guard let host = hosts.first else {
            guard head.version == "HTTP/1.0" else {
                return .problem(400, "host", "Host is missing", detail: "HTTP/1.1 requires a Host header")
            }
            return nil
        }
        guard let name = HostName(parsing: host) else {
            return .problem(400, "host", "Malformed Host", detail: "expected a name or address and a port")
        }
        guard !listensOnLoopback || name.isLoopback else {
            return .problem(
                421, "foreign-host", "Misdirected request",
                detail: "this listener is local: ask it as localhost, 127.0.0.1 or [::1]")
        }
        return nil
    }

    private func values(_ name: String, of head: Head) -> [String] {
        head.headers.filter { $0.name.lowercased() == name }.map { header in
            String(header.value.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }
}

/// The value of a Host header. Its port is not compared with the listener's: through `ssh -L 8080:…` or a published
/// container port it differs rightly, and a hostile page cannot choose the name `localhost`.
struct HostName {
    let name: Substring

    init?(parsing text: String) {
        var name = text[...]
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return nil }
            guard Self.isPort(name[name.index(after: end)...]) else { return nil }
            name = name[...end]
            guard name.dropFirst().dropLast().utf8.allSatisfy({ Self.isHex($0) || $0 == 0x3A || $0 == 0x2E }) else {
                return nil
            }
        } else {
            let colon = name.firstIndex(of: ":") ?? name.endIndex
            guard Self.isPort(name[colon...]) else { return nil }
            name = name[..<colon]
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
        }
        self.name = name
    }

    var isLoopback: Bool {
        ["[::1]", "localhost", "localhost."].contains(name.lowercased()) || ListenAddress.isLoopback(ofFourParts: name)
    }

    /// Nothing, or a colon and at most five digits.
    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        let digits = text.dropFirst()
        return first == ":" && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && digits.utf8.count <= 5
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isHex(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
            || byte == 0x5F
    }
}
