// SPDX-License-Identifier: Apache-2.0

/// Mechanism and login.
struct SaslTranslation {
    static let mechanisms = ["GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "AWS_MSK_IAM"]

    let properties: PropertyMap

    /// Tokens are the business of ``TokenLoginTranslation``.
    func add(to result: inout SecurityTranslation.Result, problems: inout ProblemCollector) {
        let value = properties["sasl.mechanism"] ?? properties["sasl.mechanisms"]
        // Both Java's and librdkafka's default.
        let mechanism = value.map { JavaText.trimmed($0.text) } ?? "GSSAPI"
        guard Self.mechanisms.contains(mechanism) else {
            if let value {
                problems.error(value, "\(value.shown) is none of \(Self.mechanisms.joined(separator: ", "))")
            }
            return
        }
        // Amazon's own mechanism is in Java alone; its brokers take the same proof as a token.
        result.append(("sasl.mechanisms", mechanism == "AWS_MSK_IAM" ? "OAUTHBEARER" : mechanism))
        if mechanism == "AWS_MSK_IAM" || mechanism == "OAUTHBEARER" { return }
        if let jaas = properties["sasl.jaas.config"] {
            login(jaas, mechanism, &result, problems: &problems)
        } else if mechanism != "GSSAPI", properties["sasl.username"] == nil {
            if let value {
                problems.error(value, "is without a login: add sasl.jaas.config with user name and password")
            }
        }
        if mechanism == "GSSAPI" { kerberos(&result, problems: &problems) }
    }

    private func login(
        _ jaas: PropertyValue, _ mechanism: String, _ result: inout SecurityTranslation.Result,
        problems: inout ProblemCollector
    ) {
        let configuration: JaasConfiguration
        do {
            configuration = try JaasConfiguration(jaas.text)
        } catch {
            problems.error(jaas, "cannot be read: \(error.reason)")
            return
        }
        guard
            let module = LoginModule(rawValue: configuration.loginModule)
                ?? LoginModule(shortName: configuration.moduleName)
        else {
            problems.error(
                jaas,
                "names a login module that Tern does not have: use org.apache.kafka.common.security.plain.PlainLoginModule or "
                    + "org.apache.kafka.common.security.scram.ScramLoginModule")
            return
        }
        guard module.mechanisms.contains(mechanism) else {
            problems.error(
                jaas,
                "\(module.shortName) does not go with sasl.mechanism \(mechanism): expected "
                    + module.mechanisms.joined(separator: " or "))
            return
        }
        switch module {
        case .plain, .scram: password(jaas, configuration.options, &result, problems: &problems)
        case .kerberos: ticket(configuration.options, &result)
        case .oauthBearer, .amazon: break
        }
    }

    private func password(
        _ jaas: PropertyValue, _ options: [String: String], _ result: inout SecurityTranslation.Result,
        problems: inout ProblemCollector
    ) {
        guard let username = options["username"], let password = options["password"] else {
            problems.error(jaas, "lacks username=\"…\" or password=\"…\"")
            return
        }
        if options["tokenauth"].map(JavaText.parseBoolean) == true {
            problems.error(
                jaas, "asks for delegation tokens (tokenauth), which librdkafka does not have: use a password")
            return
        }
        result.append(("sasl.username", username))
        result.append(("sasl.password", password))
    }

    private func ticket(_ options: [String: String], _ result: inout SecurityTranslation.Result) {
        if let keytab = options["keyTab"] { result.append(("sasl.kerberos.keytab", keytab)) }
        if let principal = options["principal"] { result.append(("sasl.kerberos.principal", principal)) }
        if let name = options["serviceName"] { result.append(("sasl.kerberos.service.name", name)) }
    }

    private func kerberos(_ result: inout SecurityTranslation.Result, problems: inout ProblemCollector) {
        for name in ["sasl.kerberos.service.name", "sasl.kerberos.min.time.before.relogin"] {
            if let value = properties[name] { result.append((name, JavaText.trimmed(value.text))) }
        }
        guard let command = properties["sasl.kerberos.kinit.cmd"] else { return }
        let text = JavaText.trimmed(command.text)
        // Java appends its own arguments to a program; librdkafka runs a shell command with %{…} in it.
        if text.utf8.contains(0x20) {
            result.append(("sasl.kerberos.kinit.cmd", text))
        } else if text != "/usr/bin/kinit" {
            problems.warning(
                command,
                "without effect: librdkafka wants a whole command line, such as: kinit -t \"%{sasl.kerberos.keytab}\" -k "
                    + "%{sasl.kerberos.principal}")
        }
    }
}

enum LoginModule: String, CaseIterable {
    case plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    case scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    case oauthBearer = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    case amazon = "software.amazon.msk.auth.iam.IAMLoginModule"
    case kerberos = "com.sun.security.auth.module.Krb5LoginModule"

    /// Shaded copies carry another package before the same name.
    init?(shortName: String) {
        guard let found = Self.allCases.first(where: { $0.shortName == shortName }) else { return nil }
        self = found
    }

    var shortName: String {
        switch self {
        case .plain: "PlainLoginModule"
        case .scram: "ScramLoginModule"
        case .oauthBearer: "OAuthBearerLoginModule"
        case .amazon: "IAMLoginModule"
        case .kerberos: "Krb5LoginModule"
        }
    }

    var mechanisms: [String] {
        switch self {
        case .plain: ["PLAIN"]
        case .scram: ["SCRAM-SHA-256", "SCRAM-SHA-512"]
        case .oauthBearer: ["OAUTHBEARER"]
        case .amazon: ["AWS_MSK_IAM"]
        case .kerberos: ["GSSAPI"]
        }
    }
}
