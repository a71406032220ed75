// SPDX-License-Identifier: Apache-2.0

/// What a client logs in by where the mechanism is OAUTHBEARER.
public struct AccessToken: Sendable, Equatable {
    public var value: Secret<String>
    /// Whom it is for, as logs name it; brokers go by the token itself.
    public var principal: String
    /// From the moment at which it was got; not by the clock of whoever made it, which may differ from ours.
    public var lifetime: Duration
    /// Sent along with it (RFC 7628, section 3.1), such as `logicalCluster`.
    public var extensions: [String: String]

    public init(
        _ value: Secret<String>, principal: String, lifetime: Duration, extensions: [String: String] = [:]
    ) {
        self.value = value
        self.principal = principal
        self.lifetime = lifetime
        self.extensions = extensions
    }
}

/// Why there is no token, in one sentence of two halves.
public struct LoginFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Who said or did what: `https://idp/token answers 401: invalid_client`.
    public var cause: String
    /// What a person can do about it.
    public var remedy: String

    public init(_ cause: String, remedy: String) {
        self.cause = cause
        self.remedy = remedy
    }

    /// Between the halves. librdkafka carries the sentence to whoever shows it.
    private static let separator = "; "

    public var description: String { remedy.isEmpty ? cause : cause + Self.separator + remedy }

    /// The halves of a sentence that came by librdkafka.
    public init(parsing sentence: String) {
        let separator = Array(Self.separator.utf8)
        let bytes = Array(sentence.utf8)
        let start = bytes.indices.last { bytes[$0...].starts(with: separator) }
        cause = String(decoding: bytes[..<(start ?? bytes.endIndex)], as: UTF8.self)
        remedy = start.map { String(decoding: bytes[($0 + separator.count)...], as: UTF8.self) } ?? ""
    }
}

/// Gets tokens from somewhere.
public protocol TokenProvider: Sendable {
    /// Gets a new one. May block for seconds: it is called on a thread where that does no harm.
    func token() throws(LoginFailure) -> AccessToken
}
