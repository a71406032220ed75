// SPDX-License-Identifier: Apache-2.0
import Kafka
import Platform
package import KafkaTypes
package import Mirroring
package import TernConfiguration

/// How closely both sides are compared.
package enum VerifyMode: String, Sendable, CaseIterable {
    /// Records are counted.
    case counts
    /// Ranges are compared by their digests.
    case hashes
    /// What differs by digest is compared record by record.
    case records
}

/// A topic of the source that is compared with its copy.
package struct VerifyTopic: Sendable {
    package var source: TopicName
    package var target: TopicName
    package var partitions: [PartitionScope]
    /// The target writes timestamps of its own.
    package var ignoresTimestamps: Bool
    package var forwarding: @Sendable (_ partition: Int32) -> RecordForwarding
    package var labels: LabelReader
    /// What the target refused and the flow set aside, and nobody has replayed: by partition the offsets on the source, and when these
    /// records were written, in milliseconds since 1970.
    package var quarantined: [Int32: [Int64: Int64]] = [:]

    package init(
        source: TopicName, target: TopicName, partitions: [PartitionScope], ignoresTimestamps: Bool,
        labels: LabelReader, forwarding: @escaping @Sendable (_ partition: Int32) -> RecordForwarding
    ) {
        self.source = source
        self.target = target
        self.partitions = partitions
        self.ignoresTimestamps = ignoresTimestamps
        self.labels = labels
        self.forwarding = forwarding
    }
}

/// How both sides are read.
package struct VerifySides: Sendable {
    /// In librdkafka's names.
    package var source: ClientProperties
    package var target: ClientProperties
    package var isolation: IsolationLevel
    package var flow: FlowName
    /// How long no record may come while some are to come.
    package var patience: Duration

    package init(_ flow: FlowConfiguration, patience: Duration) {
        source = flow.consumerProperties
        target = flow.clients.targetConsumer
        isolation = flow.isolation
        self.flow = flow.name
        self.patience = patience
    }

    /// Reads of the two sides, by clients that are named after what they are for.
    func scans(for purpose: String, stop: StopFlag) -> (source: LogScan, target: LogScan) {
        func scan(_ properties: ClientProperties, _ isolation: IsolationLevel, _ side: String) -> LogScan {
            LogScan(
                properties, isolation: isolation.rawValue, clientID: "tern|\(flow)|\(purpose)|\(side)",
                patience: patience, stop: stop)
        }
        return (scan(source, isolation, "source"), scan(target, .readCommitted, "target"))
    }
}
