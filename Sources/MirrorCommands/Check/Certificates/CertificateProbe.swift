// SPDX-License-Identifier: Apache-2.0
internal import Platform

/// Fetches the certificate that a server shows to anybody who says hello.
///
/// TLS 1.2 (RFC 5246) sends it before anything is secret, so that a hello is all that it takes: no key, no password and
/// no client certificate leaves this process. A server that speaks TLS 1.3 alone does not answer it.
struct CertificateProbe: Sendable, Equatable {
    let host: String
    let port: UInt16

    /// The host and port of a broker in librdkafka's words, `ssl://host:9093/bootstrap: SSL handshake failed…`.
    init?(reason: String) {
        guard let start = reason.ranges(of: "ssl://").first?.upperBound else { return nil }
        let authority = reason[start...].prefix { $0 != "/" && !$0.isWhitespace }
        guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[authority.index(after: colon)...])
        else { return nil }
        var host = authority[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.host = String(host)
        self.port = port
    }

    /// The server's own certificate, in its encoding. Blocks.
    func run(by deadline: ContinuousClock.Instant) throws(SystemFailure) -> [UInt8] {
        let connection = try TCPConnection.open(host: host, port: port, by: deadline)
        try connection.send(Self.hello(for: host), by: deadline)
        var stream = TLSHandshakeStream()
        while true {
            let bytes = try connection.receive(by: deadline)
            guard !bytes.isEmpty, let message = stream.certificate(after: bytes) else {
                throw SystemFailure(code: 0, reason: "it shows no certificate")
            }
            if case .found(let certificate) = message { return certificate }
        }
    }

    private static let cipherSuites: [UInt16] = [
        0xC02F, 0xC030, 0xC02B, 0xC02C, 0xCCA8, 0xCCA9, 0x009E, 0x009F, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
    ]
    private static let groups: [UInt16] = [29, 23, 24, 25]
    private static let signatures: [UInt16] = [
        0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201,
    ]

    static func hello(for host: String) -> [UInt8] {
        var body: [UInt8] = [0x03, 0x03]
        body += (0..<32).map { _ in UInt8.random(in: 0...255) }
        body += [0]  // no session
        body += prefixed(cipherSuites.flatMap(bytes))
        body += [1, 0]  // no compression
        var extensions: [UInt8] = []
        // Addresses are not sent as names (RFC 6066, 3).
        let isName = host.contains { $0.isLetter } && !host.contains(":")
        if isName { extensions += bytes(0) + prefixed(prefixed([0] + prefixed(Array(host.utf8)))) }
        extensions += bytes(10) + prefixed(prefixed(groups.flatMap(bytes)))
        extensions += bytes(11) + prefixed([1, 0])
        extensions += bytes(13) + prefixed(prefixed(signatures.flatMap(bytes)))
        extensions += bytes(0xFF01) + prefixed([0])
        body += prefixed(extensions)
        let message = [1, 0] + bytes(UInt16(body.count)) + body
        return [0x16, 0x03, 0x01] + prefixed(message)
    }

    private static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
    private static func prefixed(_ content: [UInt8]) -> [UInt8] { bytes(UInt16(content.count)) + content }
}

/// Finds the certificate message in what a server answers.
struct TLSHandshakeStream {
    enum Progress: Equatable {
        case incomplete
        case found([UInt8])
    }

    private var received: [UInt8] = []
    private var messages: [UInt8] = []

    /// - Returns: `nil` when this is no handshake, or one without a certificate.
    mutating func certificate(after bytes: [UInt8]) -> Progress? {
        received += bytes
        // 1 MiB: a chain of certificates is some kilobytes.
        guard received.count < 1 << 20 else { return nil }
        while received.count >= 5 {
            let length = Int(received[3]) << 8 | Int(received[4])
            // 22: handshake; everything else before the certificate is an alert, or no TLS.
            guard received[0] == 22, received[1] == 3 else { return nil }
            guard received.count >= 5 + length else { break }
            messages += received[5..<5 + length]
            received.removeFirst(5 + length)
        }
        return search()
    }

    private func search() -> Progress? {
        var rest = messages[...]
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Self.length(rest.dropFirst())
            guard rest.count >= 4 + length else { return .incomplete }
            let content = rest[(start + 4)..<(start + 4 + length)]
            switch rest[start] {
            case 2: break  // the server's hello
            case 11:
                guard content.count >= 6 else { return nil }
                let first = content.dropFirst(3)
                let size = Self.length(first)
                guard first.count >= 3 + size else { return nil }
                return .found(Array(first.dropFirst(3).prefix(size)))
            default: return nil
            }
            rest = rest.dropFirst(4 + length)
        }
        return .incomplete
    }

    private static func length(_ bytes: ArraySlice<UInt8>) -> Int { bytes.prefix(3).reduce(0) { $0 << 8 | Int($1) } }
}
