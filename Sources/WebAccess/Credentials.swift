// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import FoundationEssentials

/// What an `Authorization` header holds (RFC 7617, RFC 6750).
enum Credentials: Equatable {
    case basic(user: String, password: [UInt8])
    case bearer([UInt8])

    /// Longer ones are nobody's: hashing them would be work for nothing.
    private static let longest = 1_024

    /// - Returns: `nil` where it cannot be read.
    init?(_ header: String) {
        // Space within a token or a password's code would be another one than the one that is known.
        let parts = header.split { $0 == " " || $0 == "\t" }
        guard parts.count == 2, parts[1].utf8.count <= Self.longest else { return nil }
        switch parts[0].lowercased() {
        case "bearer": self = .bearer(Array(parts[1].utf8))
        case "basic":
            guard let bytes = Data(base64Encoded: String(parts[1])).map(Array.init),
                let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
                let user = String(validating: bytes[..<colon], as: UTF8.self)
            else { return nil }
            self = .basic(user: user, password: Array(bytes[(colon + 1)...]))
        default: return nil
        }
    }
}

/// Digests by OpenSSL.
enum Digest {
    /// 32 bytes. The corresponding C function is `EVP_Digest`.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        precondition(
            EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha256(), nil) == 1 && count == 32,
            "OpenSSL has no SHA-256")
        return digest
    }

    /// 32 bytes. The corresponding C function is `HMAC`.
    static func keyed(_ bytes: [UInt8], by key: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        precondition(
            HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &digest, &count) != nil && count == 32,
            "OpenSSL has no HMAC")
        return digest
    }

    /// Takes the same time wherever two differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
