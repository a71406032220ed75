// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Synchronization

/// A stored place in a source partition.
struct StoredProgress: Sendable, Equatable {
    /// Of the last record that was mirrored.
    var offset: Int64
    var witness: Witness?
}

/// Reads the progress topic from its beginning: the last row of each key counts.
///
/// It is made before the lanes are assigned and read to its end again when they are, since only then the previous owner
/// has written its last row (fence, then read).
final class ProgressReader: Sendable {
    private let topic: ProgressTopicConfiguration
    private let source: ClusterAlias
    private let properties: ClientProperties
    private let clientID: String

    init(_ topic: ProgressTopicConfiguration, flow: FlowName, properties: ClientProperties) {
        self.topic = topic
        source = flow.source
        clientID = "tern|\(flow)|progress"
        var properties = properties
        properties["group.id"] = clientID
        properties["enable.auto.commit"] = "false"
        properties["enable.partition.eof"] = "true"
        properties["auto.offset.reset"] = "error"
        // A worker that runs exactly-once writes its rows in transactions.
        properties["isolation.level"] = "read_committed"
        self.properties = properties
    }

    /// All rows up to the ends that the partitions have now; blocks.
    /// - Parameter partitionCount: what the topic has, which may differ from what a new one would get.
    func read(partitionCount: Int32, by deadline: ContinuousClock.Instant) async throws -> [TopicPartition:
        StoredProgress]
    {
        try await ThreadExecutor.shared.run { [self] () throws -> [TopicPartition: StoredProgress] in
            let consumer = try Consumer(properties, clientID: clientID)
            defer { _ = consumer.close(by: .now + .seconds(5)) }
            try consumer.assign((0..<partitionCount).map { (TopicPartition(topic.name, $0), .beginning) })
            var rows: [TopicPartition: StoredProgress] = [:]
            var atEnd: Set<Int32> = []
            while atEnd.count < Int(partitionCount) {
                guard ContinuousClock.now < deadline else {
                    throw ProgressError(
                        reason:
                            "\(topic.name) was not read to its end in time: \(atEnd.count) of \(partitionCount) partitions"
                    )
                }
                guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
                switch consume event {
                case .record(let record): take(record, into: &rows)
                case .partitionEnd(let partition, _): atEnd.insert(partition.partition)
                case .failure(let error, let partition, _):
                    if let partition, partition.topic == topic.name { throw error }
                case .log: break
                }
            }
            return rows
        }
    }

    private func take(_ record: borrowing Record, into rows: inout [TopicPartition: StoredProgress]) {
        let owned = record.detached()
        guard let key = owned.key, let row = SourceOffsetRow.parseKey(key),
            row.connector == topic.connectorName, row.cluster == source
        else { return }
        let place = TopicPartition(row.topic, row.partition)
        guard let value = owned.value, let offset = SourceOffsetRow.parseValue(value), offset >= 0 else {
            rows[place] = nil
            return
        }
        let witness = owned.headers.last { $0.name == Array(Witness.headerName.utf8) }?.value
        rows[place] = StoredProgress(offset: offset, witness: witness.flatMap(Witness.init(encoded:)))
    }
}

/// Progress could not be read, so nothing may start.
struct ProgressError: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
