// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import KafkaTypes
internal import Text

/// Who asks, as AWS knows people and programs.
struct AmazonCredentials: Sendable, Equatable {
    var keyID: String
    var secret: Secret<String>
    /// Of credentials that end.
    var sessionToken: Secret<String>?
    /// Seconds since 1970; `nil`: they do not end.
    var end: Double?

    init(keyID: String, secret: String, sessionToken: String? = nil, end: Double? = nil) {
        self.keyID = keyID
        self.secret = Secret(secret)
        self.sessionToken = sessionToken.map { Secret($0) }
        self.end = end
    }

    init(_ keys: AmazonLogin.Keys) {
        keyID = keys.id
        secret = keys.secret
        sessionToken = keys.sessionToken
    }

    /// As containers, instances and `credential_process` tell them: the token is `Token` or `SessionToken`.
    init?(_ document: JSONValue) {
        guard let id = document["AccessKeyId"]?.string, let secret = document["SecretAccessKey"]?.string else {
            return nil
        }
        self.init(
            keyID: id, secret: secret,
            sessionToken: document["Token"]?.string ?? document["SessionToken"]?.string,
            end: document["Expiration"]?.string.flatMap(Self.seconds))
    }

    /// Of `2026-01-02T03:04:05Z`, with or without fractions, with `Z` or an offset.
    static func seconds(_ text: String) -> Double? {
        let whole = text.split(separator: ".", maxSplits: 1)
        let plain = whole.count == 2 ? "\(whole[0])Z" : text
        return (try? Date(plain, strategy: .iso8601))?.timeIntervalSince1970
    }
}
