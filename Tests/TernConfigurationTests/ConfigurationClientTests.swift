// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

@Suite struct ConfigurationClientTests {
    private func load(_ text: String) -> LoadedConfiguration { loadConfiguration(twoClusters + text) }

    @Test(arguments: [
        ("request.timeout.ms = 40000", "socket.timeout.ms", "40000"),
        ("request.timeout.ms = 400000", "socket.timeout.ms", "300000"),
        ("metadata.max.age.ms = 60000", "topic.metadata.refresh.interval.ms", "60000"),
        ("metadata.max.age.ms = 60000", "metadata.max.age.ms", "180000"),
        ("reconnect.backoff.ms = 50", "reconnect.backoff.ms", "50"),
        ("reconnect.backoff.max.ms = 5000", "reconnect.backoff.max.ms", "5000"),
        ("connections.max.idle.ms = -1", "connections.max.idle.ms", "0"),
        ("send.buffer.bytes = -1", "socket.send.buffer.bytes", "0"),
        ("receive.buffer.bytes = 65536", "socket.receive.buffer.bytes", "65536"),
        ("fetch.min.bytes = 100", "fetch.min.bytes", "100"),
        ("fetch.max.wait.ms = 100", "fetch.wait.max.ms", "100"),
        ("fetch.max.bytes = 1000", "fetch.max.bytes", "1000"),
        ("max.partition.fetch.bytes = 1000", "max.partition.fetch.bytes", "1000"),
        ("client.rack = r1", "client.rack", "r1"),
        ("client.id = Me", "client.id", "Me"),
        ("check.crcs = TRUE", "check.crcs", "true"),
        ("isolation.level = read_uncommitted", "isolation.level", "read_uncommitted"),
        // librdkafka's own names pass.
        ("fetch.error.backoff.ms = 7", "fetch.error.backoff.ms", "7"),
        ("fetch.message.max.bytes = 7", "fetch.message.max.bytes", "7"),
        ("socket.keepalive.enable = true", "socket.keepalive.enable", "true"),
        ("debug = broker,fetch ", "debug", "broker,fetch"),
    ])
    func `a consumer's property reaches librdkafka by its name`(text: String, name: String, value: String) throws {
        #expect(try #require(load("A.consumer." + text).flow("A", "B")).consumerProperties[name] == value)
    }

    @Test(arguments: [
        ("batch.size = 100", "batch.size", "100"),
        ("batch.size = 0", "batch.size", "1"),
        ("linger.ms = 10", "linger.ms", "10"),
        ("compression.type = ZSTD", "compression.type", "zstd"),
        ("retry.backoff.ms = 5", "retry.backoff.ms", "5"),
        ("request.timeout.ms = 40000", "request.timeout.ms", "40000"),
        ("batch.num.messages = 5", "batch.num.messages", "5"),
        ("message.copy.max.bytes = 5", "message.copy.max.bytes", "5"),
    ])
    func `a producer's property reaches librdkafka by its name`(text: String, name: String, value: String) throws {
        #expect(try #require(load("B.producer." + text).flow("A", "B")).producerProperties[name] == value)
    }

    @Test(arguments: [
        ("zstd", "compression.zstd.level = 5", "5"), ("zstd", "compression.zstd.level = 19", "12"),
        ("gzip", "compression.gzip.level = 9", "9"), ("lz4", "compression.lz4.level = 17", "12"),
        ("lz4", "compression.zstd.level = 5", nil), ("none", "compression.gzip.level = 9", nil),
    ])
    func `a compression level counts for its codec alone`(codec: String, text: String, level: String?) throws {
        let flow = try #require(
            load("B.producer.compression.type = \(codec)\nB.producer.\(text)").flow("A", "B"))
        #expect(flow.producerProperties["compression.level"] == level)
    }

    @Test(arguments: [
        "A.consumer.group.id", "A.consumer.enable.auto.commit", "A.consumer.enable.auto.offset.store",
        "A.consumer.enable.partition.eof", "A.consumer.allow.auto.create.topics", "B.producer.enable.idempotence",
        "B.producer.acks", "B.producer.request.required.acks", "B.producer.retries",
        "B.producer.message.send.max.retries",
        "B.producer.max.in.flight.requests.per.connection", "B.producer.max.in.flight", "B.producer.message.timeout.ms",
        "B.producer.delivery.timeout.ms", "B.producer.transactional.id", "B.producer.enable.gapless.guarantee",
        "B.producer.plugin.library.paths", "A.consumer.queued.min.messages", "B.producer.message.max.bytes",
        "B.producer.queue.buffering.max.kbytes", "A.consumer.log.queue", "A.consumer.statistics.interval.ms",
    ])
    func `what the guarantees rest on is not passed on, with one warning`(key: String) throws {
        let loaded = load("\(key) = 1")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 1)
        #expect(
            loaded.warnings.first?.hasPrefix("mm2.properties:5: \(key): not passed on, the setting is Tern's own: ")
                == true)
        let flow = try #require(loaded.flow("A", "B"))
        let name = String(key.drop { $0 != "." }.dropFirst().drop { $0 != "." }.dropFirst())
        #expect(flow.consumerProperties[name] == nil)
        #expect(flow.producerProperties[name] == nil)
    }

    @Test func `where reading starts is Tern's to apply`() throws {
        let flow = try #require(load("A.consumer.auto.offset.reset = latest").flow("A", "B"))
        #expect(flow.start == .latest)
        #expect(flow.consumerProperties["auto.offset.reset"] == nil)
        #expect(
            load("A.consumer.auto.offset.reset = by_duration:P1D").errors == [
                "mm2.properties:5: A.consumer.auto.offset.reset: \"by_duration:P1D\" is none of earliest, latest, none"
            ])
    }

    @Test(arguments: [
        "A.consumer.fetch.min.bytes = many", "B.producer.linger.ms = 5ms", "B.producer.compression.type = brotli",
        "A.consumer.isolation.level = committed", "A.security.protocol = TLS", "A.bootstrap.servers = host",
        "A.bootstrap.servers =", "A.bootstrap.servers = host:99999", "A.bootstrap.servers = host:0",
    ])
    func `a value that cannot be is one error`(text: String) {
        let loaded = load(text)
        #expect(loaded.errors.count == 1)
        #expect(loaded.errors.first?.hasPrefix("mm2.properties:5: ") == true)
        #expect(loaded.configuration == nil)
    }

    @Test func `numbers outside of librdkafka's range are clamped, with one warning`() {
        let loaded = load("A.consumer.request.timeout.ms = 400000")
        #expect(
            loaded.warnings == [
                "mm2.properties:5: A.consumer.request.timeout.ms: 400000 is outside of what librdkafka takes, 10 to 300000: "
                    + "300000 is used"
            ])
    }

    @Test func `servers are joined without blanks, with IPv6 and Java's protocols`() {
        let loaded = load("A.bootstrap.servers = a:1 , [::1]:2,PLAINTEXT://c:3")
        #expect(loaded.configuration?.clusters.first?.bootstrapServers == "a:1,[::1]:2,PLAINTEXT://c:3")
    }

    @Test func `admin clients get what concerns them`() throws {
        let loaded = load("A.admin.request.timeout.ms = 5000\nA.consumer.fetch.min.bytes = 3\nA.client.rack = r")
        let cluster = try #require(loaded.configuration?.clusters.first)
        #expect(cluster.adminProperties["socket.timeout.ms"] == "5000")
        #expect(cluster.adminProperties["fetch.min.bytes"] == nil)
        #expect(try #require(loaded.flow("A", "B")).sourceAdminProperties["socket.timeout.ms"] == "5000")
    }
}
