// SPDX-License-Identifier: Apache-2.0
internal import Certificates
internal import Kafka

/// Why a client does not take a broker's certificate, and what to do. librdkafka says only that it does not.
struct CertificateComplaint: Sendable, Equatable {
    let message: String
    let hint: String

    /// - Returns: `nil` when the broker showed something that is no certificate.
    init?(_ refused: RefusedCertificate) {
        guard let certificate = ServerCertificate(der: refused.encoding) else { return nil }
        let error = VerificationError(code: refused.error)
        let host = Self.host(of: refused.broker)
        let whose = refused.depth == 0 ? "its certificate" : "'\(certificate.subject)' in its chain of certificates"
        switch error.kind {
        case .expired:
            message = "\(whose) expired on \(certificate.validTo)"
            hint = "renew it on the brokers"
        case .notYetValid:
            message = "\(whose) is not valid before \(certificate.validFrom)"
            hint = "check the clocks of the brokers and of this machine"
        case .otherHost where host.contains(":") && certificate.covers(host):
            message = "its certificate is for \(host), and this librdkafka compares it with [\(host)], brackets and all"
            hint =
                "use a host name in bootstrap.servers and in the brokers' advertised.listeners, or end the comparison by "
                + "ssl.endpoint.identification.algorithm = (nothing behind it), or install a newer librdkafka"
        case .otherHost:
            message = "its certificate is for \(Self.names(of: certificate)), not for \(host)"
            hint = "use a name that it is for, in bootstrap.servers and in the brokers' advertised.listeners"
        case .selfSigned:
            message =
                "its certificate is signed by itself ('\(certificate.subject)'), and not trusted here"
                + Self.otherHost(certificate, host)
            hint = "put it into ssl.truststore.location"
        case .unknownAuthority:
            message =
                "\(whose) is issued by '\(certificate.issuer)', which is not trusted here"
                + (refused.depth == 0 ? Self.otherHost(certificate, host) : "")
            hint = "put that authority's certificate into ssl.truststore.location"
        case .other:
            message =
                "\(whose) is not taken: \(error) (for \(Self.names(of: certificate)), by '\(certificate.issuer)', "
                + "valid until \(certificate.validTo))"
            hint = "check the certificates of the brokers, and ssl.truststore.location"
        }
    }

    /// OpenSSL ends at the first thing that is wrong; the host is compared last.
    private static func otherHost(_ certificate: ServerCertificate, _ host: String) -> String {
        certificate.covers(host) ? "" : "; and it is for \(names(of: certificate)), not for \(host)"
    }

    /// The common name counts only where there are no other names (RFC 6125, 6.4.4).
    private static func names(of certificate: ServerCertificate) -> String {
        certificate.names.isEmpty ? certificate.subject : AccessSummary.list(certificate.names)
    }

    /// Of `host:port`, `[::1]:9093`.
    private static func host(of broker: String) -> String {
        guard let colon = broker.lastIndex(of: ":") else { return broker }
        let host = broker[..<colon]
        return String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
    }
}
