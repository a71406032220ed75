// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import FoundationEssentials
internal import KafkaTypes
internal import Platform
internal import Text

/// Makes, or reads, the statement by which a client says who it is (RFC 7523), as Kafka's `JwtBearerJwtRetriever` does.
struct AssertionMaker {
    private let assertion: OpenIDLogin.Assertion
    private let now: Double

    /// - Parameter now: seconds since 1970.
    init(_ assertion: OpenIDLogin.Assertion, now: Double) {
        self.assertion = assertion
        self.now = now
    }

    func text() throws(LoginFailure) -> String {
        switch assertion {
        case .file(let path):
            return try Self.contents(of: path, key: "sasl.oauthbearer.assertion.file").trimmed
        case .signed(let signed):
            let (header, claims) = try parts(signed)
            let text = "\(Data(header.compactText.utf8).base64URL).\(Data(claims.compactText.utf8).base64URL)"
            let key = try SigningKey(
                pem: Self.contents(of: signed.keyFile, key: Self.keyFile), passphrase: signed.passphrase,
                file: signed.keyFile)
            return try "\(text).\(Data(key.signature(of: Array(text.utf8), by: signed.algorithm)).base64URL)"
        }
    }

    static let keyFile = "sasl.oauthbearer.assertion.private.key.file"

    /// The template's members first, so that what the keys say wins.
    private func parts(
        _ signed: OpenIDLogin.SignedAssertion
    ) throws(LoginFailure) -> (header: JSONValue, claims: JSONValue) {
        var (header, claims) = (JSONValue.object([]), JSONValue.object([]))
        if let path = signed.templateFile {
            let key = "sasl.oauthbearer.assertion.template.file"
            let text = try Self.contents(of: path, key: key)
            guard let template = try? JSONValue(parsing: text.utf8), template.object != nil else {
                throw LoginFailure(
                    "\(path.printable) is not JSON with a header and a payload", remedy: "check \(key)")
            }
            header = template["header"] ?? header
            claims = template["payload"] ?? claims
        }
        header = header.setting(["alg": .string(signed.algorithm.rawValue), "typ": "JWT"])
        for (name, value) in signed.claims.sorted(by: { $0.key < $1.key }) {
            claims = claims.setting(KeyValuePairs(dictionaryLiteral: (name, .string(value))))
        }
        let moment = Int64(now)
        claims = claims.setting([
            "iat": .integer(moment), "exp": .integer(moment + signed.end), "nbf": .integer(moment - signed.start),
        ])
        if signed.hasID { claims = claims.setting(["jti": .string(UUID().uuidString.lowercased())]) }
        return (header, claims)
    }

    private static func contents(of path: String, key: String) throws(LoginFailure) -> String {
        do throws(SystemFailure) {
            return String(decoding: try FileDescriptors.contents(ofFile: path, limit: 1 << 20), as: UTF8.self)
        } catch {
            throw LoginFailure("\(path.printable) cannot be read: \(error.reason)", remedy: "check \(key)")
        }
    }
}

/// A private key of OpenSSL's.
struct SigningKey: ~Copyable {
    private let key: OpaquePointer
    private let file: String

    /// The corresponding C function is `PEM_read_bio_PrivateKey`.
    init(pem: String, passphrase: Secret<String>?, file: String) throws(LoginFailure) {
        let bytes = Array(pem.utf8)
        let buffer = BIO_new_mem_buf(bytes, Int32(bytes.count))
        defer { BIO_free(buffer) }
        // Given a passphrase of its own, OpenSSL asks nobody; an empty one stands for none.
        var text = Array((passphrase?.reveal() ?? "").utf8CString)
        let read = text.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(buffer, nil, nil, $0.baseAddress) }
        ERR_clear_error()
        guard let read else {
            throw LoginFailure(
                "\(file.printable) holds no private key in PEM that can be read",
                remedy: "check \(AssertionMaker.keyFile), and its .passphrase")
        }
        key = read
        self.file = file
    }

    deinit { EVP_PKEY_free(key) }

    /// RFC 7518, sections 3.3 and 3.4. The corresponding C function is `EVP_DigestSign`.
    func signature(
        of bytes: [UInt8], by algorithm: OpenIDLogin.SignedAssertion.Algorithm
    ) throws(LoginFailure) -> [UInt8] {
        let wanted = algorithm == .rs256 ? EVP_PKEY_RSA : EVP_PKEY_EC
        guard EVP_PKEY_get_base_id(key) == wanted else {
            throw LoginFailure(
                "the key in \(file.printable) is not one for \(algorithm.rawValue)",
                remedy: "check sasl.oauthbearer.assertion.algorithm")
        }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1
        else {
            ERR_clear_error()
            throw LoginFailure("OpenSSL does not sign by \(file.printable)", remedy: "use another key")
        }
        let made = Array(signature[..<count])
        return algorithm == .rs256 ? made : Self.plain(made)
    }

    /// OpenSSL writes the two numbers of such a signature as ASN.1; a web token has them side by side, 32 bytes each.
    private static func plain(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 64)
        bytes.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let numbers = d2i_ECDSA_SIG(nil, &next, buffer.count)
            defer { ECDSA_SIG_free(numbers) }
            result.withUnsafeMutableBufferPointer { result in
                guard let first = result.baseAddress else { return }
                BN_bn2binpad(ECDSA_SIG_get0_r(numbers), first, 32)
                BN_bn2binpad(ECDSA_SIG_get0_s(numbers), first + 32, 32)
            }
        }
        return result
    }
}
