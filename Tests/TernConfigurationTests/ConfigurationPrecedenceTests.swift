// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

/// Rows of MirrorMaker's rules; the layers themselves were also compared with Kafka 4.3.1's `MirrorMakerConfig` on random
/// files, aliases with dots, blanks and arrows included.
@Suite struct ConfigurationPrecedenceTests {
    private func flow(_ text: String) throws -> FlowConfiguration {
        let loaded = loadConfiguration(twoClusters + text)
        return try #require(loaded.flow("A", "B"), "\(loaded.problems)")
    }

    @Test func `a flow's key wins over the top level`() throws {
        let flow = try flow("replication.factor = 1\nA->B.replication.factor = 3\nB->A.replication.factor = 4")
        #expect(flow.replicationFactor == 3)
        #expect(try self.flow("tasks.max = 7").laneCount == 7)
    }

    @Test(arguments: [
        ("A.consumer.fetch.min.bytes = 5", "5"),
        ("A->B.consumer.fetch.min.bytes = 6", "6"),
        ("A->B.source.consumer.fetch.min.bytes = 7", "7"),
        // S->T.source.consumer > S.consumer > S->T.consumer
        ("A.consumer.fetch.min.bytes = 5\nA->B.consumer.fetch.min.bytes = 6", "5"),
        ("A.consumer.fetch.min.bytes = 5\nA->B.source.consumer.fetch.min.bytes = 7", "7"),
        // Neither the target's nor the top level's.
        ("B.consumer.fetch.min.bytes = 5", nil),
        ("consumer.fetch.min.bytes = 5", nil),
        ("A.fetch.min.bytes = 5", nil),
    ])
    func `the consumer's settings come from their places`(text: String, expected: String?) throws {
        #expect(try flow(text).consumerProperties["fetch.min.bytes"] == expected)
    }

    @Test(arguments: [
        ("B.producer.linger.ms = 5", "5"),
        ("A->B.producer.override.linger.ms = 6", "6"),
        ("B.producer.linger.ms = 5\nA->B.producer.override.linger.ms = 6", "6"),
        // MirrorMaker's own producers only, not that of the records.
        ("A->B.producer.linger.ms = 7", nil),
        ("A->B.target.producer.linger.ms = 7", nil),
        ("A.producer.linger.ms = 7", nil),
        ("B.producer.override.linger.ms = 7", nil),
        ("producer.linger.ms = 7", nil),
    ])
    func `the producer of the records has places of its own`(text: String, expected: String?) throws {
        #expect(try flow(text).producerProperties["linger.ms"] == expected)
    }

    @Test func `security of a cluster reaches all its clients, and wins over the flow's`() throws {
        let flow = try flow(
            "A.security.protocol = SSL\nsecurity.protocol = PLAINTEXT\nA->B.consumer.security.protocol = SASL_SSL")
        #expect(flow.clients.sourceConsumer["security.protocol"] == "ssl")
        #expect(flow.clients.sourceAdmin["security.protocol"] == "ssl")
        #expect(flow.clients.dataProducer["security.protocol"] == "plaintext")
        #expect(flow.clients.targetAdmin["security.protocol"] == "plaintext")
    }

    @Test func `one kind of client may differ from its cluster`() throws {
        let flow = try flow("B.producer.bootstrap.servers = b2:9092")
        #expect(flow.clients.dataProducer["bootstrap.servers"] == "b2:9092")
        #expect(flow.clients.targetAdmin["bootstrap.servers"] == "b1:9092")
    }

    @Test func `the top level stands in for clusters that say nothing themselves`() throws {
        let loaded = loadConfiguration(
            "clusters = A, B\nbootstrap.servers = x:1\nB.bootstrap.servers = y:2\nA->B.enabled=true")
        let flow = try #require(loaded.flow("A", "B"))
        #expect(flow.consumerProperties["bootstrap.servers"] == "x:1")
        #expect(flow.producerProperties["bootstrap.servers"] == "y:2")
        #expect(loaded.configuration?.clusters.map(\.bootstrapServers) == ["x:1", "y:2"])
    }

    @Test(arguments: [
        ("B.offset.flush.interval.ms = 5000", 5000),
        ("A.offset.flush.interval.ms = 5000", 1000),
        ("offset.flush.interval.ms = 5000", 1000),
        ("A->B.offset.flush.interval.ms = 5000", 1000),
    ])
    func `progress is flushed as the target says`(text: String, expected: Int) throws {
        #expect(try flow(text).flushInterval == .milliseconds(expected))
    }

    @Test func `families of worker keys win at the top level`() throws {
        let flow = try flow(
            """
            offset.storage.topic = progress
            B.offset.storage.topic = other
            B.offset.storage.partitions = 7
            task.shutdown.graceful.timeout.ms = 3000
            B.task.shutdown.graceful.timeout.ms = 4000
            """)
        #expect(flow.progressTopic.name == "progress")
        #expect(flow.progressTopic.partitionCount == 7)
        #expect(flow.shutdownTimeout == .seconds(3))
    }

    @Test func `a flow's own offsets topic goes before the worker's`() throws {
        let flow = try flow("A->B.offsets.storage.topic = mine\noffset.storage.topic = theirs\nA->B.name = X")
        #expect(flow.progressTopic.name == "mine")
        #expect(flow.progressTopic.connectorName == "X")
    }

    @Test func `use defaults from is the flow's alone`() throws {
        #expect(try !flow("use.defaults.from = source").topicSync.usesSourceDefaults)
        #expect(try flow("A->B.use.defaults.from = source").topicSync.usesSourceDefaults)
        #expect(try !flow("A->B.use.defaults.from = Source").topicSync.usesSourceDefaults)
    }

    @Test func `start and isolation follow the consumer's places`() throws {
        let flow = try flow("A.consumer.auto.offset.reset = latest\nA->B.consumer.isolation.level = read_uncommitted")
        #expect(flow.start == .latest)
        #expect(flow.isolation == .readUncommitted)
        #expect(flow.consumerProperties["isolation.level"] == "read_uncommitted")
        #expect(flow.consumerProperties["auto.offset.reset"] == nil)
    }

    @Test func `Tern's own keys have MirrorMaker's scopes`() throws {
        let flow = try flow(
            "replication.hops.max = 3\nA->B.replication.hops.max = 1\nemit.source.group.offsets = false\n"
                + "prefetch.max.bytes = 8388608")
        #expect(flow.maximumHops == 1)
        #expect(!flow.emitsSourceGroupOffsets)
        #expect(flow.limits.prefetchBytes == 8 << 20)
        #expect(try self.flow("").maximumHops == nil)
    }

    @Test func `later sources win: file, environment, command line`() {
        let text = twoClusters + "http.listen = 127.0.0.1:1\nlog.level = error\nlog.format = json"
        let loaded = loadConfiguration(
            text, environment: ["TERN_HTTP_LISTEN": "127.0.0.1:2", "TERN_LOG_LEVEL": "debug", "HOME": "/x"],
            overrides: ["http.listen=127.0.0.1:3", "A->B.topics=orders"])
        #expect(loaded.configuration?.http.listen?.port == 3)
        #expect(loaded.configuration?.log == LogConfiguration(level: .debug, format: .json))
        #expect(loaded.flow("A", "B")?.topics.include.entries == ["orders"])
        #expect(loaded.problems == [])
        #expect(loaded.explain("http.listen").source == .commandLine)
        #expect(loaded.explain("log.level").source == .environment("TERN_LOG_LEVEL"))
        #expect(loaded.explain("log.format").source == .file("mm2.properties", line: 7))
        #expect(loaded.explain("readiness").source == .standard)
    }

    @Test func `only keys of the process have variables`() {
        let loaded = loadConfiguration(
            twoClusters, environment: ["TERN_TOPICS": "x", "TERN_HTTP_LISTN": "x", "TERN_CONFIG": "x"])
        #expect(
            loaded.warnings == [
                "TERN_HTTP_LISTN: matches no key: only keys of the process have variables; did you mean TERN_HTTP_LISTEN?",
                "TERN_TOPICS: matches no key: only keys of the process have variables, other keys are set with "
                    + "--set KEY=VALUE",
            ])
    }

    @Test func `an override splits behind an alias that has an equals sign`() {
        let loaded = loadConfiguration(
            "clusters = a=b, c\na\\=b.bootstrap.servers = x:1\nc.bootstrap.servers = y:1\na\\=b->c.enabled = true",
            overrides: ["a=b->c.topics=x=y", "a=b.client.id=q"])
        #expect(loaded.flow("a=b", "c")?.topics.include.entries == ["x=y"])
        #expect(loadConfiguration(twoClusters, overrides: ["nonsense"]).errors.count == 1)
        #expect(loadConfiguration(twoClusters, overrides: ["=x"]).errors.count == 1)
    }

    @Test(arguments: [nil, ["A"]] as [[ClusterAlias]?])
    func `the topics in which flows keep their progress are not mirrored, whatever they are called`(
        clusters: [ClusterAlias]?
    ) throws {
        let text = """
            clusters = A, B, C
            A.bootstrap.servers = a:1
            B.bootstrap.servers = b:1
            C.bootstrap.servers = c:1
            A->B.enabled = true
            B->A.enabled = true
            C->A.enabled = true
            emit.heartbeats.enabled = false
            offset.storage.topic = progress
            A->B.offsets.storage.topic = of-a
            """
        // Also when this process runs only the flows to A.
        let loaded = loadConfiguration(text, clusters: clusters)
        let back = try #require(loaded.flow("B", "A"))
        func verdict(_ topic: TopicName, _ flow: FlowConfiguration) -> TopicSelection.Verdict {
            flow.topics.selects(topic, naming: flow.naming, target: flow.name.target)
        }
        #expect(verdict("of-a", back) == .internalTopic)
        #expect(verdict("progress", back) == .selected)  // no flow keeps anything under that name on B
        #expect(verdict("progress", try #require(loaded.flow("C", "A"))) == .selected)
        guard clusters == nil else { return }
        #expect(verdict("progress", try #require(loaded.flow("A", "B"))) == .internalTopic)
    }
}
