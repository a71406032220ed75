// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// What a partition is called in the sentences that people read.
public struct PartitionNames: Sendable, Equatable {
    public var source: TopicPartition
    public var target: TopicPartition
    public var sourceCluster: ClusterAlias
    public var targetCluster: ClusterAlias

    public init(
        source: TopicPartition, target: TopicPartition, sourceCluster: ClusterAlias, targetCluster: ClusterAlias
    ) {
        self.source = source
        self.target = target
        self.sourceCluster = sourceCluster
        self.targetCluster = targetCluster
    }

    var atSource: String { "\(source) on \(sourceCluster)" }
    var atTarget: String { "\(target) on \(targetCluster)" }

    /// What every command about the partition begins its flags with.
    private var flags: String {
        "--flow '\(sourceCluster)->\(targetCluster)' --topic \(source.topic) --partition \(source.partition)"
    }
    /// Has the partition go on at the start of its log, or elsewhere.
    public func setProgress(_ place: String = "--to earliest") -> String {
        "tern progress set \(flags) \(place) --execute"
    }
    public var restart: String { "tern flow restart \(flags)" }
}

/// Why partitions stop, and what a person does about it: one place for all of these sentences.
extension PartitionStop {
    // MARK: the source

    public static func lostData(
        _ names: PartitionNames, from next: Int64, startsAt start: Int64, _ moment: Moment
    ) -> PartitionStop {
        let event =
            "\(names.atSource) now starts at \(start): \(start - next) offsets from \(next) on are gone before they were mirrored"
        return PartitionStop(
            state: .lostData, code: "OFFSET_OUT_OF_RANGE", offset: next, limit: start, since: moment.wallClock,
            text: "\(event). Accept the loss: \(names.setProgress())",
            loss: Loss(
                .logStartMoved, offsets: next..<max(next, start), count: max(0, start - next), event: event))
    }

    static func noProgress(_ names: PartitionNames, _ moment: Moment) -> PartitionStop {
        PartitionStop(
            state: .stopped, code: KafkaErrorCode._noOffset.name, offset: nil, limit: nil, since: moment.wallClock,
            text:
                "\(names.atSource) has no progress, and auto.offset.reset=none starts no partition without. Choose where it "
                + "begins: \(names.setProgress()), or --to latest; or set auto.offset.reset to earliest or latest")
    }

    static func sourceMissing(
        _ names: PartitionNames, _ code: KafkaErrorCode, _ next: Int64?, _ moment: Moment
    ) -> PartitionStop {
        PartitionStop(
            state: .sourceMissing, code: code.name, offset: next, limit: nil, since: moment.wallClock,
            text: "\(names.sourceCluster) has no \(names.source) any more; nothing is deleted on "
                + "\(names.targetCluster). If it comes back as the same log, mirroring goes on by itself. If its deletion "
                + "was meant: \(names.restart)")
    }

    static func otherRecord(
        _ names: PartitionNames, at witness: Int64, _ next: Int64?, _ moment: Moment
    ) -> PartitionStop {
        rewound(
            names, Loss(.recreated),
            "offset \(witness) of \(names.atSource) holds another record than the one that was mirrored: the topic was "
                + "recreated", next, moment)
    }

    static func truncated(
        _ names: PartitionNames, endsAt end: Int64, next: Int64, _ nextOffset: Int64?, _ moment: Moment
    ) -> PartitionStop {
        rewound(
            names, Loss(.truncated, offsets: end..<max(end, next)),
            "\(names.atSource) ends at \(end), before the next offset to mirror \(next): it was truncated or recreated",
            nextOffset, moment)
    }

    static func unproved(_ names: PartitionNames, _ next: Int64?, _ moment: Moment) -> PartitionStop {
        rewound(
            names, Loss(.unproved),
            "\(names.atSource) was deleted and is there again; nothing proves that it is the log that was mirrored",
            next,
            moment)
    }

    private static func rewound(
        _ names: PartitionNames, _ loss: Loss, _ cause: String, _ next: Int64?, _ moment: Moment
    ) -> PartitionStop {
        var loss = loss
        loss.event = cause
        return PartitionStop(
            state: .rewound, code: "LOG_CHANGED", offset: next, limit: nil, since: moment.wallClock,
            text:
                "\(cause). Choose where to go on: \(names.setProgress()) copies all that is there now; --to latest and "
                + "--offset N go on later", loss: loss)
    }

    static func foreignWitness(
        _ names: PartitionNames, _ witness: Witness, now id: String, _ next: Int64?, _ moment: Moment
    ) -> PartitionStop {
        PartitionStop(
            state: .rewound, code: "CLUSTER_ID_CHANGED", offset: next, limit: nil, since: moment.wallClock,
            text: "progress was made in cluster \(witness.clusterID), but \(names.sourceCluster) is now \(id). Point "
                + "\(names.sourceCluster).bootstrap.servers at the old cluster, or choose where to go on in this one: "
                + names.setProgress(),
            loss: Loss(.anotherCluster))
    }

    static func damaged(
        _ names: PartitionNames, _ code: KafkaErrorCode, _ offset: Int64, since: Int64, retryInterval: Duration
    ) -> PartitionStop {
        let what =
            code == ._notImplemented
            ? "is compressed by a codec that librdkafka does not know" : "is damaged: its checksum or its form is wrong"
        return PartitionStop(
            state: .stopped, code: code.name, offset: offset, limit: nil, since: since,
            text:
                "the batch at offset \(offset) of \(names.atSource) \(what). Repair the log on \(names.sourceCluster), or go on "
                + "behind the batch: \(names.setProgress("--offset LAST-OFFSET-OF-THE-BATCH"))\(again(retryInterval))"
        )
    }

    // MARK: the target

    static func targetReset(
        _ names: PartitionNames, acknowledged offset: Int64, after last: Int64, _ next: Int64?, _ moment: Moment
    ) -> PartitionStop {
        targetReset(
            names,
            "\(names.atTarget) acknowledged offset \(offset) after \(last): the topic was recreated or truncated",
            next: next, moment.wallClock)
    }

    /// The target's log is not the one that was written.
    /// - Parameters:
    ///   - event: what happened, in a sentence without its end.
    ///   - next: the next source offset to mirror; what is before it may be gone from the target.
    ///   - now: milliseconds since 1970.
    public static func targetReset(
        _ names: PartitionNames, _ event: String, next: Int64?, _ now: Int64
    ) -> PartitionStop {
        PartitionStop(
            state: .targetReset, code: "TARGET_RESET", offset: next, limit: nil, since: now,
            text: "\(event). Copy it again: \(names.setProgress())",
            loss: Loss(.targetReset, offsets: 0..<max(0, next ?? 0), event: event))
    }

    /// - Parameter limit: `max.message.bytes` of the target's topic.
    static func refused(
        _ names: PartitionNames, _ code: KafkaErrorCode, _ offset: Int64, limit: Int64, since: Int64,
        retryInterval: Duration
    ) -> PartitionStop {
        let isMissing = code == .unknownTopicOrPart
        return PartitionStop(
            state: isMissing ? .targetReset : .refused, code: code.name, offset: offset,
            limit: code == .msgSizeTooLarge ? limit : nil, since: since,
            text: advice(names, code, retry: retryInterval),
            loss: isMissing ? Loss(.targetMissing, offsets: 0..<offset) : nil)
    }

    /// Of the record itself: nobody has asked the target.
    static func unreadable(_ names: PartitionNames, _ offset: Int64, since: Int64) -> PartitionStop {
        PartitionStop(
            state: .refused, code: KafkaErrorCode._badMsg.name, offset: offset, limit: nil, since: since,
            text:
                "the headers of the record at offset \(offset) of \(names.atSource) cannot be read: librdkafka takes 100,000 at "
                + "most, and without them it is not copied. Go on behind it: \(names.setProgress("--offset \(offset)"))"
        )
    }

    private static func again(_ interval: Duration) -> String {
        "; it is tried again at least every \(interval.components.seconds) s"
    }

    /// One sentence: what was refused, and what to change.
    private static func advice(_ names: PartitionNames, _ code: KafkaErrorCode, retry: Duration) -> String {
        let place = names.atTarget
        let topic = names.target.topic
        let cluster = names.targetCluster
        let again = again(retry)
        return switch code {
        case .msgSizeTooLarge, .recordListTooLarge:
            "\(place) refuses the record as too large: raise max.message.bytes of \(topic) on \(cluster) (tern topic alter "
                + "\(topic) -c \(cluster) -s max.message.bytes=BYTES), or, where the source took it because it was "
                + "compressed, set \(cluster).producer.compression.type\(again)"
        case .invalidTimestamp:
            "\(place) refuses the record's timestamp: raise message.timestamp.before.max.ms or "
                + "message.timestamp.after.max.ms of \(topic) on \(cluster)\(again)"
        case .invalidRecord:
            "\(place) refuses the record, as a compacted topic refuses one without a key: change cleanup.policy of "
                + "\(topic) on \(cluster)\(again)"
        case .topicAuthorizationFailed:
            "\(place) refuses the write: grant Write on topic \(topic) to Tern's user, and see that no Deny rule takes it "
                + "away\(again)"
        case .unknownTopicOrPart:
            "\(place) does not exist any more. Tern creates it again at its next look at the topics; then copy it again: "
                + names.setProgress()
        case _ where PartitionMachine.Failure(code) == .other(code):
            "\(place) neither takes nor refuses the record (\(code.name))\(again)"
        default:
            "\(place) refuses the record (\(code.name))\(again)"
        }
    }

    // MARK: Tern itself

    static func broken(_ names: PartitionNames, _ rule: String, _ next: Int64?, _ moment: Moment) -> PartitionStop {
        PartitionStop(
            state: .unknown, code: "INTERNAL", offset: next, limit: nil, since: moment.wallClock,
            text:
                "Tern's own check of \(names.source) failed: \(rule). Nothing more is sent or noted for it. Go on from "
                + "its last progress: \(names.restart), and report this line")
    }
}

extension PartitionMachine.Failure {
    /// It tells of the whole topic, and likely of others as well: a permission that was taken away, a prefix that was deleted.
    public var isAboutTopic: Bool { self == .missing || self == .refused(.topicAuthorizationFailed) }

    /// What an error code of a delivery says about the record.
    public init(_ code: KafkaErrorCode) {
        switch code {
        case .msgSizeTooLarge, .invalidTimestamp, .invalidRecord, .topicAuthorizationFailed, .policyViolation,
            .recordListTooLarge, .unsupportedForMessageFormat, .invalidMsg:
            self = .refused(code)
        case .unknownTopicOrPart, ._unknownTopic, ._unknownPartition:
            self = .missing
        default: self = .other(code)
        }
    }
}

extension PartitionMachine {
    /// Stops a partition whose invariants do not hold: better one stopped partition than a silent fault, and better than
    /// the end of the process, which would stop all of them again and again.
    public mutating func stopIfBroken(_ moment: Moment, _ actions: inout [Action]) {
        guard let rule = violation else { return }
        isSingleInFlight = false
        rewind(&actions)
        halt(.broken(names, rule, ledger.nextOffset, moment), &actions)
    }
}
