// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// Logins by tokens: OAUTHBEARER as Kafka's own handlers do it, and AWS_MSK_IAM as Amazon's `aws-msk-iam-auth` does.
/// Sources: `SaslConfigs` and `ClientCredentialsJwtRetriever` of Kafka, the README of aws-msk-iam-auth.
struct TokenLoginTranslation {
    static let loginHandlers = [
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        // Its name up to Kafka 3.9.
        "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler",
        amazonLoginHandler,
    ]
    static let clientHandlers = ["software.amazon.msk.auth.iam.IAMClientCallbackHandler"]
    static let retrievers = [
        "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever",
        "org.apache.kafka.common.security.oauthbearer.ClientCredentialsJwtRetriever",
        "org.apache.kafka.common.security.oauthbearer.FileJwtRetriever",
        bearerRetriever,
    ]
    private static let bearerRetriever = "org.apache.kafka.common.security.oauthbearer.JwtBearerJwtRetriever"
    /// Those of librdkafka that mean the same; some builds of it could do it themselves, Tern does it with all.
    static let nativeNames: Set<String> = [
        "sasl.oauthbearer.method", "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.extensions",
    ]
    /// For OAUTHBEARER with the options of IAMLoginModule.
    private static let amazonLoginHandler = "software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler"

    let properties: PropertyMap
    let readFile: (String) -> [UInt8]?

    func checkClasses(problems: inout ProblemCollector) {
        for (key, known) in [
            ("sasl.login.callback.handler.class", Self.loginHandlers),
            ("sasl.client.callback.handler.class", Self.clientHandlers),
            ("sasl.oauthbearer.jwt.retriever.class", Self.retrievers),
        ] {
            guard let value = properties[key], let name = text(key), !known.contains(name) else { continue }
            problems.error(
                value,
                "Java classes cannot be loaded, and Tern does itself only what these do: \(known.joined(separator: ", ")); remove "
                    + "the key, or log in by PLAIN, SCRAM, Kerberos or certificates")
        }
    }

    /// - Returns: `nil` where the mechanism takes no tokens, or what is written is wrong.
    func login(problems: inout ProblemCollector) -> TokenLogin? {
        guard let protocolName = text("security.protocol").map(JavaText.lowercased),
            ["sasl_plaintext", "sasl_ssl"].contains(protocolName),
            let mechanism = properties["sasl.mechanism"] ?? properties["sasl.mechanisms"]
        else { return nil }
        switch JavaText.trimmed(mechanism.text) {
        case "AWS_MSK_IAM":
            guard let jaas = properties["sasl.jaas.config"] else {
                problems.error(
                    mechanism,
                    "is without a login: add sasl.jaas.config=\(LoginModule.amazon.rawValue) required;")
                return nil
            }
            return options(jaas, .amazon, problems: &problems).flatMap { amazon($0, problems: &problems) }
        case "OAUTHBEARER": return bearer(mechanism, problems: &problems)
        default: return nil
        }
    }

    /// What the login module of `sasl.jaas.config` was given.
    private struct Options {
        let value: PropertyValue?
        let texts: [String: String]

        subscript(name: String) -> String? {
            texts[name].map(JavaText.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private func options(
        _ jaas: PropertyValue, _ wanted: LoginModule, problems: inout ProblemCollector
    ) -> Options? {
        do {
            let read = try JaasConfiguration(jaas.text)
            guard read.moduleName == wanted.shortName else {
                problems.error(
                    jaas, "names a login module that does not go with sasl.mechanism: expected \(wanted.rawValue)")
                return nil
            }
            return Options(value: jaas, texts: read.options)
        } catch {
            problems.error(jaas, "cannot be read: \(error.reason)")
            return nil
        }
    }

    // MARK: OAUTHBEARER

    private func bearer(_ mechanism: PropertyValue, problems: inout ProblemCollector) -> TokenLogin? {
        if properties["enable.sasl.oauthbearer.unsecure.jwt"].flatMap({ JavaText.boolean($0.text) }) == true {
            return nil
        }
        var options = Options(value: nil, texts: [:])
        if let jaas = properties["sasl.jaas.config"] {
            guard let read = self.options(jaas, .oauthBearer, problems: &problems) else { return nil }
            options = read
        }
        if text("sasl.login.callback.handler.class") == Self.amazonLoginHandler {
            return amazon(options, problems: &problems)
        }
        guard let address = properties["sasl.oauthbearer.token.endpoint.url"],
            let endpoint = text("sasl.oauthbearer.token.endpoint.url")
        else {
            problems.error(
                mechanism,
                "is without a place to get tokens from: add sasl.oauthbearer.token.endpoint.url, and clientId and clientSecret in "
                    + "sasl.jaas.config")
            return nil
        }
        guard let source = source(endpoint, at: address, options, problems: &problems) else { return nil }
        var login = OpenIDLogin(source, extensions: extensions(options))
        guard let trust = trust(options, problems: &problems) else { return nil }
        login.trust = trust
        if let limit = limit("sasl.login.connect.timeout.ms", problems: &problems) { login.limits.connect = limit }
        if let limit = limit("sasl.login.read.timeout.ms", problems: &problems) { login.limits.whole = limit }
        return .openID(login)
    }

    private func source(
        _ endpoint: String, at address: PropertyValue, _ options: Options, problems: inout ProblemCollector
    ) -> OpenIDLogin.Source? {
        let scheme = JavaText.lowercased(endpoint)
        if scheme.utf8.starts(with: "file:".utf8) {
            let path = endpoint.utf8.dropFirst(5)
            return .file(String(Substring(path.starts(with: "//".utf8) ? path.dropFirst(2) : path)))
        }
        guard scheme.utf8.starts(with: "https://".utf8) || scheme.utf8.starts(with: "http://".utf8) else {
            problems.error(
                address, "\(address.shown) is no address: expected https://…, or file:///… for a token in a file")
            return nil
        }
        let scope = text("sasl.oauthbearer.scope") ?? options["scope"]
        let id =
            text("sasl.oauthbearer.client.credentials.client.id") ?? options["clientId"]
            ?? text("sasl.oauthbearer.client.id")
        let isGrant = text("sasl.oauthbearer.jwt.retriever.class") == Self.bearerRetriever
        let assertions = AssertionTranslation(properties: properties)
        if isGrant || assertions.isWanted {
            guard let assertion = assertions.assertion(for: address, problems: &problems) else { return nil }
            return .assertion(endpoint: endpoint, assertion, isGrant ? .grant : .client(id: id), scope: scope)
        }
        let secret =
            text("sasl.oauthbearer.client.credentials.client.secret") ?? options["clientSecret"]
            ?? text("sasl.oauthbearer.client.secret")
        guard let id, let secret else {
            problems.error(
                options.value ?? address,
                "lacks clientId=\"…\" or clientSecret=\"…\", by which tokens are asked for: write both in sasl.jaas.config"
            )
            return nil
        }
        let encodes = properties["sasl.oauthbearer.header.urlencode"].flatMap { JavaText.boolean($0.text) } ?? false
        return .clientCredentials(
            endpoint: endpoint,
            OpenIDLogin.ClientCredentials(
                id: id, secret: Secret(secret), scope: scope, encodesHeader: encodes))
    }

    /// `extension_NAME` in Java, `NAME=VALUE,…` in librdkafka.
    private func extensions(_ options: Options) -> [String: String] {
        var result: [String: String] = [:]
        for pair in JavaText.list(text("sasl.oauthbearer.extensions") ?? "") {
            let parts = pair.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(Substring($0)) }
            if parts.count == 2 { result[parts[0]] = parts[1] }
        }
        let prefix = "extension_"
        for (name, value) in options.texts where name.utf8.starts(with: prefix.utf8) {
            result[String(Substring(name.utf8.dropFirst(prefix.utf8.count)))] = value
        }
        return result
    }

    /// Java looks for these inside `sasl.jaas.config`: the token server's authority need not be the brokers'.
    private func trust(_ options: Options, problems: inout ProblemCollector) -> TrustedAuthorities? {
        if let pem = options["ssl.truststore.certificates"] { return .pem(pem) }
        guard let path = options["ssl.truststore.location"], let value = options.value else { return .system }
        guard let bytes = readFile(path) else {
            problems.error(
                value, "names an ssl.truststore.location that cannot be read: check that it is there and readable")
            return nil
        }
        guard String(decoding: bytes, as: UTF8.self).containsBytes(of: "-----BEGIN ") else {
            let isJKS = bytes.starts(with: [0xFE, 0xED, 0xFE, 0xED])
            problems.error(
                value, StoreAdvice.trust("•••", isJKS: isJKS, isOld: !isJKS && StoreAdvice.isOldPKCS12(bytes)))
            return nil
        }
        return .file(path)
    }

    // MARK: Amazon

    private func amazon(_ options: Options, problems: inout ProblemCollector) -> TokenLogin {
        var login = AmazonLogin(region: region, profile: options["awsProfileName"])
        if let id = options["awsRoleAccessKeyId"], let secret = options["awsRoleSecretAccessKey"] {
            login.keys = AmazonLogin.Keys(
                id: id, secret: Secret(secret), sessionToken: options["awsRoleSessionToken"].map { Secret($0) })
        }
        if let role = options["awsRoleArn"] {
            login.role = AmazonLogin.Role(
                role, sessionName: options["awsRoleSessionName"] ?? "tern", externalID: options["awsRoleExternalId"],
                region: options["awsStsRegion"])
        }
        return .amazon(login)
    }

    /// Of the first host such as `b-1.name.ab1cde.c2.kafka.eu-west-1.amazonaws.com`, or `….kafka-serverless.…`.
    private var region: String? {
        for server in JavaText.list(text("bootstrap.servers") ?? "") {
            let labels = JavaText.lowercased(server).utf8.split(separator: UInt8(ascii: ".")).map {
                String(Substring($0))
            }
            let start = labels.indices.dropLast(2).first { index in
                ["kafka", "kafka-serverless"].contains(labels[index]) && labels[index + 2] == "amazonaws"
            }
            if let start { return labels[start + 1] }
        }
        return nil
    }

    // MARK: Values

    private func text(_ key: String) -> String? {
        properties[key].map { JavaText.trimmed($0.text) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func limit(_ key: String, problems: inout ProblemCollector) -> Duration? {
        guard let value = properties[key] else { return nil }
        guard let number = JavaText.integer(value.text), (1...600_000).contains(number) else {
            problems.error(value, "\(value.shown) is no time: expected milliseconds, 1 to 600000")
            return nil
        }
        return .milliseconds(number)
    }
}
