// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
internal import Text

/// The settings that brokers of Kafka 3.9 and 4.3 know for topics: everything that reads, shows, checks or documents a
/// setting asks this one table.
///
/// Names, kinds and bounds are those that 3.9.1 and 4.3.1 print (`org.apache.kafka.storage.internals.log.LogConfig`) and
/// describe; a test against real brokers compares. Defaults are not listed: they differ between versions and clusters, and
/// a broker reports its own.
public enum TopicSettingCatalogue {
    /// In the order of their names.
    public static let settings: [TopicSetting] = storage + records + replication

    /// The setting of that exact name.
    public static func setting(named name: String) -> TopicSetting? { byName[name] }

    /// The known name that a misspelt one most likely stands for.
    public static func nearestName(to name: String) -> String? {
        NearestName.of(name, among: settings.lazy.map(\.name))
    }

    /// The candidate that a misspelt word most likely stands for.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        NearestName.of(word, among: candidates)
    }

    /// The human form of a setting's raw value; unknown settings are shown as they are.
    public static func human(_ name: String, _ raw: String) -> String {
        byName[name]?.human(raw) ?? raw
    }

    /// Whether two raw values mean the same to a broker.
    public static func isEqual(_ name: String, _ left: String, _ right: String) -> Bool {
        guard let setting = byName[name] else { return left.utf8.elementsEqual(right.utf8) }
        return setting.canonical(left).utf8.elementsEqual(setting.canonical(right).utf8)
    }

    private static let byName: [String: TopicSetting] = Dictionary(
        settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let forever = [("forever", "-1"), ("unlimited", "-1")]
    private static let unlimited = [("unlimited", "9223372036854775807"), ("forever", "9223372036854775807")]
    private static let inherit = [("inherit", "-2"), ("forever", "-1"), ("unlimited", "-1")]
    private static let largestInt: Int64 = 2_147_483_647

    private static let storage: [TopicSetting] = [
        TopicSetting(
            "cleanup.policy", .list(["compact", "delete"]), words: [("none", "")], broker: "log.cleanup.policy",
            "What happens to old records: delete drops whole segments by age and size, compact keeps the last of each key, none keeps all."
        ),
        TopicSetting(
            "compression.gzip.level", .count(minimum: 1, maximum: 9), words: [("standard", "-1")],
            broker: "compression.gzip.level", "How hard the broker tries when it compresses with gzip."),
        TopicSetting(
            "compression.lz4.level", .count(minimum: 1, maximum: 17), broker: "compression.lz4.level",
            "How hard the broker tries when it compresses with lz4."),
        TopicSetting(
            "compression.type", .choice(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
            broker: "compression.type", "How stored batches are compressed; producer keeps them as they came."),
        TopicSetting(
            "compression.zstd.level", .count(minimum: -131_072, maximum: 22), broker: "compression.zstd.level",
            "How hard the broker tries when it compresses with zstd."),
        TopicSetting(
            "delete.retention.ms", .duration(minimum: 0), broker: "log.cleaner.delete.retention.ms",
            "How long a tombstone stays readable in a compacted topic."),
        TopicSetting(
            "file.delete.delay.ms", .duration(minimum: 0), broker: "log.segment.delete.delay.ms",
            "How long a dropped segment stays on disk before its file is removed."),
        TopicSetting(
            "flush.messages", .count(minimum: 1, maximum: .max), words: unlimited,
            broker: "log.flush.interval.messages",
            "After how many records the log is forced to disk."),
        TopicSetting(
            "flush.ms", .duration(minimum: 0), words: unlimited, broker: "log.flush.interval.ms",
            "After how long the log is forced to disk."),
    ]

    private static let records: [TopicSetting] = [
        TopicSetting(
            "follower.replication.throttled.replicas", .throttledReplicas, broker: nil,
            "Replicas whose fetching is throttled while they are moved; written by the tool that moves them."),
        TopicSetting(
            "index.interval.bytes", .size(minimum: 0, maximum: largestInt), broker: "log.index.interval.bytes",
            "How many bytes of records one entry of the offset index stands for."),
        TopicSetting(
            "leader.replication.throttled.replicas", .throttledReplicas, broker: nil,
            "Replicas whose leader is throttled while they are moved; written by the tool that moves them."),
        TopicSetting(
            "local.retention.bytes", .size(minimum: 0, maximum: .max), words: inherit,
            broker: "log.local.retention.bytes",
            "With tiered storage: how much of a partition stays on the broker's own disk."),
        TopicSetting(
            "local.retention.ms", .duration(minimum: 0), words: inherit, broker: "log.local.retention.ms",
            "With tiered storage: how long records stay on the broker's own disk."),
        TopicSetting(
            "max.compaction.lag.ms", .duration(minimum: 1), words: unlimited,
            broker: "log.cleaner.max.compaction.lag.ms",
            "How long a record may stay uncompacted at most."),
        TopicSetting(
            "max.message.bytes", .size(minimum: 0, maximum: largestInt), broker: "message.max.bytes",
            "The largest batch of records that is accepted, after compression."),
        TopicSetting(
            "message.downconversion.enable", .flag, broker: "log.message.downconversion.enable",
            isDroppedByKafka4: true,
            "Whether records are converted for consumers that only know an older format."),
        TopicSetting(
            "message.format.version", .text, broker: "log.message.format.version", isDroppedByKafka4: true,
            "The record format of brokers before 3.0; without effect since."),
        TopicSetting(
            "message.timestamp.after.max.ms", .duration(minimum: 0), words: unlimited,
            broker: "log.message.timestamp.after.max.ms",
            "How far ahead of the broker's clock a record's timestamp may be; later ones are refused."),
        TopicSetting(
            "message.timestamp.before.max.ms", .duration(minimum: 0), words: unlimited,
            broker: "log.message.timestamp.before.max.ms",
            "How far behind the broker's clock a record's timestamp may be; older ones are refused."),
        TopicSetting(
            "message.timestamp.difference.max.ms", .duration(minimum: 0), words: unlimited,
            broker: "log.message.timestamp.difference.max.ms", isDroppedByKafka4: true,
            "How far a record's timestamp may be from the broker's clock; replaced by before.max and after.max."),
        TopicSetting(
            "message.timestamp.type", .choice(["CreateTime", "LogAppendTime"]), broker: "log.message.timestamp.type",
            "Whether a record keeps its producer's timestamp or gets the broker's."),
    ]

    private static let replication: [TopicSetting] = [
        TopicSetting(
            "min.cleanable.dirty.ratio", .ratio, broker: "log.cleaner.min.cleanable.ratio",
            "Which part of the log must be uncompacted before compaction starts."),
        TopicSetting(
            "min.compaction.lag.ms", .duration(minimum: 0), broker: "log.cleaner.min.compaction.lag.ms",
            "How long a record stays uncompacted at least."),
        TopicSetting(
            "min.insync.replicas", .count(minimum: 1, maximum: largestInt), broker: "min.insync.replicas",
            "How many replicas must have a record before a producer with acks=all is answered."),
        TopicSetting(
            "preallocate", .flag, broker: "log.preallocate",
            "Whether a segment's file gets its full size when it is created."),
        TopicSetting(
            "remote.log.copy.disable", .flag, broker: nil,
            "With tiered storage: no further segments are copied to it."),
        TopicSetting(
            "remote.log.delete.on.disable", .flag, broker: nil,
            "With tiered storage: what was copied is deleted when tiering is switched off."),
        TopicSetting(
            "remote.storage.enable", .flag, broker: nil,
            "Whether old segments go to tiered storage; the cluster must have it set up."),
        TopicSetting(
            "retention.bytes", .size(minimum: 0, maximum: .max), words: forever, broker: "log.retention.bytes",
            "How many bytes of a partition are kept before its oldest segments are deleted."),
        TopicSetting(
            "retention.ms", .duration(minimum: 0), words: forever, broker: "log.retention.ms",
            "How long records are kept before their segments are deleted."),
        TopicSetting(
            "segment.bytes", .size(minimum: 14, maximum: largestInt), broker: "log.segment.bytes",
            "How large a segment of a partition's log grows; deletion and compaction work on whole segments. Kafka 4 takes 1MiB and more."
        ),
        TopicSetting(
            "segment.index.bytes", .size(minimum: 4, maximum: largestInt), broker: "log.index.size.max.bytes",
            "The size of the index of one segment."),
        TopicSetting(
            "segment.jitter.ms", .duration(minimum: 0), broker: "log.roll.jitter.ms",
            "How far the time at which segments are rolled is scattered at most."),
        TopicSetting(
            "segment.ms", .duration(minimum: 1), broker: "log.roll.ms",
            "After how long a new segment is started, however small the last one is."),
        TopicSetting(
            "unclean.leader.election.enable", .flag, broker: "unclean.leader.election.enable",
            "Whether a replica that is not in sync may become leader: available again at the price of lost records."),
    ]
}
