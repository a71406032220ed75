// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Glibc

/// What a certificate (RFC 5280) says of whom it is for, by whom, and for how long, as OpenSSL reads it. Nothing is
/// verified here.
public struct ServerCertificate: Sendable, Equatable {
    /// The common name, or else the organization.
    public let subject: String
    public let issuer: String
    /// `2027-01-31`, in UTC.
    public let validFrom: String
    public let validTo: String
    /// Host names and addresses, as texts.
    public let names: [String]
    private let encoding: [UInt8]

    /// - Returns: `nil` when the bytes are no certificate in its distinguished encoding.
    public init?(der bytes: [UInt8]) {
        guard let certificate = Self.decode(bytes) else { return nil }
        defer { X509_free(certificate) }
        encoding = bytes
        subject = Self.name(X509_get_subject_name(certificate))
        issuer = Self.name(X509_get_issuer_name(certificate))
        validFrom = Self.day(X509_get0_notBefore(certificate))
        validTo = Self.day(X509_get0_notAfter(certificate))
        names = Self.alternativeNames(of: certificate)
    }

    /// It is for a host name or an address, as a client that verifies sees it (RFC 6125).
    /// The corresponding C functions are `X509_check_host` and `X509_check_ip_asc`.
    public func covers(_ host: String) -> Bool {
        guard let certificate = Self.decode(encoding) else { return false }
        defer { X509_free(certificate) }
        if X509_check_ip_asc(certificate, host, 0) == 1 { return true }
        return X509_check_host(certificate, host, host.utf8.count, 0, nil) == 1
    }

    private static func decode(_ bytes: [UInt8]) -> OpaquePointer? {
        bytes.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return d2i_X509(nil, &next, buffer.count)
        }
    }

    private static func name(_ name: OpaquePointer?) -> String {
        for kind in [NID_commonName, NID_organizationName, NID_organizationalUnitName] {
            // The last one is the most special.
            var (index, last) = (X509_NAME_get_index_by_NID(name, kind, -1), Int32(-1))
            while index >= 0 { (last, index) = (index, X509_NAME_get_index_by_NID(name, kind, index)) }
            guard last >= 0, let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)) else { continue }
            var text: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&text, value)
            guard count >= 0, let text else { continue }
            defer { CRYPTO_free(text, #file, #line) }
            return String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        }
        return "somebody unnamed"
    }

    private static func day(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return "a time that cannot be read" }
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
    }

    private static func alternativeNames(of certificate: OpaquePointer) -> [String] {
        var names: [String] = []
        withUnsafeMutablePointer(to: &names) { names in
            tern_each_alternative_name(certificate, names) { context, isAddress, bytes, count in
                let content = Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
                let text =
                    isAddress == 0 ? String(decoding: content, as: UTF8.self) : ServerCertificate.address(content)
                context?.assumingMemoryBound(to: [String].self).pointee.append(text)
            }
        }
        return names
    }

    private static func address(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard bytes.count == 4 || bytes.count == 16,
            inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil
        else { return "an address of \(bytes.count) bytes" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
