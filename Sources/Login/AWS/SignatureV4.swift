// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import KafkaTypes
internal import Text

/// AWS Signature Version 4: a request that carries who made it and when. Source: the AWS General Reference, "Signing AWS API
/// requests".
struct SignatureV4 {
    static let algorithm = "AWS4-HMAC-SHA256"

    let credentials: AmazonCredentials
    let region: String
    let service: String
    /// As in `20260102T030405Z`.
    let moment: String

    /// - Parameter time: seconds since 1970.
    init(_ credentials: AmazonCredentials, region: String, service: String, time: Double) {
        self.credentials = credentials
        self.region = region
        self.service = service
        moment = Self.moment(time)
    }

    private var day: Substring { moment.prefix(8) }
    private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// A URL that is the whole of a GET request, valid for some seconds, with the signature in its query.
    func signedURL(host: String, query: [(name: String, value: String)], validFor seconds: Int) -> String {
        var parameters =
            query + [
                ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(credentials.keyID)/\(scope)"),
                ("X-Amz-Date", moment), ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", "host"),
            ]
        if let token = credentials.sessionToken?.reveal() { parameters.append(("X-Amz-Security-Token", token)) }
        let encoded = parameters.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }
        let signature = signature(
            method: "GET", query: encoded.sorted().joined(separator: "&"), headers: [("host", host)], body: [])
        return "https://\(host)/?\(encoded.joined(separator: "&"))&X-Amz-Signature=\(signature)"
    }

    /// The headers that a POST request to the root of a host is to have, its own among them.
    func signedHeaders(
        host: String, contentType: String, body: [UInt8]
    ) -> [(name: String, value: String)] {
        var headers = [("content-type", contentType), ("host", host), ("x-amz-date", moment)]
        if let token = credentials.sessionToken?.reveal() { headers.append(("x-amz-security-token", token)) }
        let signature = signature(method: "POST", query: "", headers: headers, body: body)
        let names = headers.map(\.0).joined(separator: ";")
        let authorization =
            "\(Self.algorithm) Credential=\(credentials.keyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return headers.map { (name: $0.0, value: $0.1) } + [("Authorization", authorization)]
    }

    /// - Parameter headers: in the order of their names, which are in small letters.
    private func signature(
        method: String, query: String, headers: [(String, String)], body: [UInt8]
    ) -> String {
        let lines =
            [method, "/", query] + headers.map { "\($0.0):\($0.1.trimmed)" }
            + ["", headers.map(\.0).joined(separator: ";"), Digest.sha256(body).hexadecimal]
        let request = Digest.sha256(Array(lines.joined(separator: "\n").utf8)).hexadecimal
        let text = [Self.algorithm, moment, scope, request].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secret.reveal())".utf8)
        for part in [String(day), region, service, "aws4_request"] { key = Digest.hmac(Array(part.utf8), key: key) }
        return Digest.hmac(Array(text.utf8), key: key).hexadecimal
    }

    /// `20260102T030405Z`.
    static func moment(_ time: Double) -> String {
        let text = UTCText.text(milliseconds: Int64(time.rounded(.down)) * 1000)
        return text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
    }
}

/// SHA-256 and what is built on it, by OpenSSL.
enum Digest {
    /// The corresponding C function is `EVP_Digest`.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let isDone = EVP_Digest(bytes, bytes.count, &result, nil, EVP_sha256(), nil) == 1
        precondition(isDone, "OpenSSL has no SHA-256")
        return result
    }

    /// The corresponding C function is `HMAC`.
    static func hmac(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        let isDone = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, nil) != nil
        precondition(isDone, "OpenSSL has no HMAC of SHA-256")
        return result
    }
}

extension [UInt8] {
    /// Two small digits each.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
