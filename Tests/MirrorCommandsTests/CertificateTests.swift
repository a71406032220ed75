// SPDX-License-Identifier: Apache-2.0
import Certificates
import Foundation
import Kafka
import KafkaTesting
import Platform
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
    ///   - days: how long it is valid, from now on.
    init(commonName: String, names: String, authority: String? = nil, days: Int = 30) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tern-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=\(names)"]
        let subject = "/O=Example/CN=\(commonName)"
        let request = ["req", "-utf8", "-newkey", "rsa:2048", "-nodes", "-subj", subject] + extensions
        guard let authority else {
            try run(request + ["-x509", "-days", "\(days)", "-keyout", path("key.pem"), "-out", path("cert.pem")])
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
            "-copy_extensions", "copyall", "-days", "\(days)", "-out", path("cert.pem"),
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

    /// A key and its certificate in one file, as Kafka's brokers read them.
    func keyStore() throws -> String {
        try run(["pkcs8", "-topk8", "-nocrypt", "-in", path("key.pem"), "-out", path("key.pk8")])
        let parts = try [path("key.pk8"), certificateFile].map { try String(contentsOfFile: $0, encoding: .utf8) }
        try parts.joined().write(toFile: path("store.pem"), atomically: true, encoding: .utf8)
        return path("store.pem")
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
        try await eventually(within: .seconds(20), "a server that listens") { () async in
            (try? TCPConnection.open(host: "127.0.0.1", port: port, by: .now + .seconds(2))) != nil
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
            commonName: "bröker", names: "DNS:kafka.example,DNS:*.eu.example,IP:127.0.0.1,IP:::1",
            authority: "Example CA")
        let certificate = try #require(ServerCertificate(der: try made.der))
        #expect(certificate.subject == "bröker")
        #expect(certificate.issuer == "Example CA")
        #expect(certificate.names == ["kafka.example", "*.eu.example", "127.0.0.1", "::1"])
        #expect(certificate.validFrom.count == 10 && certificate.validFrom < certificate.validTo)
        for host in ["kafka.example", "KAFKA.example", "b1.eu.example", "127.0.0.1", "::1"] {
            #expect(certificate.covers(host), "\(host)")
        }
        for host in ["eu.example", "x.b1.eu.example", "127.0.0.2", "::2", "bröker", ""] {
            #expect(!certificate.covers(host), "\(host)")
        }
    }

    @Test func `without other names the common name counts`() throws {
        let certificate = try #require(
            ServerCertificate(der: try Certificate(commonName: "broker.example", names: "").der))
        #expect(certificate.covers("broker.example"))
        #expect(!certificate.covers("other.example"))
    }

    @Test func `half a certificate is none`() throws {
        let der = try Certificate(commonName: "broker", names: "").der
        for count in stride(from: 0, to: der.count, by: 7) {
            #expect(ServerCertificate(der: Array(der.prefix(count))) == nil)
        }
    }

    /// OpenSSL's numbers, by which depends what is said.
    @Test(
        arguments: [
            (10, 0, "its certificate expired on 20"), (10, 1, "'broker' in its chain of certificates expired on 20"),
            (9, 0, "its certificate is not valid before 20"),
            (62, 0, "its certificate is for kafka.example, not for b1"),
            (64, 0, "its certificate is for kafka.example, not for b1"),
            (
                18, 0,
                "its certificate is signed by itself ('broker'), and not trusted here; and it is for kafka.example, not"
            ),
            (
                20, 0,
                "its certificate is issued by 'Example CA', which is not trusted here; and it is for kafka.example, not"
            ),
            (19, 1, "'broker' in its chain of certificates is issued by 'Example CA', which is not trusted here"),
            (
                23, 0,
                "its certificate is not taken: certificate revoked (for kafka.example, by 'Example CA', valid until 20"
            ),
        ] as [(Int32, Int32, String)])
    func `each reason has its own sentence`(error: Int32, depth: Int32, text: String) throws {
        let made = try Certificate(commonName: "broker", names: "DNS:kafka.example", authority: "Example CA")
        let refused = RefusedCertificate(broker: "b1:9093", error: error, depth: depth, encoding: try made.der)
        let message = try #require(CertificateComplaint(refused)).message
        #expect(message.hasPrefix(text), "\(message)")
    }

    /// librdkafka before 2.16 compares an IPv6 address with its brackets.
    @Test func `a certificate that is for the IPv6 address is not blamed for the comparison`() throws {
        let made = try Certificate(commonName: "broker", names: "IP:127.0.0.1,IP:::1", authority: "Example CA")
        let refused = RefusedCertificate(broker: "[::1]:9093", error: 62, depth: 0, encoding: try made.der)
        let complaint = try #require(CertificateComplaint(refused))
        #expect(
            complaint.message
                == "its certificate is for ::1, and this librdkafka compares it with [::1], brackets and all")
        #expect(complaint.hint.contains("ssl.endpoint.identification.algorithm ="))
        #expect(complaint.hint.contains("host name"))
    }

    /// Each with servers that speak TLS 1.2 alone and TLS 1.3 alone.
    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `check says that a certificate is for another host`(version: String) async throws {
        let certificate = try Certificate(commonName: "broker", names: "DNS:kafka.example")
        try await expect(
            "its certificate is for kafka.example, not for 127.0.0.1; use a name", of: certificate,
            trusting: certificate.certificateFile, version)
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `check says that a certificate's authority is not trusted`(version: String) async throws {
        let certificate = try Certificate(commonName: "broker", names: "IP:127.0.0.1", authority: "Example CA")
        let other = try Certificate(commonName: "other", names: "")
        try await expect(
            "its certificate is issued by 'Example CA', which is not trusted here; put that", of: certificate,
            trusting: other.certificateFile, version)
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `check says that a certificate has expired`(version: String) async throws {
        // Of no day at all: over before it is looked at.
        let certificate = try Certificate(
            commonName: "broker", names: "IP:127.0.0.1", authority: "Example CA", days: 0)
        try await expect(
            "its certificate expired on 20", of: certificate, trusting: certificate.path("ca.pem"), version)
    }

    @Test func `a broker that wants a client certificate shows its own all the same`() async throws {
        let certificate = try Certificate(commonName: "broker", names: "DNS:kafka.example")
        try await expect(
            "its certificate is for kafka.example, not for 127.0.0.1", of: certificate,
            trusting: certificate.certificateFile, "-tls1_3", "-Verify", "1")
    }

    /// Reached under one name, which the certificate is for; advertised under another.
    @Test(.enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)))
    func `check names the broker that is advertised under a name that its certificate is not for`() async throws {
        let certificate = try Certificate(commonName: "broker", names: "DNS:localhost")
        let store = try certificate.keyStore()
        let authority = certificate.certificateFile
        let cluster = try await RealCluster.start(
            try #require(KafkaDistribution.found),
            .init(
                properties: [
                    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL",
                    "ssl.keystore.type": "PEM", "ssl.keystore.location": store, "ssl.enabled.protocols": "TLSv1.3",
                ], users: ["tern": "tern-secret"]))
        let port = try #require(cluster.saslBootstrapServers.split(separator: ":").last)
        let file = """
            clusters = eu, us
            eu.bootstrap.servers = localhost:\(port)
            eu.security.protocol = SASL_SSL
            eu.sasl.mechanism = PLAIN
            eu.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="tern" password="tern-secret";
            eu.ssl.truststore.type = PEM
            eu.ssl.truststore.location = \(authority)
            us.bootstrap.servers = 127.0.0.1:\(try unusedPort())
            eu->us.enabled = true
            """
        let outcome = await tern(
            "check", "f", "--timeout", "5s",
            change: { context in
                files(["f": file, authority: (try? String(contentsOfFile: authority, encoding: .utf8)) ?? ""])(&context)
            })
        try await cluster.close()
        #expect(outcome.status == .failed)
        #expect(
            outcome.output.contains(
                "broker 1, advertised as 127.0.0.1:\(port): no TLS connection: its certificate is for localhost, not for "
                    + "127.0.0.1; use a name that it is for"),
            "\(outcome.output)")
    }

    private func expect(
        _ text: String, of certificate: Certificate, trusting authority: String, _ options: String...
    ) async throws {
        let port = try unusedPort()
        try await certificate.serve(on: port, options)
        let file = """
            clusters = eu, us
            eu.bootstrap.servers = 127.0.0.1:\(port)
            eu.security.protocol = SSL
            eu.ssl.truststore.type = PEM
            eu.ssl.truststore.location = \(authority)
            us.bootstrap.servers = 127.0.0.1:\(try unusedPort())
            eu->us.enabled = true
            """
        let outcome = await tern(
            "check", "f", "--timeout", "2s",
            change: { context in
                files(["f": file, authority: (try? String(contentsOfFile: authority, encoding: .utf8)) ?? ""])(&context)
            })
        #expect(outcome.status == .failed)
        #expect(outcome.output.contains("no TLS connection: \(text)"), "\(outcome.output)")
    }
}
