// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Text

/// What a JSON Web Token (RFC 7519) says of itself. Nothing is verified: that is for the brokers.
struct WebToken {
    private let claims: JSONValue

    /// - Returns: `nil` when the text is no token of this kind.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Data(base64URL: parts[1]),
            let claims = try? JSONValue(parsing: payload), claims.object != nil
        else { return nil }
        self.claims = claims
    }

    var subject: String? { claims["sub"]?.string }

    /// How long it is valid from the moment at which it was made, by the clock of whoever made it.
    var lifetime: Duration? {
        guard let start = claims["iat"]?.number ?? claims["nbf"]?.number, let end = claims["exp"]?.number else {
            return nil
        }
        return .lifetime(seconds: end - start)
    }

    /// When it ends, in seconds since 1970.
    var end: Double? { claims["exp"]?.number }
}

extension Duration {
    /// How long a token lives, by numbers that a server may write as it likes, up to 1e308: ten years at most, after which it is renewed.
    static func lifetime(seconds: Double) -> Duration { .seconds(max(-1, min(seconds, 315_360_000))) }
}

extension Data {
    /// RFC 4648, section 5, with padding or without.
    init?(base64URL text: some StringProtocol) {
        var plain = text.utf8.filter { $0 != UInt8(ascii: "=") }.map { byte in
            byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
        }
        while plain.count % 4 != 0 { plain.append(UInt8(ascii: "=")) }
        self.init(base64Encoded: Data(plain))
    }

    /// RFC 4648, section 5, without padding.
    var base64URL: String {
        String(
            decoding: base64EncodedData().filter { $0 != UInt8(ascii: "=") }.map { byte in
                byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
            }, as: UTF8.self)
    }
}
