// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// Follows the progress topic.
///
/// It starts with the flow, before any lane is assigned, so that the rows are there when one is; what a lane starts from is
/// read up to the ends that the topic has *then*, since only then the previous owner has written its last row (fence,
/// then read).
typealias ProgressFollower = TopicFollower<ProgressTable>

/// The progress of one flow, by source partition.
struct ProgressTable: RowTable {
    let connectorName: String
    let source: ClusterAlias
    private(set) var rows: [TopicPartition: StoredProgress] = [:]

    init(connectorName: String, source: ClusterAlias) {
        self.connectorName = connectorName
        self.source = source
    }

    mutating func take(_ record: OwnedRecord) {
        guard let key = record.key, let row = SourceOffsetRow.parseKey(key),
            row.connector == connectorName, row.cluster == source
        else { return }
        let place = TopicPartition(row.topic, row.partition)
        guard let value = record.value, let offset = SourceOffsetRow.parseValue(value), offset >= -1 else {
            rows[place] = nil
            return
        }
        let witness = record.headers.last { $0.name == Array(Witness.headerName.utf8) }?.value
        rows[place] = StoredProgress(offset: offset, witness: witness.flatMap(Witness.init(encoded:)))
    }
}

extension TopicFollower where Table == ProgressTable {
    /// - Parameter partitionCount: what the topic has, which an older MirrorMaker may have made.
    convenience init(
        _ topic: ProgressTopicConfiguration, partitionCount: Int32, flow: FlowName, properties: ClientProperties,
        traffic: ClientTraffic
    ) {
        self.init(
            topic.name, partitionCount: partitionCount,
            into: ProgressTable(connectorName: topic.connectorName, source: flow.source), purpose: "progress",
            flow: "\(flow)", properties: properties, traffic: traffic,
            denial: "grant Read on topic \(topic.name) on \(flow.target): no lane starts without progress")
    }
}
