// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing

extension RealBrokers {
    /// A cluster that takes tokens of an OAuth 2.0 server, and checks them by that server's keys.
    @Suite struct TokenLoginTests {
        private static let package = "org.apache.kafka.common.security.oauthbearer"

        private static func cluster(checkingBy issuer: TokenIssuer) async throws -> RealCluster {
            try await RealCluster.start(
                try #require(KafkaDistribution.found),
                .init(
                    properties: [
                        "listener.name.client.sasl.enabled.mechanisms": "OAUTHBEARER",
                        "listener.name.client.oauthbearer.sasl.jaas.config":
                            "\(package).OAuthBearerLoginModule required;",
                        "listener.name.client.oauthbearer.sasl.server.callback.handler.class":
                            "\(package).OAuthBearerValidatorCallbackHandler",
                        "listener.name.client.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": issuer.keysAddress,
                        "listener.name.client.oauthbearer.sasl.oauthbearer.expected.audience": TokenIssuer.audience,
                        "listener.name.client.oauthbearer.sasl.oauthbearer.expected.issuer": TokenIssuer.issuer,
                        // A connection ends with the token that it was opened by (KIP-368).
                        "listener.name.client.oauthbearer.connections.max.reauth.ms": "3600000",
                    ], users: ["unused": "unused"],
                    environment: [
                        "KAFKA_OPTS": "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=\(issuer.keysAddress)"
                    ]))
        }

        @Test func `records go on while tokens end, and a wrong secret is told in one line`() async throws {
            let issuer = try TokenIssuer(id: "tern", secret: "s3cret", lifetime: 4)
            defer { issuer.close() }
            let source = try await Self.cluster(checkingBy: issuer)
            try await RealMirror.with([source, try await Brokers.second()]) { mirror in
                let topic = mirror.topic("guarded")
                try await source.createTopic(topic)
                let text = mirror.file(
                    [(0, 1)], login(mirror.aliases[0], issuer), addresses: [0: source.saslBootstrapServers])
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try Onlooker.write([.sample(topic, 0, key: "k", value: "0")], to: source.bootstrapServers)
                    try await until("the first record", of: daemon) { $0.isCaughtUp(after: 1) }
                    // The next comes by another token.
                    let asked = issuer.tokenRequests
                    try await eventually(within: .seconds(20), "another token") { issuer.tokenRequests > asked + 1 }
                    try Onlooker.write([.sample(topic, 0, key: "k", value: "1")], to: source.bootstrapServers)
                    try await until("the second record", of: daemon) { $0.isCaughtUp(after: 2) }
                    #expect(daemon.status.clusters[0].downSince == nil)
                    #expect(daemon.status.clusters[0].authenticationFailures == 0)
                    try await expectRecovery(mirror, issuer)
                    try Onlooker.write([.sample(topic, 0, key: "k", value: "2")], to: source.bootstrapServers)
                    try await until("the third record", of: daemon) { $0.isCaughtUp(after: 3) }
                }
                try await expectRefusals(mirror, text, issuer)
            }
            try await source.close()
        }

        private func login(_ alias: String, _ issuer: TokenIssuer) -> String {
            """
            \(alias).security.protocol = SASL_PLAINTEXT
            \(alias).sasl.mechanism = OAUTHBEARER
            \(alias).sasl.login.callback.handler.class = \(Self.package).OAuthBearerLoginCallbackHandler
            \(alias).sasl.oauthbearer.token.endpoint.url = \(issuer.tokenAddress)
            \(alias).sasl.jaas.config = \(Self.package).OAuthBearerLoginModule required clientId="tern" clientSecret="s3cret" ;
            """
        }

        /// A server that is in trouble is told once, and nothing has to be restarted afterwards.
        private func expectRecovery(_ mirror: RealMirror, _ issuer: TokenIssuer) async throws {
            issuer.setTrouble(true)
            try await eventually(within: .seconds(20), "a warning") {
                mirror.log.lines.contains { $0.contains("event=login.failing") && $0.contains("answers 503") }
            }
            issuer.setTrouble(false)
            try await eventually(within: .seconds(20), "a renewed login") {
                mirror.log.lines.contains { $0.contains("event=login.renewed") }
            }
        }

        private func expectRefusals(_ mirror: RealMirror, _ text: String, _ issuer: TokenIssuer) async throws {
            let wrong = try CommandLineRun(text.replacing("\"s3cret\"", with: "\"other\""))
            let outcome = await wrong("check", wrong.folder.path("mirror.properties"), "--timeout", "3s")
            #expect(
                outcome.output.contains(
                    "cluster \(mirror.aliases[0])  there is no token for OAUTHBEARER: \(issuer.tokenAddress) answers 401: "
                        + "invalid_client, Invalid client credentials; check clientId and clientSecret in sasl.jaas.config"
                ),
                "\(outcome.output) \(outcome.diagnostics)")
            #expect(!outcome.output.contains("other"))
            let stranger = try CommandLineRun(text.replacing("clientId=\"tern\"", with: "clientId=\"stranger\""))
            let refused = await stranger("check", stranger.folder.path("mirror.properties"), "--timeout", "3s")
            #expect(
                refused.output.contains("it refuses the credentials: ")
                    && refused.output.contains(
                        "the token is valid for its server and not for the brokers: compare issuer"),
                "\(refused.output)")
            let right = try CommandLineRun(text)
            let listed = await right("topic", "list", "--cluster", mirror.aliases[0])
            #expect(listed.output.contains("guarded"), "\(listed.output) \(listed.diagnostics)")
        }
    }
}
