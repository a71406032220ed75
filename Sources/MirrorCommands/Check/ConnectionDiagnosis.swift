// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes

/// Why a cluster does not let a client in, and what to do about it. Pure: errors in, a sentence out.
struct ConnectionDiagnosis: Sendable, Equatable {
    let code: String
    private(set) var message: String
    private(set) var hint: String?
    private let isAboutCertificate: Bool

    /// - Parameters:
    ///   - error: what the call that failed threw.
    ///   - reported: what the client reported about itself meanwhile; librdkafka reports the cause only there.
    ///   - properties: the client's.
    ///   - libraryVersion: librdkafka's, as `2.0.2`.
    ///   - addressKey: the setting that has the address.
    init(
        _ error: KafkaError, reported: [KafkaError], properties: ClientProperties, libraryVersion: String,
        addressKey: String = "bootstrap.servers"
    ) {
        // "All brokers are down" follows every cause and names none.
        let cause = reported.last { $0.code != ._allBrokersDown && $0.code != ._timedOut } ?? reported.last ?? error
        code = cause.code.name
        if let failure = Self.tokenFailure(cause) {
            message = "there is no token for \(Self.mechanism(properties)): \(failure.cause)"
            hint = failure.remedy
        } else {
            message = Self.message(cause)
            hint = Self.hint(cause, properties, libraryVersion, addressKey)
        }
        isAboutCertificate =
            Self.isHandshake(cause) && cause.reason.lowercased().contains("certificate verify failed")
    }

    /// With what was wrong about the certificate instead of what librdkafka says, where that is what kept the client out.
    func explained(by complaint: CertificateComplaint) -> ConnectionDiagnosis {
        guard isAboutCertificate else { return self }
        var result = self
        result.message = "no TLS connection: \(complaint.message)"
        result.hint = complaint.hint
        return result
    }

    /// As the file has it: Amazon's own is OAUTHBEARER to librdkafka.
    private static func mechanism(_ properties: ClientProperties) -> String {
        if case .amazon = properties.login { return "AWS_MSK_IAM" }
        return (properties["sasl.mechanisms"] ?? properties["sasl.mechanism"] ?? "").uppercased()
    }

    /// What kept the client from a token: it has not even asked a broker. The prefix is librdkafka's,
    /// of `rd_kafka_oauthbearer_set_token_failure`.
    private static func tokenFailure(_ cause: KafkaError) -> LoginFailure? {
        let prefix = "Failed to acquire SASL OAUTHBEARER token: "
        guard cause.code == ._authentication, cause.reason.hasPrefix(prefix) else { return nil }
        return LoginFailure(parsing: String(cause.reason.dropFirst(prefix.count)))
    }

    /// librdkafka reports the same failure of a handshake under either code, by the moment at which it meets it.
    private static func isHandshake(_ cause: KafkaError) -> Bool {
        let reason = cause.reason.lowercased()
        let signs = ["certificate verify failed", "unexpected eof", "wrong version number"]
        return cause.code == ._ssl || cause.code == ._transport && signs.contains(where: reason.contains)
    }

    private static func message(_ cause: KafkaError) -> String {
        let reason = withoutState(cause.reason)
        return switch cause.code {
        case ._authentication, .saslAuthenticationFailed: "it refuses the credentials: \(reason)"
        case _ where isHandshake(cause): "no TLS connection: \(reason)"
        case ._resolve: "its address does not resolve: \(reason)"
        case ._allBrokersDown, ._transport: "it cannot be reached: \(reason)"
        default: reason
        }
    }

    /// Without librdkafka's "(after 0ms in state CONNECT, 1 identical error(s) suppressed)": nothing for people.
    private static func withoutState(_ reason: String) -> String {
        guard let start = reason.ranges(of: " (after ").last?.lowerBound else { return reason }
        return String(reason[..<start])
    }

    private static func hint(
        _ cause: KafkaError, _ properties: ClientProperties, _ version: String, _ addressKey: String
    ) -> String? {
        let reason = cause.reason.lowercased()
        switch cause.code {
        case ._authentication, .saslAuthenticationFailed:
            if reason.contains("unsupported sasl mechanism") { return "it takes another sasl.mechanism" }
            switch properties.login {
            case .amazon:
                return
                    "its policy has to allow kafka-cluster:Connect to the cluster; this machine's clock has to be right, and "
                    + "the credentials those of the cluster's account"
            case .openID:
                return
                    "the token is valid for its server and not for the brokers: compare issuer, audience, scope and signing "
                    + "key with what they expect"
            case nil: break
            }
            let mechanism = mechanism(properties)
            guard mechanism.hasPrefix("SCRAM"), isOlder(version, than: [2, 6, 1]) else {
                return "check the user and the password in sasl.jaas.config"
            }
            return
                "Kafka 4 refuses \(mechanism) from librdkafka before 2.6.1, with the right password too, and this is "
                + "\(version): install a newer librdkafka, or use PLAIN over TLS or client certificates"
        case _ where isHandshake(cause) && reason.contains("certificate verify failed"):
            return
                "its certificate is of an unknown authority (ssl.truststore.location), expired, or of another host name"
        case _
        where isHandshake(cause) && (reason.contains("unexpected eof") || reason.contains("wrong version number")):
            return "that port may not speak TLS: check security.protocol"
        case ._transport where reason.contains("alert bad certificate") || reason.contains("alert number 116"):
            return "it wants a client certificate: ssl.keystore.location"
        case ._transport where reason.contains("security.protocol"):
            return "check security.protocol: that port may speak TLS, or want SASL"
        case ._resolve: return "check \(addressKey)"
        case ._transport where reason.contains("refused"), ._allBrokersDown:
            return "is it running, and is \(addressKey) right?"
        default: return nil
        }
    }

    /// Compares the numbers of a version; what is no number counts as newer than all.
    static func isOlder(_ version: String, than other: [Int]) -> Bool {
        let numbers = version.split(separator: ".").map { part in Int(part.prefix { $0.isNumber }) ?? .max }
        return numbers.lexicographicallyPrecedes(other)
    }
}
