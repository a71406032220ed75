// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
import KafkaTypes
import Testing

/// Logins by tokens, as files for Java's clients have them.
@Suite struct TokenLoginTranslationTests {
    private static let package = "org.apache.kafka.common.security.oauthbearer"
    private static let oauth = "A.security.protocol = SASL_SSL\nA.sasl.mechanism = OAUTHBEARER\n"
    private static let amazon = "A.security.protocol = SASL_SSL\nA.sasl.mechanism = AWS_MSK_IAM\n"
    private let pem = Array("-----BEGIN CERTIFICATE-----\n".utf8)

    private func load(_ text: String) -> LoadedConfiguration {
        loadConfiguration(
            twoClusters + text, files: ["/ca.pem": pem, "/ca.jks": [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2]])
    }

    private func properties(_ text: String) throws -> ClientProperties {
        let loaded = load(text)
        return try #require(loaded.configuration?.clusters.first, "\(loaded.errors)").adminProperties
    }

    private func jaas(_ options: String) -> String {
        "A.sasl.jaas.config = \(Self.package).OAuthBearerLoginModule required \(options);\n"
    }

    private func expected(
        scope: String? = nil, encodes: Bool = false, extensions: [String: String] = [:],
        trust: TrustedAuthorities = .system, limits: RequestLimits = RequestLimits()
    ) -> TokenLogin {
        let client = OpenIDLogin.ClientCredentials(
            id: "me", secret: Secret("hunter2"), scope: scope, encodesHeader: encodes)
        return .openID(
            OpenIDLogin(
                .clientCredentials(endpoint: "https://x/token", client), extensions: extensions, trust: trust,
                limits: limits))
    }

    @Test(arguments: ["OAuthBearerLoginCallbackHandler", "secured.OAuthBearerLoginCallbackHandler"])
    func `a client's id and secret come from the login module's options`(handler: String) throws {
        let properties = try properties(
            Self.oauth + "A.sasl.oauthbearer.token.endpoint.url = https://x/token\n"
                + "A.sasl.login.callback.handler.class = \(Self.package).\(handler)\n"
                + "A.sasl.login.connect.timeout.ms = 700\nA.sasl.login.read.timeout.ms = 900\n"
                + jaas(
                    "clientId=\"me\" clientSecret=\"hunter2\" scope=\"kafka\" extension_logicalCluster=\"lkc-1\" "
                        + "ssl.truststore.location=\"/ca.pem\""))
        #expect(
            properties.login
                == expected(
                    scope: "kafka", extensions: ["logicalCluster": "lkc-1"], trust: .file("/ca.pem"),
                    limits: RequestLimits(connect: .milliseconds(700), whole: .milliseconds(900))))
        #expect(properties["sasl.mechanisms"] == "OAUTHBEARER")
        // Nothing of it is librdkafka's business.
        #expect(properties.entries.allSatisfy { !$0.key.hasPrefix("sasl.") || $0.key == "sasl.mechanisms" })
    }

    @Test func `the keys of Kafka 4_1 win over the options, and librdkafka's own mean the same`() throws {
        let endpoint = "A.sasl.oauthbearer.token.endpoint.url = https://x/token\n"
        let newer = try properties(
            Self.oauth + endpoint + jaas("clientId=\"other\" clientSecret=\"other\" scope=\"other\"")
                + "A.sasl.oauthbearer.client.credentials.client.id = me\n"
                + "A.sasl.oauthbearer.client.credentials.client.secret = hunter2\nA.sasl.oauthbearer.scope = s\n"
                + "A.sasl.oauthbearer.header.urlencode = true\n")
        #expect(newer.login == expected(scope: "s", encodes: true))
        let native = try properties(
            Self.oauth + endpoint + "A.sasl.oauthbearer.method = oidc\nA.sasl.oauthbearer.client.id = me\n"
                + "A.sasl.oauthbearer.client.secret = hunter2\nA.sasl.oauthbearer.extensions = a=b,c=d=e\n")
        #expect(native.login == expected(extensions: ["a": "b", "c": "d=e"]))
        #expect(native["sasl.oauthbearer.method"] == nil && native["sasl.oauthbearer.client.secret"] == nil)
    }

    @Test func `a token may come from a file`() throws {
        for address in ["file:///var/run/token", "file:/var/run/token"] {
            let properties = try properties(Self.oauth + "A.sasl.oauthbearer.token.endpoint.url = \(address)\n")
            #expect(properties.login == .openID(OpenIDLogin(.file("/var/run/token"))))
        }
    }

    @Test func `a client may show a signed statement in place of its secret, or as the grant itself`() throws {
        let base =
            Self.oauth + "A.sasl.oauthbearer.token.endpoint.url = https://x/token\nA.sasl.oauthbearer.scope = s\n"
            + "A.sasl.oauthbearer.assertion.private.key.file = /key.pem\n"
            + "A.sasl.oauthbearer.assertion.private.key.passphrase = hunter2\n"
            + "A.sasl.oauthbearer.assertion.claim.iss = me\nA.sasl.oauthbearer.assertion.claim.aud = https://x\n"
            + "A.sasl.oauthbearer.assertion.algorithm = ES256\nA.sasl.oauthbearer.assertion.claim.exp.seconds = 30\n"
            + "A.sasl.oauthbearer.assertion.claim.jti.include = true\n"
        var signed = OpenIDLogin.SignedAssertion(keyFile: "/key.pem")
        signed.passphrase = Secret("hunter2")
        signed.claims = ["iss": "me", "aud": "https://x"]
        (signed.algorithm, signed.end, signed.hasID) = (.es256, 30, true)
        let client = try properties(base + jaas("clientId=\"me\" clientSecret=\"unused\""))
        #expect(
            client.login
                == .openID(
                    OpenIDLogin(
                        .assertion(endpoint: "https://x/token", .signed(signed), .client(id: "me"), scope: "s"))))
        let grant = try properties(
            base + "A.sasl.oauthbearer.jwt.retriever.class = \(Self.package).JwtBearerJwtRetriever\n")
        #expect(
            grant.login
                == .openID(OpenIDLogin(.assertion(endpoint: "https://x/token", .signed(signed), .grant, scope: "s"))))
        let file = try properties(base + "A.sasl.oauthbearer.assertion.file = /statement\n")
        #expect(
            file.login
                == .openID(
                    OpenIDLogin(
                        .assertion(endpoint: "https://x/token", .file("/statement"), .client(id: nil), scope: "s"))))
    }

    @Test func `Amazon's lines become a login by signed tokens`() throws {
        let plain = try properties(
            Self.amazon + "A.sasl.jaas.config = software.amazon.msk.auth.iam.IAMLoginModule required;\n"
                + "A.sasl.client.callback.handler.class = software.amazon.msk.auth.iam.IAMClientCallbackHandler\n")
        #expect(plain.login == .amazon(AmazonLogin()) && plain["sasl.mechanisms"] == "OAUTHBEARER")
        let module = "software.amazon.msk.auth.iam.IAMLoginModule required "
        for (host, region) in [
            ("b-1.demo.ab1cde.c2.kafka.eu-west-1.amazonaws.com", "eu-west-1"),
            ("boot-x.c3.kafka-serverless.us-east-2.amazonaws.com", "us-east-2"),
            ("b-2.demo.ab1cde.c2.kafka.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ] {
            let role = try properties(
                Self.amazon + "A.bootstrap.servers = \(host):9098\nA.sasl.jaas.config = \(module)awsProfileName=\"p\" "
                    + "awsRoleArn=\"arn:aws:iam::1:role/x\" awsRoleSessionName=\"s\" awsStsRegion=\"eu-west-3\";\n")
            let wanted = AmazonLogin.Role("arn:aws:iam::1:role/x", sessionName: "s", region: "eu-west-3")
            #expect(role.login == .amazon(AmazonLogin(region: region, profile: "p", role: wanted)))
        }
        let bearer = try properties(
            Self.oauth + jaas("awsProfileName=\"p\"")
                + "A.sasl.login.callback.handler.class = software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler\n"
        )
        #expect(bearer.login == .amazon(AmazonLogin(profile: "p")))
    }

    @Test func `what is missing or wrong is told once, with what to write`() {
        let endpoint = "A.sasl.oauthbearer.token.endpoint.url = https://x/token\n"
        let cases = [
            (Self.oauth, "is without a place to get tokens from: add sasl.oauthbearer.token.endpoint.url"),
            (
                Self.oauth + endpoint + "A.sasl.oauthbearer.assertion.claim.iss = me\n",
                "asks for signed statements without a key: add sasl.oauthbearer.assertion.private.key.file"
            ),
            (Self.oauth + endpoint, "lacks clientId=\"…\" or clientSecret=\"…\""),
            (
                Self.oauth + "A.sasl.oauthbearer.token.endpoint.url = x/token\n"
                    + jaas("clientId=\"a\" clientSecret=\"b\""),
                "is no address: expected https://…, or file:///…"
            ),
            (
                Self.oauth + endpoint + "A.sasl.jaas.config = x.PlainLoginModule required a=\"b\";",
                "does not go with sasl.mechanism: expected \(Self.package).OAuthBearerLoginModule"
            ),
            (
                Self.oauth + endpoint
                    + jaas("clientId=\"a\" clientSecret=\"b\" ssl.truststore.location=\"/ca.jks\""),
                "is a JKS truststore, which OpenSSL cannot use: convert it"
            ),
            (Self.amazon, "add sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;"),
            (
                "A.sasl.login.callback.handler.class = x.Y",
                "Java classes cannot be loaded, and Tern does itself only what these"
            ),
            (
                "A.sasl.login.connect.timeout.ms = soon\n" + Self.oauth + endpoint
                    + jaas("clientId=\"a\" clientSecret=\"b\""), "is no time"
            ),
        ]
        for (text, words) in cases {
            let errors = load(text).errors
            #expect(errors.count == 1 && errors.first?.contains(words) == true, "\(text): \(errors)")
        }
    }
}
