// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    private static let opensslReason = "OpenSSL is used, with its own settings"
    private static let loginReason = "Java's login thread has no counterpart"
    private static let brokerReason = "it concerns brokers that check tokens"

    /// How to reach a cluster: for all clients of an alias, or of all aliases.
    static let connectionKeys: [ConfigurationKey] = [
        Key(
            "bootstrap.servers", .connection, .list, .absent("required for every alias"), effect: .client(.security),
            "Some of the cluster's brokers, host:port, separated by commas."),
        Key(
            "security.protocol", .connection, .choice(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]),
            .value("PLAINTEXT"), effect: .client(.security), "How to talk to brokers, in capitals or not."),
        Key(
            "ssl.truststore.location", .connection, .text, .absent("the system's certificates"),
            effect: .client(.security),
            "File with the certificates to trust, in PEM. A JKS or PKCS12 store has to be converted; the error says how."
        ),
        Key(
            "ssl.truststore.type", .connection, .choice(["PEM", "PKCS12", "JKS"]), .value("JKS"),
            effect: .client(.security), "Form of the truststore; the file itself is looked at, too."),
        Key(
            "ssl.truststore.certificates", .connection, .text, .absent("see ssl.truststore.location"),
            effect: .client(.security), "The certificates to trust, in PEM, in the value itself."),
        Key(
            "ssl.truststore.password", .connection, .password, .absent("none"), effect: .client(.security),
            "Password of a JKS or PKCS12 truststore; PEM has none."),
        Key(
            "ssl.keystore.location", .connection, .text, .absent("no client certificate"), effect: .client(.security),
            "File with the client's key and certificates, in PEM or PKCS12. A JKS store has to be converted; the error says "
                + "how."),
        Key(
            "ssl.keystore.type", .connection, .choice(["PEM", "PKCS12", "JKS"]), .value("JKS"),
            effect: .client(.security), "Form of the keystore; the file itself is looked at, too."),
        Key(
            "ssl.keystore.password", .connection, .password, .absent("none"), effect: .client(.security),
            "Password of a PKCS12 keystore."),
        Key(
            "ssl.keystore.key", .connection, .password, .absent("see ssl.keystore.location"),
            effect: .client(.security),
            "The client's private key, in PEM, in the value itself."),
        Key(
            "ssl.keystore.certificate.chain", .connection, .text, .absent("see ssl.keystore.location"),
            effect: .client(.security), "The client's certificates, in PEM, in the value itself."),
        Key(
            "ssl.key.password", .connection, .password, .absent("none"), effect: .client(.security),
            "Password of the private key."),
        Key(
            "ssl.endpoint.identification.algorithm", .connection, .text, .value("https"), effect: .client(.security),
            "`https` compares the broker's host name with its certificate; empty does not."),
        Key(
            "ssl.cipher.suites", .connection, .list, .absent("OpenSSL's choice"), effect: .client(.security),
            "Cipher suites up to TLS 1.2 by Java's or OpenSSL's names. Those of TLS 1.3 cannot be chosen."),
        Key(
            "ssl.enabled.protocols", .connection, .list, .value("TLSv1.2,TLSv1.3"), effect: .client(.security),
            "TLS versions; they are OpenSSL's to decide, which takes 1.2 and 1.3."),
        ignored("ssl.protocol", .text, .value("TLSv1.3"), opensslReason, "TLS version that Java starts with."),
        ignored("ssl.provider", .text, .absent("Java's"), opensslReason, "Java's security provider."),
        ignored("ssl.keymanager.algorithm", .text, .value("SunX509"), opensslReason, "Of Java's key manager."),
        ignored("ssl.trustmanager.algorithm", .text, .value("PKIX"), opensslReason, "Of Java's trust manager."),
        ignored("ssl.secure.random.implementation", .text, .absent("Java's"), opensslReason, "Java's random numbers."),
        refused("ssl.engine.factory.class", "A Java class that makes TLS connections."),

        Key(
            "sasl.mechanism", .connection,
            .choice(SaslTranslation.mechanisms), .value("GSSAPI"), effect: .client(.security),
            "How to log in where security.protocol is SASL_…. See [login.md](login.md)."),
        Key(
            "sasl.jaas.config", .connection, .password, .absent("none"), effect: .client(.security),
            "Login module with its options, as Java writes it: PlainLoginModule, ScramLoginModule, Krb5LoginModule, "
                + "OAuthBearerLoginModule or IAMLoginModule."),
        javaClass(
            "sasl.client.callback.handler.class", "Goes with AWS_MSK_IAM.", TokenLoginTranslation.clientHandlers),
        javaClass(
            "sasl.login.callback.handler.class", "Where the tokens of OAUTHBEARER come from.",
            TokenLoginTranslation.loginHandlers),
        refused("sasl.login.class", "A Java class that logs in."),
        Key(
            "sasl.kerberos.service.name", .connection, .text, .value("kafka"), effect: .client(.security),
            "Kerberos name of the brokers. Java has no default; librdkafka's is given."),
        Key(
            "sasl.kerberos.kinit.cmd", .connection, .text, .absent("librdkafka's own command"),
            effect: .client(.security),
            "Command that fetches a Kerberos ticket. Java's `/usr/bin/kinit` is a program, librdkafka's a whole command line, "
                + "so a path alone is not handed over."),
        Key(
            "sasl.kerberos.min.time.before.relogin", .connection, .duration(.milliseconds, 0...86_400_000),
            .value("60000"), effect: .client(.security), "Pause between two refreshes of a Kerberos ticket."),
        ignored(
            "sasl.kerberos.ticket.renew.window.factor", .decimal, .value("0.8"), loginReason,
            "When Java renews a ticket."),
        ignored(
            "sasl.kerberos.ticket.renew.jitter", .decimal, .value("0.05"), loginReason, "When Java renews a ticket."),
        ignored("sasl.login.refresh.window.factor", .decimal, .value("0.8"), loginReason, "When Java renews a token."),
        ignored("sasl.login.refresh.window.jitter", .decimal, .value("0.05"), loginReason, "When Java renews a token."),
        ignored(
            "sasl.login.refresh.min.period.seconds", .integer(0...900), .value("60"), loginReason,
            "When Java renews a token."),
        ignored(
            "sasl.login.refresh.buffer.seconds", .integer(0...3600), .value("300"), loginReason,
            "When Java renews a token."),
        Key(
            "sasl.login.connect.timeout.ms", .connection, .duration(.milliseconds, 1...600_000), .value("5000"),
            effect: .client(.security), "How long it may take to reach whoever gives tokens."),
        Key(
            "sasl.login.read.timeout.ms", .connection, .duration(.milliseconds, 1...600_000), .value("10000"),
            effect: .client(.security), "How long a request for a token may take in all."),
        ignored(
            "sasl.login.retry.backoff.ms", .integer(0...Int64.max), .value("100"), loginReason,
            "Of Java's token requests."),
        ignored(
            "sasl.login.retry.backoff.max.ms", .integer(0...Int64.max), .value("10000"), loginReason,
            "Of Java's token requests."),
        Key(
            "sasl.oauthbearer.token.endpoint.url", .connection, .text, .absent("none"), effect: .client(.security),
            "Where OAUTHBEARER's tokens are fetched, https://…; or file:///… with a token that somebody else renews."),
        Key(
            "sasl.oauthbearer.scope", .connection, .text, .absent("none"), effect: .client(.security),
            "Scope of the token that is asked for; else scope in sasl.jaas.config."),
        Key(
            "sasl.oauthbearer.client.credentials.client.id", .connection, .text, .absent("none"),
            effect: .client(.security), "Client id for the token endpoint; else clientId in sasl.jaas.config."),
        Key(
            "sasl.oauthbearer.client.credentials.client.secret", .connection, .password, .absent("none"),
            effect: .client(.security),
            "Client secret for the token endpoint; else clientSecret in sasl.jaas.config."),
        ignored("sasl.oauthbearer.scope.claim.name", .text, .value("scope"), loginReason, "Name of a token's scope."),
        ignored("sasl.oauthbearer.sub.claim.name", .text, .value("sub"), loginReason, "Name of a token's subject."),
        Key(
            "sasl.oauthbearer.header.urlencode", .connection, .boolean, .value("false"), effect: .client(.security),
            "Whether client id and secret are percent-encoded when a token is asked for, as RFC 6749 has it."),
        ignored(
            "sasl.oauthbearer.jwks.endpoint.url", .text, .absent("none"), brokerReason, "Keys of a token's issuer."),
        ignored(
            "sasl.oauthbearer.jwks.endpoint.refresh.ms", .integer(0...Int64.max), .value("3600000"), brokerReason,
            "Keys of a token's issuer."),
        ignored(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", .integer(0...Int64.max), .value("100"), brokerReason,
            "Keys of a token's issuer."),
        ignored(
            "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms", .integer(0...Int64.max), .value("10000"),
            brokerReason, "Keys of a token's issuer."),
        ignored(
            "sasl.oauthbearer.clock.skew.seconds", .integer(0...Int64.max), .value("30"), brokerReason,
            "Tolerated difference of clocks."),
        ignored("sasl.oauthbearer.expected.audience", .list, .absent("none"), brokerReason, "Audience of a token."),
        ignored("sasl.oauthbearer.expected.issuer", .text, .absent("none"), brokerReason, "Issuer of a token."),
        javaClass(
            "sasl.oauthbearer.jwt.retriever.class", "How tokens are fetched; Tern sees it by the endpoint.",
            TokenLoginTranslation.retrievers),
        ignored(
            "sasl.oauthbearer.jwt.validator.class", .className, .absent("Kafka's"), brokerReason,
            "A Java class that checks tokens."),
        Key(
            "sasl.oauthbearer.assertion.file", .connection, .text, .absent("none"), effect: .client(.security),
            "A file with a signed statement that is sent in place of a secret, and that somebody else renews."),
        Key(
            "sasl.oauthbearer.assertion.private.key.file", .connection, .text, .absent("none"),
            effect: .client(.security), "A file with the key, in PEM, by which such statements are signed."),
        Key(
            "sasl.oauthbearer.assertion.private.key.passphrase", .connection, .password, .absent("none"),
            effect: .client(.security), "Of that key."),
        Key(
            "sasl.oauthbearer.assertion.template.file", .connection, .text, .absent("none"), effect: .client(.security),
            "JSON with `header` and `payload`: what statements say beyond the keys here."),
        Key(
            "sasl.oauthbearer.assertion.algorithm", .connection, .choice(["RS256", "ES256"]), .value("RS256"),
            effect: .client(.security), "How statements are signed."),
        Key(
            "sasl.oauthbearer.assertion.claim.aud", .connection, .text, .absent("none"), effect: .client(.security),
            "A statement's audience."),
        Key(
            "sasl.oauthbearer.assertion.claim.iss", .connection, .text, .absent("none"), effect: .client(.security),
            "A statement's issuer. Where it is set, the client shows a statement in place of its secret."),
        Key(
            "sasl.oauthbearer.assertion.claim.sub", .connection, .text, .absent("none"), effect: .client(.security),
            "A statement's subject."),
        Key(
            "sasl.oauthbearer.assertion.claim.exp.seconds", .connection, .integer(0...86_400), .value("300"),
            effect: .client(.security), "How long a statement is valid."),
        Key(
            "sasl.oauthbearer.assertion.claim.nbf.seconds", .connection, .integer(0...86_400), .value("60"),
            effect: .client(.security), "How long before now it is valid, for clocks that differ."),
        Key(
            "sasl.oauthbearer.assertion.claim.jti.include", .connection, .boolean, .value("false"),
            effect: .client(.security), "Whether each statement has a number of its own."),
    ]

    private static func ignored(
        _ name: String, _ type: ConfigurationKey.ValueType, _ standard: ConfigurationKey.Default, _ reason: String,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, .connection, type, standard, effect: .ignored(reason, isLoud: false), documentation)
    }

    /// Tern does itself what these classes of Java do; others are refused.
    private static func javaClass(_ name: String, _ documentation: String, _ known: [String]) -> ConfigurationKey {
        ConfigurationKey(
            name, .connection, .className, .absent("none"), effect: .client(.security),
            "\(documentation) Known: \(known.joined(separator: ", ")).")
    }

    private static func refused(_ name: String, _ documentation: String) -> ConfigurationKey {
        ConfigurationKey(
            name, .connection, .className, .absent("none"),
            effect: .refused(
                "Java classes cannot be loaded: remove the key and use PLAIN, SCRAM, Kerberos or certificates"),
            documentation)
    }
}
