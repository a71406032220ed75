// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

/// Why OpenSSL does not take a certificate: one of its `X509_V_ERR_…` numbers.
public struct VerificationError: Sendable, Hashable, CustomStringConvertible {
    public let code: Int32

    public init(code: Int32) { self.code = code }

    /// What a person can do something about, each in another way.
    public enum Kind: Sendable, Equatable {
        case expired
        case notYetValid
        case otherHost
        /// Signed by itself, and not in the store of those that are trusted.
        case selfSigned
        /// The chain ends at an authority that is not in the store.
        case unknownAuthority
        case other
    }

    public var kind: Kind {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .otherHost
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            .unknownAuthority
        default: .other
        }
    }

    /// OpenSSL's words. The corresponding C function is `X509_verify_cert_error_string`.
    public var description: String {
        X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
    }
}
