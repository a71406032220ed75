// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Bootstrap servers, TLS and SASL: settings that have to be looked at together.
struct SecurityTranslation {
    let properties: PropertyMap
    let readFile: (String) -> [UInt8]?

    typealias Result = [(key: String, value: String)]

    func translated(problems: inout ProblemCollector) -> Result {
        var result: Result = []
        if let servers = properties["bootstrap.servers"] {
            let list = Self.servers(servers, problems: &problems)
            if !list.isEmpty { result.append(("bootstrap.servers", list.joined(separator: ","))) }
        }
        let (usesTLS, usesSASL) = securityProtocol(&result, problems: &problems)
        // Java looks at no store where it speaks no TLS; a leftover in the file harms nothing.
        if usesTLS {
            trust(&result, problems: &problems)
            identity(&result, problems: &problems)
            cipherSuites(&result, problems: &problems)
            protocols(problems: &problems)
        }
        if usesSASL { SaslTranslation(properties: properties).add(to: &result, problems: &problems) }
        return result
    }

    static func servers(_ value: PropertyValue, problems: inout ProblemCollector) -> [String] {
        let list = JavaText.list(value.text).filter { !$0.isEmpty }
        if list.isEmpty { problems.error(value, "is empty: expected host:port, separated by commas") }
        for server in list {
            guard let address = ListenAddress(parsing: server, defaultPort: nil), address.port != 0 else {
                problems.error(
                    value,
                    "\(value.shown(server)) is not a host and a port: expected host:port, separated by "
                        + "commas")
                continue
            }
        }
        return list
    }

    func text(_ key: String) -> String? {
        properties[key].map { JavaText.trimmed($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func securityProtocol(
        _ result: inout Result, problems: inout ProblemCollector
    ) -> (usesTLS: Bool, usesSASL: Bool) {
        guard let value = properties["security.protocol"] else { return (false, false) }
        let name = JavaText.lowercased(JavaText.trimmed(value.text))
        guard ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"].contains(name) else {
            problems.error(value, "\(value.shown) is none of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL")
            return (false, false)
        }
        result.append(("security.protocol", name))
        return (name == "ssl" || name == "sasl_ssl", name == "sasl_plaintext" || name == "sasl_ssl")
    }

    private func trust(_ result: inout Result, problems: inout ProblemCollector) {
        if let certificates = properties["ssl.truststore.certificates"], let pem = text("ssl.truststore.certificates") {
            if let location = properties["ssl.truststore.location"] {
                problems.error(
                    location,
                    "is set together with ssl.truststore.certificates: Kafka takes one of them; remove the other")
            }
            checkPEM(certificates, pem, problems: &problems)
            result.append(("ssl.ca.pem", pem))
        } else if let location = properties["ssl.truststore.location"], let path = text("ssl.truststore.location") {
            switch store(location, path, typeKey: "ssl.truststore.type", problems: &problems) {
            case .pem: result.append(("ssl.ca.location", path))
            case .pkcs12:
                let isOld = readFile(path).map(StoreAdvice.isOldPKCS12) ?? false
                problems.error(
                    location, StoreAdvice.trust(location.isSecret ? "•••" : path, isJKS: false, isOld: isOld))
            case .jks: problems.error(location, StoreAdvice.trust(location.isSecret ? "•••" : path, isJKS: true))
            case nil: break
            }
        }
        if let value = properties["ssl.endpoint.identification.algorithm"] {
            let name = JavaText.lowercased(JavaText.trimmed(value.text))
            if name == "" || name == "none" {
                result.append(("ssl.endpoint.identification.algorithm", "none"))
            } else if name == "https" {
                result.append(("ssl.endpoint.identification.algorithm", "https"))
            } else {
                problems.error(value, "\(value.shown) is neither https nor empty")
            }
        }
    }

    private func identity(_ result: inout Result, problems: inout ProblemCollector) {
        if let key = properties["ssl.keystore.key"], let pem = text("ssl.keystore.key") {
            checkPEM(key, pem, problems: &problems)
            result.append(("ssl.key.pem", pem))
            guard let chain = properties["ssl.keystore.certificate.chain"],
                let certificates = text("ssl.keystore.certificate.chain")
            else {
                problems.error(key, "is without ssl.keystore.certificate.chain: add the certificates that belong to it")
                return
            }
            checkPEM(chain, certificates, problems: &problems)
            result.append(("ssl.certificate.pem", certificates))
            addKeyPassword(&result)
        } else if let location = properties["ssl.keystore.location"], let path = text("ssl.keystore.location") {
            switch store(location, path, typeKey: "ssl.keystore.type", problems: &problems) {
            case .pem:
                // One file with both, as Java wants it; each of the two reads its own blocks.
                result.append(("ssl.key.location", path))
                result.append(("ssl.certificate.location", path))
                addKeyPassword(&result)
            case .pkcs12:
                result.append(("ssl.keystore.location", path))
                if let password = text("ssl.keystore.password") { result.append(("ssl.keystore.password", password)) }
            case .jks: problems.error(location, StoreAdvice.key(location.isSecret ? "•••" : path))
            case nil: break
            }
        } else {
            addKeyPassword(&result)
        }
    }

    private func addKeyPassword(_ result: inout Result) {
        if let password = text("ssl.key.password") { result.append(("ssl.key.password", password)) }
    }

    private func checkPEM(_ value: PropertyValue, _ pem: String, problems: inout ProblemCollector) {
        if !pem.utf8.starts(with: "-----BEGIN ".utf8) {
            problems.error(
                value, "is not PEM: expected -----BEGIN …, with \\n\\ at the end of each line of the properties file")
        }
    }

    enum StoreKind { case pem, pkcs12, jks }

    /// What the file is; the configured type decides only where the contents are ambiguous.
    private func store(
        _ location: PropertyValue, _ path: String, typeKey: String, problems: inout ProblemCollector
    ) -> StoreKind? {
        guard let bytes = readFile(path) else {
            problems.error(
                location,
                "\(location.shown(path)) cannot be read: check that it is there and readable")
            return nil
        }
        if bytes.starts(with: [0xFE, 0xED, 0xFE, 0xED]) || bytes.starts(with: [0xCE, 0xCE, 0xCE, 0xCE]) {
            return .jks
        }
        // A DER sequence of more than 127 bytes; PEM is text.
        if bytes.count > 2, bytes[0] == 0x30, bytes[1] >= 0x80 { return .pkcs12 }
        if String(decoding: bytes, as: UTF8.self).containsBytes(of: "-----BEGIN ") { return .pem }
        switch text(typeKey).map(JavaText.lowercased) {
        case "pem": return .pem
        case "pkcs12": return .pkcs12
        default:
            problems.error(
                location,
                "\(location.shown(path)) is neither PEM nor PKCS12 nor JKS: name another file")
            return nil
        }
    }

    private func cipherSuites(_ result: inout Result, problems: inout ProblemCollector) {
        guard let value = properties["ssl.cipher.suites"] else { return }
        var names: [String] = []
        for suite in JavaText.list(value.text) where !suite.isEmpty {
            switch CipherSuiteNames.openSSL(suite) {
            case .name(let name): names.append(name)
            case .isTLS13:
                problems.note(value, "suites of TLS 1.3 cannot be chosen; OpenSSL allows its own set of them")
            case .unknown:
                problems.error(
                    value,
                    "\(value.shown(suite)) is no cipher suite that Tern knows: write OpenSSL's name, such "
                        + "as ECDHE-RSA-AES256-GCM-SHA384")
            }
        }
        if !names.isEmpty { result.append(("ssl.cipher.suites", names.joined(separator: ":"))) }
    }

    private func protocols(problems: inout ProblemCollector) {
        guard let value = properties["ssl.enabled.protocols"] else { return }
        let names = Set(JavaText.list(value.text).map(JavaText.lowercased))
        if names != ["tlsv1.2", "tlsv1.3"] {
            problems.warning(
                value,
                "without effect: OpenSSL decides, which takes TLS 1.2 and 1.3; set MinProtocol and MaxProtocol in openssl.cnf "
                    + "for others")
        }
    }
}

/// How to turn Java's stores into what OpenSSL reads.
enum StoreAdvice {
    /// Encrypted with RC2 or RC4, as by keytool of Java 8: OpenSSL 3 reads that only with `-legacy`.
    /// Source: RFC 7292, appendix C, `pkcs-12PbeIds`.
    static func isOldPKCS12(_ bytes: [UInt8]) -> Bool {
        let identifiers: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01]
        return bytes.indices.dropLast(identifiers.count).contains { start in
            bytes[start...].starts(with: identifiers) && [1, 2, 5, 6].contains(bytes[start + identifiers.count])
        }
    }

    static func trust(_ path: String, isJKS: Bool, isOld: Bool = false) -> String {
        let name = path.printable
        let prepared = isJKS ? "\(name).p12" : name
        let first =
            isJKS
            ? "keytool -importkeystore -srckeystore \(name) -destkeystore \(prepared) -deststoretype PKCS12 && " : ""
        return "\"\(name)\" is a \(isJKS ? "JKS" : "PKCS12") truststore, which OpenSSL cannot use: convert it with "
            + "`\(first)openssl pkcs12 \(isOld ? "-legacy " : "")-in \(prepared) -nokeys -out ca.pem`, then set ssl.truststore.type=PEM and "
            + "ssl.truststore.location to ca.pem"
    }

    static func key(_ path: String) -> String {
        let name = path.printable
        return
            "\"\(name)\" is a JKS keystore, which OpenSSL cannot use: convert it with `keytool -importkeystore -srckeystore "
            + "\(name) -destkeystore \(name).p12 -deststoretype PKCS12`, then set ssl.keystore.type=PKCS12 and "
            + "ssl.keystore.location to \(name).p12"
    }
}
