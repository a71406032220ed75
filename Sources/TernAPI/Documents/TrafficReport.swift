// SPDX-License-Identifier: Apache-2.0

/// What flows have on the network, and what it costs: `GET /api/v1/traffic`, and the `data` of `tern traffic -o json`.
public struct TrafficReport: ReportDocument {
    public static let name = "TrafficReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case snapshotAgeSeconds = "snapshot_age_seconds"
        case flows
    }
    public typealias Key = CodingKeys
    public static let members: [Member<TrafficReport>] = [
        .init(.generatedAt, \.generatedAt, "when these figures were measured"),
        .init(.snapshotAgeSeconds, \.snapshotAgeSeconds, "how long ago that was, in seconds", isVolatile: true),
        .init(.flows, \.flows, "the flows that are enabled, by name; the lanes of this daemon only"),
    ]

    public var generatedAt: DateTime
    public var snapshotAgeSeconds: Double
    public var flows: [Flow]

    public init(generatedAt: DateTime, snapshotAgeSeconds: Double, flows: [Flow]) {
        self.generatedAt = generatedAt
        self.snapshotAgeSeconds = snapshotAgeSeconds
        self.flows = flows
    }
}

extension TrafficReport {
    /// One side of a flow.
    public struct Side: Document {
        public static let name = "Side of a traffic report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case wireBytes = "wire_bytes"
            case progressBytes = "progress_bytes"
            case recordBytes = "record_bytes"
            case compressionRatio = "compression_ratio"
            case savedBytes = "saved_bytes"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Side>] = [
            .init(
                .wireBytes, \.wireBytes,
                "bytes on the network: got from the source, or sent to the target; compressed, before encryption"),
            .init(
                .progressBytes, \.progressBytes,
                "those of them that are requests for positions and single records; of the target's side only",
                omitsNull: true),
            .init(.recordBytes, \.recordBytes, "bytes of the records: key and value, uncompressed"),
            .init(
                .compressionRatio, \.compressionRatio,
                "`record_bytes` for each byte on the network, without `progress_bytes`; null before there are both"),
            .init(
                .savedBytes, \.savedBytes,
                "by how much the network carried less than the records have; 0 where it carried more, null before there are both"
            ),
        ]

        public var wireBytes: Int64
        public var progressBytes: Int64?
        public var recordBytes: Int64
        public var compressionRatio: Double?
        public var savedBytes: Int64?

        public init(wireBytes: Int64, progressBytes: Int64? = nil, recordBytes: Int64) {
            self.wireBytes = wireBytes
            self.progressBytes = progressBytes
            self.recordBytes = recordBytes
        }
    }

    /// What was read and not sent, on purpose.
    public struct Discarded: Document {
        public static let name = "Discarded records of a traffic report"
        public enum CodingKeys: String, CodingKey, CaseIterable { case reason, records, bytes }
        public typealias Key = CodingKeys
        public static let members: [Member<Discarded>] = [
            .init(
                .reason, \.reason,
                "`cycle`: it has been on the target; `direct`: a direct flow carries it; `hops`: replication.hops.max"),
            .init(.records, \.records, "how many"),
            .init(.bytes, \.bytes, "their keys and values, uncompressed"),
        ]

        public var reason: String
        public var records: Int64
        public var bytes: Int64

        public init(reason: String, records: Int64, bytes: Int64) {
            self.reason = reason
            self.records = records
            self.bytes = bytes
        }
    }

    public struct Topic: Document {
        public static let name = "Topic of a traffic report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case topic
            case fetchedBytes = "fetched_bytes"
            case replicatedBytes = "replicated_bytes"
            case discardedBytes = "discarded_bytes"
            case share, cost
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Topic>] = [
            .init(.topic, \.topic, "the source's name for it"),
            .init(.fetchedBytes, \.fetchedBytes, "bytes of the records that were read: key and value, uncompressed"),
            .init(.replicatedBytes, \.replicatedBytes, "those that the target acknowledged"),
            .init(.discardedBytes, \.discardedBytes, "those that were discarded on arrival"),
            .init(
                .share, \.share,
                "its part of the flow's record bytes on the billable side, 0 to 1; null before there are any"),
            .init(.cost, \.cost, "the same part of the flow's cost; null without a price"),
        ]

        public var topic: String
        public var fetchedBytes: Int64
        public var replicatedBytes: Int64
        public var discardedBytes: Int64
        public var share: Double?
        public var cost: Double?

        public init(topic: String, fetchedBytes: Int64, replicatedBytes: Int64, discardedBytes: Int64) {
            self.topic = topic
            self.fetchedBytes = fetchedBytes
            self.replicatedBytes = replicatedBytes
            self.discardedBytes = discardedBytes
        }
    }
}
