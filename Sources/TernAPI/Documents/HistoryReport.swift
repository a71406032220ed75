// SPDX-License-Identifier: Apache-2.0

/// Lag and rates of the last minutes, hours or day: `GET /api/v1/history`.
public struct HistoryReport: ReportDocument {
    public static let name = "HistoryReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case range
        case stepSeconds = "step_seconds"
        case series
    }
    public typealias Key = CodingKeys
    public static let members: [Member<HistoryReport>] = [
        .init(.generatedAt, \.generatedAt, "the moment of the last value of each list"),
        .init(.range, \.range, "how far back it goes", words: HistoryWords.ranges),
        .init(.stepSeconds, \.stepSeconds, "seconds from one value to the next"),
        .init(.series, \.series, "a flow's own first, then its topics, each with its partitions"),
    ]

    public var generatedAt: DateTime
    public var range: String
    public var stepSeconds: Int64
    public var series: [Series]

    public init(generatedAt: DateTime, range: String, stepSeconds: Int64, series: [Series]) {
        self.generatedAt = generatedAt
        self.range = range
        self.stepSeconds = stepSeconds
        self.series = series
    }
}

extension HistoryReport {
    public struct Series: Document {
        public static let name = "Series of a history report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target, topic, partition
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case recordsPerSecond = "records_per_second"
            case bytesPerSecond = "bytes_per_second"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Series>] = [
            .init(.source, \.source, "the cluster that is read"),
            .init(.target, \.target, "the cluster that is written"),
            .init(.topic, \.topic, "the source's name for the topic; not there in a flow's own", omitsNull: true),
            .init(.partition, \.partition, "the partition's number; not there in a topic's own", omitsNull: true),
            .init(
                .lagRecords, \.lagRecords,
                "oldest first; the worst within a step, and null when it was unknown or nothing was recorded"),
            .init(.lagSeconds, \.lagSeconds, "the same, in seconds"),
            .init(
                .recordsPerSecond, \.recordsPerSecond, "the mean within a step; not there for partitions",
                omitsNull: true),
            .init(.bytesPerSecond, \.bytesPerSecond, "the mean within a step; for flows only", omitsNull: true),
        ]

        public var source: String
        public var target: String
        public var topic: String?
        public var partition: Int64?
        public var lagRecords: [Int64?]
        public var lagSeconds: [Double?]
        public var recordsPerSecond: [Double?]?
        public var bytesPerSecond: [Double?]?

        public init(
            source: String, target: String, topic: String? = nil, partition: Int64? = nil, lagRecords: [Int64?],
            lagSeconds: [Double?], recordsPerSecond: [Double?]? = nil, bytesPerSecond: [Double?]? = nil
        ) {
            self.source = source
            self.target = target
            self.topic = topic
            self.partition = partition
            self.lagRecords = lagRecords
            self.lagSeconds = lagSeconds
            self.recordsPerSecond = recordsPerSecond
            self.bytesPerSecond = bytesPerSecond
        }
    }
}

/// The words of the parameters of `/api/v1/history`.
public enum HistoryWords {
    public static let ranges = ["10m", "1h", "24h"]
}
