// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import TernConfiguration

/// The rows of a control topic, as a follower takes them.
struct ControlRows: RowTable {
    private(set) var table = ControlTable()

    mutating func take(_ record: OwnedRecord) {
        guard let key = record.key else { return }
        table.take(key: key, value: record.value, at: record.offset)
    }
}

/// How far a flow has read its control topic.
struct ControlReading {
    /// As the last look at the target's topics found it.
    var isTopicThere = false
    /// The end up to which it was read last.
    var end: Int64 = 0
    /// Restarts that were ordered before this flow began to read are over.
    var restartsFrom: Int64?
    /// Made when there is something to read for the first time, and resting in between: a flow of which nobody orders anything has no
    /// client for it.
    var follower: TopicFollower<ControlRows>?
}

extension TopicFollower where Table == ControlRows {
    convenience init(_ flow: FlowConfiguration, traffic: ClientTraffic) {
        self.init(
            flow.controlTopic, partitionCount: 1, into: ControlRows(), purpose: "control", flow: "\(flow.name)",
            properties: flow.clients.targetConsumer, traffic: traffic,
            denial:
                "grant Read on topic \(flow.controlTopic) on \(flow.name.target): without it nobody knows what is paused"
        )
    }
}
