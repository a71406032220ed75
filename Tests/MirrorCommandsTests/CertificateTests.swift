// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Testing

@testable import MirrorCommands

private let openssl = program("openssl")

/// A certificate made by OpenSSL, and a server that shows it.
private final class Certificate {
    let folder: URL
    var certificateFile: String { folder.appending(path: "cert.pem").path }
    private var server: Process?

    /// - Parameters:
    ///   - names: a subjectAltName, or "" for none.
    ///   - authority: the common name of who signs it; nil signs it by itself.
    init(commonName: String, names: String, authority: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tern-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=\(names)"]
        let request = ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Example/CN=\(commonName)"] + extensions
        guard let authority else {
            try run(request + ["-x509", "-days", "30", "-keyout", path("key.pem"), "-out", path("cert.pem")])
            return
        }
        try run([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(authority)", "-keyout", path("ca.key"),
            "-out",
            path("ca.pem"),
        ])
        try run(request + ["-keyout", path("key.pem"), "-out", path("cert.csr")])
        try run([
            "x509", "-req", "-in", path("cert.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial",
            "-copy_extensions", "copyall", "-days", "30", "-out", path("cert.pem"),
        ])
    }

    deinit {
        // It may have been started with SIGTERM blocked: see ProcessTests.
        if let server { kill(server.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    var der: [UInt8] {
        get throws {
            try run(["x509", "-in", certificateFile, "-outform", "DER", "-out", path("cert.der")])
            return Array(try Data(contentsOf: folder.appending(path: "cert.der")))
        }
    }

    /// Serves it on a port, until this object goes away.
    func serve(on port: UInt16, _ more: [String] = []) async throws {
        let process = Process()
        process.executableURL = openssl
        process.arguments =
            ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificateFile, "-key", path("key.pem"), "-quiet"]
            + more
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        server = process
        let probe: CertificateProbe = try #require(CertificateProbe(reason: "ssl://127.0.0.1:\(port)/bootstrap"))
        try await eventually(within: .seconds(20), "a server that listens") { () async in
            do { _ = try probe.run(by: .now + .seconds(2)) } catch {
                return "\(error)".contains("it shows no certificate")
            }
            return true
        }
    }

    private func run(_ arguments: [String]) throws {
        let program: URL = try #require(openssl)
        let result = try runProcess(program, arguments)
        try #require(result.status == 0, "\(result.diagnostics)")
    }
}

@Suite(.enabled(if: openssl != nil, "openssl is not installed"))
struct CertificateTests {
    @Test func `a certificate tells whom it is for, by whom, and for how long`() throws {
        let made = try Certificate(
            commonName: "broker", names: "DNS:kafka.example,DNS:*.eu.example,IP:127.0.0.1", authority: "Example CA")
        let certificate = try #require(ServerCertificate(der: try made.der))
        #expect(certificate.subject == "broker")
        #expect(certificate.issuer == "Example CA")
        #expect(!certificate.isSelfSigned)
        #expect(certificate.names == ["kafka.example", "*.eu.example"])
        #expect(certificate.addresses == [[127, 0, 0, 1]])
        #expect(certificate.notBefore.count == 14 && certificate.notBefore < certificate.notAfter)
    }

    @Test(arguments: [
        ("kafka.example", "", "it is issued"), ("KAFKA.example", "", "it is issued"),
        ("b1.eu.example", "", "it is issued"),
        ("127.0.0.1", "", "it is issued"), ("::1", "", "it is issued"),
        ("eu.example", "", "names"), ("x.b1.eu.example", "", "names"), ("127.0.0.2", "", "names"),
        ("kafka.example", "20990101000000", "expired"), ("kafka.example", "20000101000000", "early"),
    ])
    func `the first thing that is wrong is told`(host: String, now: String, kind: String) throws {
        let made = try Certificate(
            commonName: "broker", names: "DNS:kafka.example,DNS:*.eu.example,IP:127.0.0.1", authority: "Example CA")
        let certificate = try #require(ServerCertificate(der: try made.der))
        let complaint = CertificateComplaint(
            certificate, host: host, now: now.isEmpty ? certificate.notBefore : now)
        switch kind {
        case "expired": #expect(complaint.message.hasPrefix("its certificate expired on 20"))
        case "early": #expect(complaint.message.hasPrefix("its certificate is not valid before 20"))
        case "names":
            #expect(
                complaint.message
                    == "its certificate is for kafka.example, *.eu.example, 127.0.0.1, not for \(host)")
        default: #expect(complaint.message == "its certificate is issued by 'Example CA', which is not trusted here")
        }
    }

    @Test func `without other names the common name counts`() throws {
        let certificate = try #require(
            ServerCertificate(der: try Certificate(commonName: "broker.example", names: "").der))
        let time = certificate.notBefore
        #expect(
            CertificateComplaint(certificate, host: "broker.example", now: time).message
                == "its certificate is signed by itself ('broker.example'), and not trusted here")
        #expect(
            CertificateComplaint(certificate, host: "other", now: time).message.hasSuffix(
                "for broker.example, not for other"))
    }

    @Test func `half a certificate is none`() throws {
        let der = try Certificate(commonName: "broker", names: "").der
        for count in stride(from: 0, to: der.count, by: 7) {
            #expect(ServerCertificate(der: Array(der.prefix(count))) == nil)
        }
    }

    @Test func `a server shows its certificate to a hello`() async throws {
        let certificate = try Certificate(commonName: "broker", names: "DNS:localhost")
        let port = try unusedPort()
        try await certificate.serve(on: port)
        let probe = try #require(CertificateProbe(reason: "ssl://127.0.0.1:\(port)/bootstrap: SSL handshake failed"))
        #expect(try probe.run(by: .now + .seconds(10)) == certificate.der)
    }

    @Test func `a server that speaks TLS 1_3 alone shows none`() async throws {
        let certificate = try Certificate(commonName: "broker", names: "")
        let port = try unusedPort()
        try await certificate.serve(on: port, ["-tls1_3"])
        let probe = try #require(CertificateProbe(reason: "sasl_ssl://127.0.0.1:\(port)/1"))
        #expect { try probe.run(by: .now + .seconds(10)) } throws: { "\($0)".contains("it shows no certificate") }
    }

    @Test func `check says what is wrong with the certificate`() async throws {
        let certificate = try Certificate(commonName: "broker", names: "DNS:kafka.example")
        let port = try unusedPort()
        try await certificate.serve(on: port)
        let text = """
            clusters = eu, us
            eu.bootstrap.servers = 127.0.0.1:\(port)
            eu.security.protocol = SSL
            eu.ssl.truststore.type = PEM
            eu.ssl.truststore.location = \(certificate.certificateFile)
            us.bootstrap.servers = 127.0.0.1:\(try unusedPort())
            eu->us.enabled = true
            """
        let outcome = await tern(
            "check", "f", "--timeout", "2s",
            change: { context in
                files([
                    "f": text,
                    certificate.certificateFile:
                        (try? String(contentsOfFile: certificate.certificateFile, encoding: .utf8)) ?? "",
                ])(&context)
            })
        #expect(outcome.status == .failed)
        #expect(
            outcome.output.contains(
                "no TLS connection: its certificate is for kafka.example, not for 127.0.0.1; use a name"),
            "\(outcome.output)")
    }
}

@Suite struct CertificateProbeTests {
    @Test(
        arguments: [
            ("ssl://b1.example:9093/bootstrap: SSL handshake failed", "b1.example", 9093),
            ("sasl_ssl://[::1]:9094/1: SSL handshake failed", "::1", 9094),
        ] as [(String, String, UInt16)])
    func `the broker is read out of librdkafka's words`(reason: String, host: String, port: UInt16) {
        let probe = CertificateProbe(reason: reason)
        #expect(probe?.host == host)
        #expect(probe?.port == port)
    }

    @Test(arguments: ["", "b1.example:9093: failed", "ssl://b1.example: failed", "ssl://b1:99999999/x"])
    func `other words name none`(reason: String) {
        #expect(CertificateProbe(reason: reason) == nil)
    }

    @Test(
        arguments: [
            [], [0x15, 3, 3, 0, 2, 2, 40], Array("HTTP/1.1 400 Bad Request\r\n".utf8), [22, 3, 3, 0, 4, 1, 0, 0, 0],
            [22, 3, 3, 0, 4, 11, 0, 0, 0], [22, 3, 3, 0, 10, 11, 0, 0, 6, 0, 0, 3, 0, 0, 9],
        ] as [[UInt8]])
    func `what is no certificate message is none`(bytes: [UInt8]) {
        var stream = TLSHandshakeStream()
        let progress = stream.certificate(after: bytes)
        #expect(progress == (bytes.isEmpty ? .incomplete : nil))
    }

    @Test func `a certificate message may come in pieces`() {
        let message: [UInt8] = [2, 0, 0, 1, 9, 11, 0, 0, 8, 0, 0, 5, 0, 0, 2, 0xAB, 0xCD]
        let records = [22, 3, 3, 0, 7] + message.prefix(7) + [22, 3, 3, 0, 10] + message.dropFirst(7)
        var stream = TLSHandshakeStream()
        var found: TLSHandshakeStream.Progress?
        for byte in records { found = stream.certificate(after: [byte]) }
        #expect(found == .found([0xAB, 0xCD]))
    }
}
