// SPDX-License-Identifier: Apache-2.0
internal import TopicFiles

extension WebConfigurationReader {
    private typealias TLS = WebConfiguration.TLS

    private static let keys = [
        "cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version", "max_version",
    ]

    mutating func readTLS(_ node: YAMLNode, _ readFile: ReadFile) -> WebConfiguration.TLS? {
        guard let mapping = mapping(node, "cert_file, key_file and others") else { return nil }
        for entry in mapping.entries where !Self.keys.contains(entry.key.text) {
            switch entry.key.text {
            case "prefer_server_cipher_suites":
                warning(
                    .scalar(entry.key), "prefer_server_cipher_suites has no effect: the server's order holds always")
            case "cipher_suites", "curve_preferences", "client_allowed_sans", "cert", "key", "client_ca":
                error(
                    .scalar(entry.key),
                    "\(entry.key.text) is Prometheus' and not Tern's; remove it"
                        + (entry.key.text == "client_allowed_sans"
                            ? ": whoever has a certificate of client_ca_file would be let in, so it is not passed over"
                            : ""))
            default: unknown(entry.key, among: Self.keys)
            }
        }
        let certificate = required("cert_file", mapping, node, readFile)
        let key = required("key_file", mapping, node, readFile)
        let authorities = mapping["client_ca_file"].flatMap { contents($0, of: "client_ca_file", readFile) }
        let minimum = version(mapping["min_version"], .tls12)
        let maximum = version(mapping["max_version"], .tls13)
        if minimum == .tls13, maximum == .tls12 { error(mapping["max_version"], "max_version is below min_version") }
        let clients = clientCertificate(mapping["client_auth_type"], hasAuthorities: mapping["client_ca_file"] != nil)
        guard let certificate, let key else { return nil }
        check(certificate, key, mapping)
        if let authorities, !PEM.holdsCertificate(authorities.bytes) {
            error(mapping["client_ca_file"], "client_ca_file '\(authorities.path)' holds no certificate (PEM)")
        }
        return TLS(
            certificate: certificate.bytes, key: key.bytes, clientAuthorities: authorities?.bytes,
            clientCertificate: clients, minimum: minimum, maximum: maximum)
    }

    private mutating func required(
        _ key: String, _ mapping: YAMLMapping, _ node: YAMLNode, _ readFile: ReadFile
    ) -> (path: String, bytes: [UInt8])? {
        guard let value = mapping[key] else {
            error(node, "tls_server_config has no \(key): name the file, in PEM")
            return nil
        }
        return contents(value, of: key, readFile)
    }

    private mutating func check(
        _ certificate: (path: String, bytes: [UInt8]), _ key: (path: String, bytes: [UInt8]), _ mapping: YAMLMapping
    ) {
        guard PEM.holdsCertificate(certificate.bytes) else {
            return error(mapping["cert_file"], "cert_file '\(certificate.path)' holds no certificate (PEM)")
        }
        guard PEM.holdsKey(key.bytes) else {
            return error(
                mapping["key_file"], "key_file '\(key.path)' holds no private key (PEM), or one behind a passphrase")
        }
        guard PEM.belongTogether(certificate.bytes, key.bytes) else {
            return error(
                mapping["key_file"], "the key in '\(key.path)' is not that of the certificate in '\(certificate.path)'")
        }
        if PEM.hasExpired(certificate.bytes) {
            warning(
                mapping["cert_file"], "the certificate in '\(certificate.path)' has expired; clients will refuse it")
        }
    }

    private mutating func version(_ node: YAMLNode?, _ standard: TLS.Version) -> TLS.Version {
        guard let node, let word = text(node, of: "the version") else { return standard }
        if let version = TLS.Version(rawValue: word) { return version }
        error(
            node,
            ["TLS10", "TLS11"].contains(word)
                ? "\(word) is broken and not spoken; write TLS12 or TLS13"
                : "\"\(word)\" is no version; there is: TLS12, TLS13")
        return standard
    }

    private mutating func clientCertificate(_ node: YAMLNode?, hasAuthorities: Bool) -> TLS.ClientCertificate {
        guard let node else {
            if hasAuthorities {
                error(nil, "client_ca_file needs client_auth_type: RequireAndVerifyClientCert, or …IfGiven")
            }
            return .none
        }
        guard let word = text(node, of: "client_auth_type") else { return .none }
        guard let choice = TLS.ClientCertificate(rawValue: word) else {
            let isWeak = ["RequestClientCert", "RequireAnyClientCert"].contains(word)
            error(
                node,
                isWeak
                    ? "\(word) takes certificates that nobody has signed, which proves nothing; write RequireAndVerifyClientCert"
                    : "\"\(word)\" is no client_auth_type; there is: "
                        + TLS.ClientCertificate.allCases.map(\.rawValue).joined(separator: ", "))
            return .none
        }
        if choice == .none, hasAuthorities { error(node, "client_ca_file is of no use with NoClientCert; remove one") }
        if choice != .none, !hasAuthorities {
            error(node, "\(word) needs client_ca_file: who signs clients' certificates")
        }
        return choice
    }
}
