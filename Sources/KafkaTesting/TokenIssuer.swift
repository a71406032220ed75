// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Foundation
internal import Synchronization

/// An OAuth 2.0 server for tests: it gives tokens signed by RS256 to one client, `/token`, and shows the key that brokers check
/// them by, `/jwks`. A second client, `stranger`, gets tokens that are for somebody else than the brokers.
public final class TokenIssuer: Sendable {
    public static let issuer = "https://issuer.test"
    public static let audience = "kafka"

    private let server: LocalHTTPServer
    private let trouble: Trouble

    public var tokenAddress: String { "\(server.address)/token" }
    public var keysAddress: String { "\(server.address)/jwks" }
    /// How often a token was asked for, refusals included.
    public var tokenRequests: Int { server.requests.count { $0.path == "/token" } }

    /// - Parameters:
    ///   - id, secret: those of the one client.
    ///   - lifetime: of a token, in seconds.
    public init(id: String, secret: String, lifetime: Int) throws {
        let key = try SigningKey()
        let logins = [id, "stranger"].map { "Basic " + Data("\($0):\(secret)".utf8).base64EncodedString() }
        let trouble = Trouble()
        self.trouble = trouble
        server = try LocalHTTPServer { request in
            switch request.path {
            case "/jwks": .init(headers: ["Content-Type": "application/json"], key.publicKeys)
            case "/token" where trouble.isOn.load(ordering: .relaxed): .init(503)
            case "/token" where logins.contains(request.headers["authorization"] ?? ""):
                .init(
                    headers: ["Content-Type": "application/json"],
                    "{\"access_token\":\"\(key.token(for: request.headers["authorization"] == logins[0] ? id : "stranger", lifetime))\",\"token_type\":\"Bearer\","
                        + "\"expires_in\":\(lifetime)}")
            case "/token":
                .init(401, "{\"error\":\"invalid_client\",\"error_description\":\"Invalid client credentials\"}")
            default: .init(404)
            }
        }
    }

    /// From now on no client gets a token, or the right one does again.
    public func setTrouble(_ isOn: Bool) { trouble.isOn.store(isOn, ordering: .relaxed) }

    public func close() { server.close() }

    private final class Trouble: Sendable { let isOn = Atomic(false) }
}

/// An RSA key of OpenSSL's. `@unchecked Sendable`: it is only read after it was made.
private final class SigningKey: @unchecked Sendable {
    private static let name = "test-key"
    private let key: OpaquePointer
    let publicKeys: String

    init() throws {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else { throw CommandFailure("OpenSSL has no RSA") }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1,
            EVP_PKEY_generate(context, &made) == 1, let made
        else { throw CommandFailure("OpenSSL makes no RSA key") }
        key = made
        let (modulus, exponent) = (Self.number("n", of: made), Self.number("e", of: made))
        publicKeys =
            "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"\(Self.name)\","
            + "\"n\":\"\(modulus)\",\"e\":\"\(exponent)\"}]}"
    }

    deinit { EVP_PKEY_free(key) }

    func token(for subject: String, _ lifetime: Int) -> String {
        let now = Int(Date().timeIntervalSince1970)
        let header = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"\(Self.name)\"}"
        let audience = subject == "stranger" ? "somebody" : TokenIssuer.audience
        let claims =
            "{\"iss\":\"\(TokenIssuer.issuer)\",\"aud\":\"\(audience)\",\"sub\":\"\(subject)\",\"scope\":\"kafka\","
            + "\"iat\":\(now),\"exp\":\(now + lifetime)}"
        let text = "\(Self.encoded(Array(header.utf8))).\(Self.encoded(Array(claims.utf8)))"
        return "\(text).\(Self.encoded(signature(of: Array(text.utf8))))"
    }

    private func signature(of bytes: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 512)
        var count = signature.count
        precondition(
            EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1
                && EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1, "OpenSSL does not sign")
        return Array(signature[..<count])
    }

    private static func number(_ name: String, of key: OpaquePointer) -> String {
        var number: OpaquePointer?
        EVP_PKEY_get_bn_param(key, name, &number)
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return encoded(bytes)
    }

    /// RFC 4648, section 5, without padding.
    private static func encoded(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
        text.replace("+", with: "-")
        text.replace("/", with: "_")
        text.replace("=", with: "")
        return text
    }
}
