// SPDX-License-Identifier: Apache-2.0
import HTTPClient
import KafkaTesting
import KafkaTypes
import Testing

@testable import Login

/// HTTPS, against OpenSSL's own server.
struct TrustTests {
    @Test func `a server's certificate has to lead to an authority that was named`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (key, certificate) = (folder.path("key.pem"), folder.path("cert.pem"))
        let made = try await Command.run([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=issuer", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.errors)")
        let port = try unusedPort()
        let server = try ChildProcess([
            "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-www",
        ])
        defer { server.send(signal: 9) }
        let pem = try #require(try folder.read("cert.pem"))
        let ask = { (trust: TrustedAuthorities) in
            Result { () throws(HTTPFailure) in
                try CurlExchange().answer(to: HTTPRequest(address: "https://127.0.0.1:\(port)/", trust: trust)).status
            }
        }
        try await eventually(within: .seconds(20), "a server") { (try? ask(.pem(pem)).get()) == 200 }
        #expect(try ask(.file(certificate)).get() == 200)
        for trust in [TrustedAuthorities.system, .file(folder.path("nowhere.pem"))] {
            #expect(throws: HTTPFailure.self) { try ask(trust).get() }
            if case .failure(let failure) = ask(trust) { #expect(failure.kind == .certificate, "\(failure)") }
        }
        let client = OpenIDLogin.ClientCredentials(id: "tern", secret: Secret("s"))
        let login = OpenIDLogin(.clientCredentials(endpoint: "https://127.0.0.1:\(port)/", client))
        do throws(LoginFailure) {
            _ = try OpenIDTokens(login: login, http: CurlExchange(), now: { 0 }).token()
            Issue.record("a token")
        } catch {
            #expect(error.cause.hasPrefix("the certificate of https://127.0.0.1:\(port)/ is not trusted: "))
            #expect(error.remedy.contains("ssl.truststore.location"))
        }
    }
}
