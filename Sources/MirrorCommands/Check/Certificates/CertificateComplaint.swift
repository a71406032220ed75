// SPDX-License-Identifier: Apache-2.0

/// Why a client that verifies would not take a server's certificate. OpenSSL knows, and librdkafka does not pass it on.
/// Pure: a certificate, a host and a moment in, a sentence out.
struct CertificateComplaint: Sendable, Equatable {
    let message: String
    let hint: String

    /// - Parameter now: `YYYYMMDDHHMMSS` in UTC.
    init(_ certificate: ServerCertificate, host: String, now: String) {
        if now > certificate.notAfter {
            message = "its certificate expired on \(Self.day(certificate.notAfter))"
            hint = "renew it on the brokers"
        } else if now < certificate.notBefore {
            message = "its certificate is not valid before \(Self.day(certificate.notBefore))"
            hint = "check the clocks of the brokers and of this machine"
        } else if !Self.covers(certificate, host) {
            let names = certificate.names + certificate.addresses.map(Self.text)
            let list = names.isEmpty ? certificate.subject : AccessSummary.list(names)
            message = "its certificate is for \(list), not for \(host)"
            hint = "use a name that it is for, in bootstrap.servers and in the brokers' advertised.listeners"
        } else if certificate.isSelfSigned {
            message = "its certificate is signed by itself ('\(certificate.subject)'), and not trusted here"
            hint = "put it into ssl.truststore.location"
        } else {
            message = "its certificate is issued by '\(certificate.issuer)', which is not trusted here"
            hint = "put that authority's certificate into ssl.truststore.location"
        }
    }

    private static func day(_ time: String) -> String {
        let digits = Array(time)
        guard digits.count >= 8 else { return time }
        return String(digits[0..<4]) + "-" + String(digits[4..<6]) + "-" + String(digits[6..<8])
    }

    private static func covers(_ certificate: ServerCertificate, _ host: String) -> Bool {
        if let address = address(host) { return certificate.addresses.contains(address) }
        // An IPv6 address: compared by nobody here, so not complained about.
        if host.contains(":") { return true }
        // The common name counts only where there are no other names (RFC 6125, 6.4.4).
        let names = certificate.names.isEmpty ? [certificate.subject] : certificate.names
        return names.contains { matches($0.lowercased(), host.lowercased()) }
    }

    /// A star stands for the whole first label, and for no more than that.
    private static func matches(_ pattern: String, _ host: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return pattern == host }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return host[dot...] == pattern.dropFirst()
    }

    private static func address(_ host: String) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let bytes = parts.compactMap { $0 }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }

    private static func text(_ address: [UInt8]) -> String {
        address.count == 4 ? address.map { String($0) }.joined(separator: ".") : "an IPv6 address"
    }
}
