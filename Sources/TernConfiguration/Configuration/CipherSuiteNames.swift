// SPDX-License-Identifier: Apache-2.0

/// Java's (IANA's) names of cipher suites as OpenSSL calls them.
enum CipherSuiteNames {
    enum Result: Equatable {
        case name(String)
        /// Of TLS 1.3: always allowed, and not chosen with this setting.
        case isTLS13
        case unknown
    }

    static func openSSL(_ name: String) -> Result {
        guard name.utf8.starts(with: "TLS_".utf8) || name.utf8.starts(with: "SSL_".utf8) else {
            // OpenSSL's own names are words of letters, digits and dashes, with !, + and @ before or between.
            return name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5F } && !name.isEmpty
                ? .name(name) : .unknown
        }
        let words = name.utf8.dropFirst(4).split(separator: UInt8(ascii: "_")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let with = words.firstIndex(of: "WITH") else {
            return words.first == "AES" || words.first == "CHACHA20" ? .isTLS13 : .unknown
        }
        guard let exchange = exchanges[words[..<with].joined(separator: "-")],
            let cipher = ciphers[words[(with + 1)...].joined(separator: "_")]
        else { return .unknown }
        return .name(exchange + cipher)
    }

    private static let exchanges = [
        "ECDHE-ECDSA": "ECDHE-ECDSA-", "ECDHE-RSA": "ECDHE-RSA-", "DHE-RSA": "DHE-RSA-", "DHE-DSS": "DHE-DSS-",
        "RSA": "",
        "ECDHE-PSK": "ECDHE-PSK-", "DHE-PSK": "DHE-PSK-", "PSK": "PSK-",
    ]

    private static let ciphers = [
        "AES_128_GCM_SHA256": "AES128-GCM-SHA256", "AES_256_GCM_SHA384": "AES256-GCM-SHA384",
        "AES_128_CBC_SHA256": "AES128-SHA256", "AES_256_CBC_SHA256": "AES256-SHA256",
        "AES_256_CBC_SHA384": "AES256-SHA384", "AES_128_CBC_SHA": "AES128-SHA", "AES_256_CBC_SHA": "AES256-SHA",
        "CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305", "AES_128_CCM": "AES128-CCM", "AES_256_CCM": "AES256-CCM",
        "AES_128_CCM_8": "AES128-CCM8", "AES_256_CCM_8": "AES256-CCM8", "3DES_EDE_CBC_SHA": "DES-CBC3-SHA",
    ]
}
