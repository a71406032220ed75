// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTPClient
import KafkaTesting
import KafkaTypes
import Testing
import Text

@testable import Login

/// Signed statements, checked by OpenSSL's program with the public key.
struct AssertionTests {
    private func openssl(_ arguments: String...) async throws {
        let result = try await Command.run(["openssl"] + arguments)
        try #require(result.status == 0, "\(result.output)\(result.errors)")
    }

    /// The parts of a statement: header, claims, what is signed, signature.
    private func parts(_ text: String) throws -> (JSONValue, JSONValue, String, Data) {
        let words = text.split(separator: ".")
        try #require(words.count == 3)
        let bytes = try words.map { try #require(Data(base64URL: $0)) }
        return (try JSONValue(parsing: bytes[0]), try JSONValue(parsing: bytes[1]), "\(words[0]).\(words[1])", bytes[2])
    }

    private func form(_ body: String) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: body.split(separator: "&").map { pair in
                let words = pair.split(separator: "=", maxSplits: 1)
                return (String(words[0]), String(words[1]).removingPercentEncoding ?? "")
            })
    }

    private func send(
        _ signed: OpenIDLogin.SignedAssertion, _ use: OpenIDLogin.AssertionUse, _ server: LocalHTTPServer
    ) throws -> [String: String] {
        let login = OpenIDLogin(.assertion(endpoint: server.address, .signed(signed), use, scope: "kafka read"))
        _ = try OpenIDTokens(login: login, http: CurlExchange(), now: { 1000.5 }).token()
        return form(try #require(server.requests.last).body)
    }

    @Test func `a statement by RSA is a grant, with what the template and the keys say`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":60}") }
        defer { server.close() }
        let (key, publicKey) = (folder.path("key"), folder.path("public"))
        try await openssl("genpkey", "-algorithm", "RSA", "-aes256", "-pass", "pass:hunter2", "-out", key)
        try await openssl("pkey", "-in", key, "-passin", "pass:hunter2", "-pubout", "-out", publicKey)
        try folder.write(
            "template", "{\"header\":{\"kid\":\"k1\"},\"payload\":{\"aud\":\"other\",\"tenant\":7}}")
        var signed = OpenIDLogin.SignedAssertion(keyFile: key)
        signed.passphrase = Secret("hunter2")
        signed.templateFile = folder.path("template")
        signed.claims = ["aud": "https://issuer", "iss": "tern", "sub": "tern"]
        signed.hasID = true
        let form = try send(signed, .grant, server)
        #expect(form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" && form["scope"] == "kafka+read")
        let (header, claims, text, signature) = try parts(form["assertion"] ?? "")
        #expect(header.compactText == "{\"alg\":\"RS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}")
        #expect(claims["aud"]?.string == "https://issuer" && claims["tenant"]?.integer == 7)
        #expect(claims["iat"]?.integer == 1000 && claims["exp"]?.integer == 1300 && claims["nbf"]?.integer == 940)
        #expect(claims["jti"]?.string?.count == 36)
        try folder.write("text", text)
        try signature.write(to: URL(filePath: folder.path("signature")))
        try await openssl(
            "dgst", "-sha256", "-verify", publicKey, "-signature", folder.path("signature"), folder.path("text"))

        signed.passphrase = Secret("wrong")
        #expect(
            throws: LoginFailure(
                "\(key) holds no private key in PEM that can be read",
                remedy: "check sasl.oauthbearer.assertion.private.key.file, and its .passphrase")
        ) {
            try send(signed, .grant, server)
        }
    }

    @Test func `a statement by an elliptic curve stands for a client's secret`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try LocalHTTPServer { _ in .init("{\"access_token\":\"opaque\",\"expires_in\":60}") }
        defer { server.close() }
        let (key, publicKey) = (folder.path("key"), folder.path("public"))
        try await openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        try await openssl("pkey", "-in", key, "-pubout", "-out", publicKey)
        var signed = OpenIDLogin.SignedAssertion(keyFile: key)
        signed.algorithm = .es256
        let form = try send(signed, .client(id: "tern"), server)
        #expect(form["grant_type"] == "client_credentials" && form["client_id"] == "tern")
        #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let (header, _, text, signature) = try parts(form["client_assertion"] ?? "")
        #expect(header["alg"]?.string == "ES256" && signature.count == 64)
        try folder.write("text", text)
        // What OpenSSL's program takes: the two numbers in ASN.1, positive.
        let numbers = [signature.prefix(32), signature.suffix(32)].flatMap { half in
            let number = Array(half.drop { $0 == 0 })
            let positive = (number.first ?? 0) > 127 ? [0] + number : number
            return [0x02, UInt8(positive.count)] + positive
        }
        try Data([0x30, UInt8(numbers.count)] + numbers).write(to: URL(filePath: folder.path("signature")))
        try await openssl(
            "dgst", "-sha256", "-verify", publicKey, "-signature", folder.path("signature"), folder.path("text"))

        signed.algorithm = .rs256
        #expect(
            throws: LoginFailure(
                "the key in \(key) is not one for RS256",
                remedy: "check sasl.oauthbearer.assertion.algorithm")
        ) { try send(signed, .grant, server) }
    }
}
