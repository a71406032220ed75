// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationSecretTests {
    private static let secret = "hunter2"

    /// Each with its own kind of trouble: unknown, misplaced, misspelt, wrong, or in order.
    private static let text = """
        clusters = A, B
        A.bootstrap.servers = a1:9092
        B.bootstrap.servers = b1:9092
        A->B.enabled = true
        A.security.protocol = SASL_SSL
        A.sasl.mechanism = PLAIN
        A.sasl.jaas.config = x.PlainLoginModule required username="u" password="hunter2";
        B.security.protocol = SASL_SSL
        B.sasl.mechanism = PLAIN
        B.sasl.jaas.config = x.PlainLoginModule required username="u" password=hunter2
        A.ssl.key.password = hunter2
        A.ssl.keystore.password = hunter2
        A.ssl.truststore.password = hunter2
        A.ssl.key.pasword = hunter2
        ssl.keystore.key = hunter2
        A.sasl.password = hunter2
        A->B.sasl.jaas.config = hunter2
        jaas = hunter2
        password = hunter2
        my.secret = hunter2
        A.consumer.ssl.key.password = hunter2
        log.level = ${env:S}
        replication.factor = ${env:S}
        topics = (${env:S}
        A.consumer.fetch.min.bytes = ${env:S}
        A.consumer.compression.type = ${env:S}
        B.producer.compression.type = ${env:S}
        A.consumer.isolation.level = ${env:S}
        http.listen = ${env:S}
        health.cluster = ${env:S}
        offset.storage.topic = ${env:S}/
        replication.policy.class = ${env:S}
        replication.policy.separator = ${env:S}!
        topic.filter.class = ${env:S}
        A->B.source.cluster.alias = ${env:S}
        A.ssl.endpoint.identification.algorithm = ${env:S}
        A.ssl.cipher.suites = TLS_${env:S}
        A.ssl.truststore.location = /${env:S}
        A.sasl.oauthbearer.client.secret = hunter2
        B.bootstrap.servers = ${env:S}
        """

    @Test func `a secret is in no problem, no description and no dump`() {
        let loaded = loadConfiguration(Self.text, environment: ["S": Self.secret])
        #expect(loaded.problems.count > 20)
        var dumped = ""
        dump(loaded, to: &dumped)
        #expect(!dumped.contains(Self.secret))
        #expect(!"\(loaded) \(String(reflecting: loaded))".contains(Self.secret))
        for problem in loaded.problems { #expect(!problem.description.contains(Self.secret), "\(problem)") }
    }

    @Test func `a configuration with secrets shows none`() throws {
        let loaded = loadConfiguration(
            twoClusters
                + "A.security.protocol=SASL_SSL\nA.sasl.mechanism=PLAIN\nA.sasl.jaas.config=x.PlainLoginModule required "
                + "username=\"u\" password=\"hunter2\";\n")
        let configuration = try #require(loaded.configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains(Self.secret))
        #expect(configuration.clusters.first?.adminProperties["sasl.password"] == Self.secret)
    }

    @Test(arguments: [
        ("A.ssl.key.password", true), ("ssl.key.pasword", true), ("my.passwort", true), ("db-password", true),
        ("x.ssl.keystore.key", true), ("api_token", true), ("a.PASSWORD", true), ("sasl.jaas.config", true),
        ("sasl.oauthbearer.client.secret", true), ("sasl.oauthbearer.token.endpoint.url", false), ("compass.x", false),
        ("A.ssl.truststore.location", false), ("key.converter", false), ("topics", false), ("passat.topics", false),
    ])
    func `a key tells by its words whether its value is a secret`(key: String, isSecret: Bool) {
        #expect(loadConfiguration("\(key) = x").explain(key).isSecret == isSecret)
    }

    @Test(arguments: [
        "A.sasl.jaas.config", "A.ssl.key.password", "ssl.keystore.key", "A->B.sasl.jaas.config", "password",
        "log.level",
        "A.consumer.ssl.key.password", "A.sasl.password",
    ])
    func `explaining a secret shows dots`(key: String) {
        let explanation = loadConfiguration(Self.text, environment: ["S": Self.secret]).explain(key)
        #expect(explanation.value == "•••")
        #expect(explanation.isSecret)
        #expect(!"\(explanation)".contains(Self.secret))
    }
}
