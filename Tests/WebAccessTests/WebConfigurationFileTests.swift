// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import Platform
import Testing

@testable import WebAccess

/// bcrypt of `secret` at cost 4, as htpasswd makes it.
let secretHash = "$2y$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCS"

@Suite struct `A web configuration file` {
    private func read(_ text: String, _ others: [String: String] = [:]) -> WebConfigurationFile {
        WebConfigurationFile(path: "/etc/tern/web.yaml") { path throws(SystemFailure) in
            if path == "/etc/tern/web.yaml" { return Array(text.utf8) }
            guard let content = others[path] else {
                throw SystemFailure(code: 2, reason: "No such file or directory")
            }
            return Array(content.utf8)
        }
    }

    @Test func `has users with hashes, roles by name, and tokens of three kinds`() throws {
        let digest = String(repeating: "ab", count: 32)
        let file = read(
            """
            # As Prometheus has it.
            basic_auth_users:
              alice: \(secretHash)
              bob: "\(secretHash)"
            roles:
              alice: operator
            bearer_tokens:
              - name: grafana
                sha256: \(digest)
              - name: deploy
                bcrypt: \(secretHash)
                role: operator
              - {name: prometheus, file: token, role: viewer}
            """, ["/etc/tern/token": "0123456789abcdef\n"])
        #expect(file.problems == [])
        let configuration = try #require(file.configuration)
        #expect(configuration.users.map { "\($0.name) \($0.role)" } == ["alice operator", "bob viewer"])
        #expect(
            configuration.tokens.map { "\($0.name) \($0.role)" } == [
                "grafana viewer", "deploy operator", "prometheus viewer",
            ])
        #expect(configuration.tokens[0].proof == .sha256([UInt8](repeating: 0xAB, count: 32)))
        #expect(configuration.wantsLogin && configuration.tls == nil)
        #expect(file.files == ["/etc/tern/web.yaml", "/etc/tern/token"])
    }

    @Test func `that is empty asks for nothing`() {
        for text in ["", "# nothing\n", "basic_auth_users:\n", "{}\n"] {
            #expect(read(text).configuration == WebConfiguration(), "\(text)")
        }
    }

    @Test(arguments: [
        ("basic_auth_users: [alice]", 1, "expected users and their hashes, not a list"),
        ("basic_auth_users:\n  alice: secret", 2, "what alice has is no bcrypt hash"),
        (
            "basic_auth_users:\n  alice: $2y$31$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCK", 2,
            "costs too much time"
        ),
        ("basic_auth_users:\n  'a:b': \(secretHash)", 2, "a name has no colon"),
        ("basic_auth_user:\n  alice: x", 1, "did you mean basic_auth_users?"),
        ("basic_auth_users:\n  a: \(secretHash)\n  a: \(secretHash)", 3, "keep one of the two"),
        ("basic_auth_users:\n  alice: \(secretHash)\nroles:\n  alcie: operator", 4, "did you mean alice?"),
        ("basic_auth_users:\n  alice: \(secretHash)\nroles:\n  alice: admin", 4, "there is: viewer, operator"),
        ("bearer_tokens:\n  - sha256: \(String(repeating: "a", count: 64))", 2, "has no name"),
        ("bearer_tokens:\n  - name: x", 2, "has none of sha256, bcrypt and file"),
        ("bearer_tokens:\n  - name: x\n    sha256: abc", 3, "expected 64 hexadecimal digits"),
        ("bearer_tokens:\n  - name: x\n    file: missing", 3, "'/etc/tern/missing' cannot be read: No such file"),
        ("bearer_tokens:\n  - name: x\n    file: short", 3, "at least 16 printable characters"),
        ("bearer_tokens:\n  - name: x\n    token: abc", 3, "\"token\" is no key here"),
        ("tls_server_config:\n  cert_file: missing", 2, "cannot be read"),
        ("tls_server_config:\n  cert_file: short\n  key_file: short", 2, "holds no certificate"),
        ("tls_server_config:\n  min_version: TLS10", 2, "is broken and not spoken"),
        ("tls_server_config:\n  client_auth_type: RequireAnyClientCert", 2, "proves nothing"),
        ("tls_server_config:\n  client_allowed_sans: [x]", 2, "whoever has a certificate"),
        ("a: &x 1\nb: *x", 1, "remove it"),
        ("a: [", 1, "not YAML"),
        ("- a", 1, "expected sections"),
    ])
    func `that is wrong is told by its line, and nothing of it holds`(text: String, line: Int, words: String) {
        let file = read(text, ["/etc/tern/short": "abc"])
        #expect(file.configuration == nil)
        #expect(
            file.problems.contains { $0.severity == .error && $0.description.contains(words) },
            "\(file.problems.map(\.description))")
        #expect(
            file.problems.contains { $0.place.hasPrefix("/etc/tern/web.yaml:") }, "\(file.problems.map(\.description))")
        if !words.contains("not YAML") {
            #expect(
                file.problems.contains { $0.place == "/etc/tern/web.yaml:\(line)" && $0.message.contains(words) },
                "\(file.problems.map(\.description))")
        }
        for secret in ["secret", secretHash, "4Zm5x"] {
            #expect(!file.problems.contains { $0.message.contains(secret) }, "\(file.problems.map(\.description))")
        }
    }

    @Test func `that cannot be read is told by its path`() {
        let file = WebConfigurationFile(path: "web.yaml") { _ throws(SystemFailure) in
            throw SystemFailure(code: 13, reason: "Permission denied")
        }
        #expect(file.problems.map(\.description) == ["web.yaml: cannot be read: Permission denied"])
    }

    @Test func `may have what Prometheus has and Tern does not need, with a warning`() throws {
        let file = read("http_server_config:\n  http2: false\nbasic_auth_users:\n  alice: \(secretHash)\n")
        #expect(file.configuration?.users.count == 1)
        #expect(file.problems.map(\.severity) == [.warning])
    }

    @Test func `names a certificate and its key, which have to belong together`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let authority = try await TestAuthority(in: folder)
        try await authority.issue("server")
        try await authority.issue("other")
        func read(_ certificate: String, _ key: String, _ more: String = "") throws -> WebConfigurationFile {
            try folder.write(
                "web.yaml", "tls_server_config:\n  cert_file: \(certificate)\n  key_file: \(key)\n\(more)")
            return WebConfigurationFile(path: folder.path("web.yaml")) { path throws(SystemFailure) in
                try FileDescriptors.contents(ofFile: path)
            }
        }
        let good = try read(
            "server.pem", "server.key", "  client_ca_file: ca.pem\n  client_auth_type: VerifyClientCertIfGiven\n")
        #expect(good.problems == [])
        #expect(good.configuration?.tls?.clientCertificate == .ifGiven)
        #expect(try read("server.pem", "server.key").configuration?.tls?.minimum == .tls12)
        #expect(
            try read("server.pem", "other.key").problems.first?.message.contains("is not that of the certificate")
                == true)
        #expect(try read("server.pem", "server.pem").problems.first?.message.contains("holds no private key") == true)
        #expect(
            try read("server.pem", "server.key", "  client_auth_type: RequireAndVerifyClientCert\n").problems.first?
                .message
                .contains("needs client_ca_file") == true)
    }
}
