// SPDX-License-Identifier: Apache-2.0

/// Why a PKCS12 keystore does not open, and what to do. librdkafka passes on OpenSSL's words for it, which name neither.
struct KeyStoreComplaint: Sendable, Equatable {
    let message: String
    let hint: String

    /// - Parameter reason: what librdkafka says of the setting.
    /// - Returns: `nil` where that is about something else.
    init?(_ reason: String) {
        let start = "Failed to parse ssl.keystore.location PKCS#12 file: "
        guard let range = reason.ranges(of: start).first else { return nil }
        // The path, and behind the last ": error:" OpenSSL's part.
        let rest = reason[range.upperBound...]
        guard let cut = rest.ranges(of: ": error:").first else { return nil }
        let path = String(rest[..<cut.lowerBound])
        let cause = rest[cut.upperBound...]
        if cause.contains("unsupported") {
            let cipher = Self.algorithm(in: cause) ?? "an old cipher"
            message = "\(path) is encrypted with \(cipher), which OpenSSL 3 does not load"
            hint =
                "convert it with `openssl pkcs12 -legacy -in \(path) -out \(path).pem`, then set ssl.keystore.type=PEM, "
                + "ssl.keystore.location to \(path).pem, and ssl.key.password to the PEM pass phrase that it asks for"
        } else if cause.contains("mac verify failure") {
            message = "\(path) does not open with ssl.keystore.password: the password is wrong"
            hint = "check ssl.keystore.password"
        } else if cause.contains("parse error") {
            message = "\(path) opens with ssl.keystore.password, and the key in it does not"
            hint =
                "key and store need the same password: write the key to a PEM file with `openssl pkcs12 -twopass -in \(path) "
                + "-out \(path).pem`, then set ssl.keystore.type=PEM, ssl.keystore.location and ssl.key.password"
        } else {
            return nil
        }
    }

    /// Of `…, Algorithm (RC2-40-CBC : 0), Properties ()`.
    private static func algorithm(in cause: Substring) -> String? {
        guard let start = cause.ranges(of: "Algorithm (").first else { return nil }
        let name = cause[start.upperBound...].prefix { $0 != " " && $0 != ")" }
        return name.isEmpty ? nil : String(name)
    }
}
