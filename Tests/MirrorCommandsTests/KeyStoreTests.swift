// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Testing

@testable import MirrorCommands

private let openssl = program("openssl")
private let keytool = program("keytool")

/// Client certificates in stores that Java's tools wrote, old ones too.
@Suite(.enabled(if: openssl != nil, "openssl is not installed"))
final class KeyStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    deinit { folder.remove() }

    private func path(_ name: String) -> String { folder.path(name) }

    private func ssl(_ arguments: String...) throws {
        let result = try runProcess(try #require(openssl), arguments)
        try #require(result.status == 0, "\(result.diagnostics)")
    }

    private func makeStore(_ options: String...) throws {
        try ssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=client", "-keyout", path("key.pem"), "-out",
            path("cert.pem"))
        let result = try runProcess(
            try #require(openssl),
            ["pkcs12", "-export", "-inkey", path("key.pem"), "-in", path("cert.pem"), "-out", path("store.p12")]
                + ["-passout", "pass:secret"] + options)
        try #require(result.status == 0, "\(result.diagnostics)")
    }

    /// What a command says of a file with these lines about B.
    private func outcome(_ command: [String], _ lines: String) async throws -> Outcome {
        let file = """
            clusters = A, B
            A.bootstrap.servers = 127.0.0.1:1
            B.bootstrap.servers = 127.0.0.1:1
            B.security.protocol = SSL
            \(lines)
            A->B.enabled = true
            http.listen = none
            """
        try file.write(toFile: path("mirror.properties"), atomically: true, encoding: .utf8)
        let words = [command[0], path("mirror.properties")] + command.dropFirst()
        let output = MemoryOutput()
        let diagnostics = MemoryOutput()
        let context = CommandContext(
            variables: [:], output: output, diagnostics: diagnostics, allocator: "5.3.0", daemon: .engine)
        let status = await CommandLineTool(table: .standard).run(words, context)
        return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
    }

    private func keyStore(_ password: String = "secret") -> String {
        "B.ssl.keystore.type = PKCS12\nB.ssl.keystore.location = \(path("store.p12"))\nB.ssl.keystore.password = \(password)"
    }

    @Test func `a keystore that an older tool encrypted is told with the cipher and the command that converts it`()
        async throws
    {
        try makeStore("-legacy")
        let outcome = try await outcome(["check", "--offline"], keyStore())
        #expect(outcome.status == .usage)
        #expect(
            outcome.output.contains(
                "\(path("store.p12")) is encrypted with RC2-40-CBC, which OpenSSL 3 does not load; convert it with `openssl pkcs12 "
                    + "-legacy -in \(path("store.p12")) -out \(path("store.p12")).pem`"), "\(outcome.output)")
        #expect(!outcome.output.contains("digital envelope"), "\(outcome.output)")
        // The command does what it says.
        try ssl(
            "pkcs12", "-legacy", "-in", path("store.p12"), "-out", path("store.p12.pem"), "-passin", "pass:secret",
            "-passout", "pass:other")
        let converted = try await self.outcome(
            ["check", "--offline"],
            "B.ssl.keystore.type = PEM\nB.ssl.keystore.location = \(path("store.p12.pem"))\nB.ssl.key.password = other")
        #expect(converted.status == .done, "\(converted.output)")
    }

    @Test func `a wrong password of a keystore is told in words`() async throws {
        try makeStore()
        #expect(try await outcome(["check", "--offline"], keyStore()).status == .done)
        let wrong = try await outcome(["check", "--offline"], keyStore("guess"))
        #expect(wrong.status == .usage)
        #expect(
            wrong.output.contains(
                "\(path("store.p12")) does not open with ssl.keystore.password: the password is wrong"),
            "\(wrong.output)")
    }

    @Test func `run names the cluster and the file whose keystore it cannot open`() async throws {
        try makeStore()
        let outcome = try await outcome(["run"], keyStore("guess"))
        #expect(outcome.status == .usage)
        #expect(
            outcome.diagnostics.contains(
                "\(path("mirror.properties")): cluster B: librdkafka refuses the admin's ssl.keystore.location: "
                    + "\(path("store.p12")) does not open with ssl.keystore.password: the password is wrong"),
            "\(outcome.diagnostics)")
    }

    @Test(.enabled(if: keytool != nil, "keytool is not installed"))
    func `the command for an old truststore reads it`() async throws {
        let made = try runProcess(
            try #require(keytool),
            [
                "-genkeypair", "-alias", "a", "-keyalg", "RSA", "-dname", "CN=a", "-keystore", path("trust.p12"),
                "-storetype", "PKCS12", "-storepass", "secret", "-J-Dkeystore.pkcs12.legacy",
            ])
        try #require(made.status == 0, "\(made.output)\(made.diagnostics)")
        let outcome = try await outcome(
            ["check", "--offline"], "B.ssl.truststore.location = \(path("trust.p12"))\nB.ssl.truststore.type = PKCS12")
        #expect(
            outcome.output.contains("`openssl pkcs12 -legacy -in \(path("trust.p12")) -nokeys -out ca.pem`"),
            "\(outcome.output)")
        try ssl(
            "pkcs12", "-legacy", "-in", path("trust.p12"), "-nokeys", "-out", path("ca.pem"), "-passin", "pass:secret")
    }
}
