// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

/// Certificates and keys in PEM, as far as a server that is to use them wants to know. OpenSSL reads them.
enum PEM {
    static func holdsCertificate(_ bytes: [UInt8]) -> Bool { withCertificate(bytes) { _ in true } ?? false }

    /// A key behind a passphrase is none: nobody is there to say it.
    static func holdsKey(_ bytes: [UInt8]) -> Bool { withKey(bytes) { _ in true } ?? false }

    /// The corresponding C function is `X509_check_private_key`.
    static func belongTogether(_ certificate: [UInt8], _ key: [UInt8]) -> Bool {
        withCertificate(certificate) { certificate in
            withKey(key) { X509_check_private_key(certificate, $0) == 1 } ?? false
        } ?? false
    }

    /// The corresponding C function is `X509_cmp_current_time`.
    static func hasExpired(_ certificate: [UInt8]) -> Bool {
        withCertificate(certificate) { X509_cmp_current_time(X509_get0_notAfter($0)) < 0 } ?? false
    }

    private static func withCertificate<Answer>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Answer) -> Answer? {
        withMemory(bytes) { memory in
            guard let certificate = PEM_read_bio_X509(memory, nil, nil, nil) else { return nil }
            defer { X509_free(certificate) }
            return body(certificate)
        }
    }

    private static func withKey<Answer>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Answer) -> Answer? {
        withMemory(bytes) { memory in
            // Without a callback of ours OpenSSL would ask at the terminal for a passphrase.
            guard let key = PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil) else { return nil }
            defer { EVP_PKEY_free(key) }
            return body(key)
        }
    }

    private static func withMemory<Answer>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Answer?) -> Answer? {
        bytes.withUnsafeBytes { buffer -> Answer? in
            guard let count = Int32(exactly: buffer.count), let memory = BIO_new_mem_buf(buffer.baseAddress, count)
            else { return nil }
            defer {
                BIO_free(memory)
                // What was no PEM is no error of whoever uses this thread next.
                ERR_clear_error()
            }
            return body(memory)
        }
    }
}
