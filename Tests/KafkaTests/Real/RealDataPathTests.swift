// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite(.needsBrokers) struct RealDataPathTests {
    static let directions: [(BrokerLine, BrokerLine)] =
        KafkaDistribution.old == nil ? [(.current, .current)] : [(.old, .current), (.current, .old)]

    @Test(arguments: directions)
    func `records pass between an old and a new cluster byte for byte`(
        from: BrokerLine, to: BrokerLine
    ) async throws {
        let (source, target) = (try await from.cluster(), try await to.cluster())
        let topic = TopicName("bytes-from-\(from)-to-\(to)")
        // Some records are years old: with the default retention a broker deletes them while the test looks.
        try await source.createTopic(topic, partitions: 3, configuration: [("retention.ms", "-1")])
        try await target.createTopic(topic, partitions: 3, configuration: [("retention.ms", "-1")])
        let shapes = MirrorLoopTests.shapes.map { shape in
            var record = shape
            record.topic = topic
            return record
        }
        try Witness.write(shapes, to: source.bootstrapServers)
        try RawMirror.run(
            topic: topic, partitions: 3, from: source.bootstrapServers, to: target.bootstrapServers)
        let before = try Witness.records(of: topic, partitions: 3, at: source.bootstrapServers)
        let after = try Witness.records(of: topic, partitions: 3, at: target.bootstrapServers)
        #expect(before.map(\.content) == shapes.sorted { $0.partition < $1.partition }.map(\.content))
        #expect(after.map(\.content) == before.map(\.content))
    }

    @Test func `a refused record among many ends a gapless producer, and nothing stands behind the gap`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        try await cluster.createTopic("gapless-real", configuration: [("max.message.bytes", "20000")])
        let producer = try Producer(
            .testProducer(
                cluster.bootstrapServers,
                ["enable.gapless.guarantee": "true", "batch.size": "2000", "message.max.bytes": "1000000"]),
            clientID: "gapless")
        defer { producer.close(purging: true) }
        let topic = try producer.topic(named: "gapless-real")
        var fatal: KafkaError?
        var acknowledged: Set<UInt64> = []
        var refused: [UInt64: KafkaErrorCode] = [:]
        func serve() {
            producer.pollDeliveries(within: .milliseconds(10)) { delivery in
                switch delivery.outcome {
                case .acknowledged: acknowledged.insert(delivery.token)
                case .failed(let code, _): refused[delivery.token] = code
                }
            }
            fatal = fatal ?? producer.takeFailures().first { $0.isFatal }
        }
        var sent: UInt64 = 0
        while fatal == nil, sent < 100_000 {
            let size = sent == 200 ? 30_000 : 100
            do {
                try producer.enqueue(
                    key: nil, value: Array("\(sent) ".utf8) + [UInt8](repeating: 7, count: size), to: topic,
                    partition: 0, token: sent)
                sent += 1
            } catch {
                #expect(error.remedy == .recreateClient)
                break
            }
            if sent % 50 == 0 { serve() }
        }
        // The reports of the refused batch come behind the error.
        try eventually(polling: {
            serve()
            return fatal != nil && refused[200] != nil
        })
        #expect(fatal?.code == ._gaplessGuarantee)
        #expect(refused[200] == .msgSizeTooLarge)
        producer.purge()
        serve()
        let written = try Witness.records(of: "gapless-real", partitions: 1, at: cluster.bootstrapServers)
        let numbers = written.compactMap {
            $0.value.flatMap { UInt64(String(decoding: $0.prefix { $0 != 32 }, as: UTF8.self)) }
        }
        #expect(numbers == Array(0..<UInt64(numbers.count)))
        #expect(numbers.count <= 200)
        #expect(acknowledged.allSatisfy { $0 < 200 })
    }

    @Test func `a position before the start of the log is one failure with that position, and others go on`()
        async throws
    {
        let cluster = try await BrokerLine.current.cluster()
        try await cluster.createTopic("trimmed", partitions: 2)
        try Witness.write(
            (0..<20).map { .sample("trimmed", $0 % 2, value: "\($0)") }, to: cluster.bootstrapServers)
        let (p0, p1) = (TopicPartition("trimmed", 0), TopicPartition("trimmed", 1))
        try await cluster.withAdmin { admin in
            let cut = try await admin.deleteRecords(before: [p0: 5], within: patience)
            let start = try cut[p0]?.get()
            #expect(start == 5)
        }
        let consumer = try Consumer(.testConsumer(cluster.bootstrapServers), clientID: "trimmed")
        defer { #expect(consumer.close(by: .now + .seconds(10))) }
        try consumer.assign([(p0, .at(2)), (p1, .beginning)])
        var failures: [(KafkaErrorCode, TopicPartition?, Int64?)] = []
        var records = 0
        try eventually(
            within: patience,
            polling: {
                guard let event = consumer.nextEvent(within: .milliseconds(100)) else { return false }
                switch consume event {
                case .record(let record): records += record.partition == 1 ? 1 : 100
                case .failure(let error, let partition, let offset): failures.append((error.code, partition, offset))
                case .partitionEnd: break
                }
                return records == 10 && !failures.isEmpty
            })
        #expect(failures.count == 1)
        #expect(failures.first?.0 == ._autoOffsetReset)
        #expect(failures.first?.1 == p0)
        #expect(failures.first?.2 == 2)
    }

    @Test func `the offsets of a handle are those of its isolation level`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        try await cluster.createTopic("isolation")
        let partition = TopicPartition("isolation", 0)
        try Witness.write([.sample("isolation", 0, value: "plain")], to: cluster.bootstrapServers)
        for level in ["read_committed", "read_uncommitted"] {
            var properties = ClientProperties.testing(cluster.bootstrapServers)
            properties["isolation.level"] = level
            let end = try await withAdmin(properties) { admin in
                try await admin.offsets(.end, of: [partition], within: patience)[partition]?.get()
            }
            #expect(end == 1, Comment(rawValue: level))
        }
    }

    @Test func `a broker that is stopped and started again has kept its records and its port`() async throws {
        let distribution = try #require(KafkaDistribution.found)
        let cluster = try await RealCluster.start(distribution)
        try await cluster.createTopic("kept")
        try Witness.write([.sample("kept", 0, value: "before")], to: cluster.bootstrapServers)
        try await cluster.stop()
        #expect(cluster.processIDs.isEmpty)
        try await cluster.restart()
        try Witness.write([.sample("kept", 0, value: "after")], to: cluster.bootstrapServers)
        let records = try Witness.records(of: "kept", partitions: 1, at: cluster.bootstrapServers)
        #expect(records.map { $0.value.map { String(decoding: $0, as: UTF8.self) } } == ["before", "after"])
        try await cluster.close()
    }

    @Test func `asking about a topic creates none, even where brokers create what a producer names`() async throws {
        let distribution = try #require(KafkaDistribution.found)
        let options = RealCluster.Options(properties: ["auto.create.topics.enable": "true"])
        let cluster = try await RealCluster.start(distribution, options)
        let missing = TopicPartition("asked-about", 0)
        let topics = try await cluster.withAdmin { admin in
            _ = try await admin.offsets(.end, of: [missing], within: patience)
            _ = try await admin.describeConfigurations(topics: ["asked-about"], within: patience)
            let consumer = try Consumer(.testConsumer(cluster.bootstrapServers), clientID: "asks")
            try consumer.assign([(missing, .beginning)])
            for _ in 0..<5 { _ = consumer.nextEvent(within: .milliseconds(100)) }
            consumer.close(by: .now + .seconds(5))
            return try await admin.topics(within: patience).map(\.name)
        }
        #expect(!topics.contains("asked-about"))
        try await cluster.close()
    }

    @Test func `three brokers go on without the one that led the partition`() async throws {
        let distribution = try #require(KafkaDistribution.found)
        let cluster = try await RealCluster.start(distribution, RealCluster.Options(brokers: 3))
        try await cluster.createTopic("moving")
        let leader = try await cluster.withAdmin { admin in
            try await admin.topics(within: patience).first { $0.name == "moving" }?.partitions.first?.leader
        }
        try Witness.write([.sample("moving", 0, value: "before")], to: cluster.bootstrapServers)
        try await cluster.kill(broker: Int(try #require(leader)) - 1)
        try Witness.write(
            [.sample("moving", 0, value: "after")], to: cluster.bootstrapServers, within: .seconds(60))
        let records = try Witness.records(
            of: "moving", partitions: 1, at: cluster.bootstrapServers, within: .seconds(60))
        #expect(records.count == 2)
        try await cluster.close()
    }
}
