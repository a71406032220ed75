// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring

/// Reads a cluster as any consumer would: with nothing of the mirror in between.
enum DemoReader {
    private static let own = [Array("tern.origin".utf8), Array("tern.path".utf8)]

    /// Everything in the demo's topics, each partition from its beginning to its end.
    ///
    /// - Throws: `CommandFailure` when an end is not reached in time, `KafkaError` when a partition cannot be read.
    static func read(_ cluster: ClusterAlias, at bootstrapServers: String, within limit: Duration) throws
        -> [DemoSighting]
    {
        let consumer = try Consumer(
            [
                "bootstrap.servers": bootstrapServers, "fetch.wait.max.ms": "10", "auto.offset.reset": "error",
                "enable.partition.eof": "true", "log_level": "0",
            ], clientID: "demo-reader")
        defer { consumer.close(by: .now + .seconds(5)) }
        let partitions = DemoTopic.all.flatMap { topic in
            (0..<topic.partitionCount).map { TopicPartition(topic.name, $0) }
        }
        try consumer.assign(partitions.map { ($0, .beginning) })
        let deadline = ContinuousClock.now + limit
        var ended: Set<TopicPartition> = []
        var sightings: [DemoSighting] = []
        while ended.count < partitions.count {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .failed, code: "FAILED", "\(cluster) was not read to its end within \(limit)")
            }
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            switch consume event {
            case .record(let record): sightings.append(sighting(record.detached(), at: cluster))
            case .partitionEnd(let partition, _): ended.insert(partition)
            case .failure(let error, let partition, _): if partition != nil { throw error }
            }
        }
        return sightings
    }

    static func sighting(_ record: OwnedRecord, at cluster: ClusterAlias) -> DemoSighting {
        let marks = record.headers.filter { own.contains($0.name) }
        let origins = marks.filter { $0.name == own[0] }
        return DemoSighting(
            place: DemoPlace(cluster: cluster, topic: record.topic, partition: record.partition),
            offset: record.offset,
            checksum: DemoChecksum.of(
                key: record.key, value: record.value, headers: record.headers.filter { !own.contains($0.name) },
                timestamp: record.timestamp.milliseconds),
            // Each of Tern's headers occurs once.
            origin: origins.count == 1 ? origins[0].value.flatMap { OriginHeader($0) } : nil, isMarked: !marks.isEmpty)
    }
}
