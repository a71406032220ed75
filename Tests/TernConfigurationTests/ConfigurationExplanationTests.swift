// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationExplanationTests {
    private let loaded = loadConfiguration(
        twoClusters + """
            topics = orders
            A->B.tasks.max = 3
            A.consumer.fetch.min.bytes = 5
            B.offset.flush.interval.ms = 2000
            security.protocol = SSL
            B.producer.acks = 1
            topics.blacklist = x
            """)

    @Test(
        arguments: [
            ("topics", "orders", 5, nil),
            ("A->B.topics", "orders", 5, "topics"),
            ("B->A.topics", "orders", 5, "topics"),
            ("A->B.tasks.max", "3", 6, nil),
            ("A.consumer.fetch.min.bytes", "5", 7, nil),
            ("A->B.source.consumer.fetch.min.bytes", "5", 7, "A.consumer.fetch.min.bytes"),
            ("A->B.consumer.fetch.min.bytes", "5", 7, "A.consumer.fetch.min.bytes"),
            ("B.offset.flush.interval.ms", "2000", 8, nil),
            ("A->B.offset.flush.interval.ms", "2000", 8, "B.offset.flush.interval.ms"),
            ("A.security.protocol", "SSL", 9, "security.protocol"),
            ("A->B.producer.override.security.protocol", "SSL", 9, "security.protocol"),
            ("A->B.topics.exclude", "x", 11, "topics.blacklist"),
        ] as [(String, String, Int, String?)])
    func `a key is worth what its flow makes of it, and it is told where that stands`(
        key: String, value: String, line: Int, written: String?
    ) {
        let explanation = loaded.explain(key)
        #expect(explanation.isKnown)
        #expect(explanation.value == value)
        #expect(explanation.source == .file("mm2.properties", line: line))
        #expect(explanation.writtenKey == written)
    }

    @Test func `a key that nobody wrote has its default and its meaning`() {
        let explanation = loaded.explain("B->A.tasks.max")
        #expect(explanation.value == "1")
        #expect(explanation.source == .standard)
        #expect(explanation.type == "integer, 1 to 1000")
        #expect(explanation.standard == "1")
        #expect(explanation.origin == "Kafka")
        #expect(explanation.forms == ["tasks.max", "S->T.tasks.max"])
        #expect(explanation.documentation?.isEmpty == false)
        #expect(loaded.explain("http.listen").origin == "Tern")
        #expect(loaded.explain("replication.hops.max").value == nil)
    }

    @Test func `a key without effect says why, an unknown one what was meant`() {
        #expect(loaded.explain("consumer.fetch.min.bytes").remark?.contains("A.consumer.fetch.min.bytes") == true)
        #expect(loaded.explain("B.producer.acks").remark?.hasPrefix("the setting is Tern's own") == true)
        #expect(loaded.explain("A->B.transforms").remark?.hasPrefix("not supported") == true)
        let unknown = loaded.explain("topcis")
        #expect(!unknown.isKnown)
        #expect(unknown.nearest == "topics")
        #expect(unknown.value == nil)
        let native = loaded.explain("A.consumer.socket.keepalive.enable")
        #expect(native.isKnown)
        #expect(native.origin == "librdkafka")
    }

    @Test func `a file with errors is explained all the same`() {
        let broken = loadConfiguration("clusters = A\nlog.level = loud")
        #expect(broken.configuration == nil)
        #expect(broken.explain("log.level").value == "loud")
    }

    @Test(arguments: [
        ("sync.topics.configs.enabled", "sync.topic.configs.enabled"),
        ("sync.topics.acls.enabled", "sync.topic.acls.enabled"),
        ("A->B.sync.topics.configs.enabled", "A->B.sync.topic.configs.enabled"),
        ("refresh.topics.enable", "refresh.topics.enabled"),
    ])
    func `a misspelt key is never explained as a shorter one that it ends with`(key: String, meant: String) {
        let explanation = loaded.explain(key)
        #expect(!explanation.isKnown)
        #expect(explanation.documentation == nil)
        #expect(explanation.remark?.contains("did you mean \(meant)?") == true, "\(explanation.remark ?? "")")
        #expect(!loaded.explain("foo.enabled").isKnown)
    }
}
