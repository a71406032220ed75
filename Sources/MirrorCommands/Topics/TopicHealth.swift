// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring
internal import Text

/// How the replicas of a topic are: what `kafka-topics.sh` filters by.
struct TopicHealth: Sendable {
    let topic: TopicDescription
    /// `min.insync.replicas`; `nil` when it was not read.
    let minimum: Int?

    init(_ topic: TopicDescription, _ observed: ObservedTopic?) {
        self.topic = topic
        minimum = observed?.settings["min.insync.replicas"]?.value.flatMap { Int($0) }
    }

    /// Partitions with fewer replicas in sync than they have.
    var underReplicated: Int { topic.partitions.count { $0.inSyncReplicas.count < $0.replicas.count } }
    var leaderless: Int { topic.partitions.count { $0.leader == nil } }
    /// Partitions where writes with `acks=all` are refused; `nil` when that is not known.
    var underMinimum: Int? { minimum.map { least in topic.partitions.count { $0.inSyncReplicas.count < least } } }
    /// Partitions where they are refused once one more replica is lost.
    var atMinimum: Int? { minimum.map { least in topic.partitions.count { $0.inSyncReplicas.count == least } } }

    /// The worst, in a word and a number.
    var text: String {
        if leaderless > 0 { return "\(leaderless) without leader" }
        if let underMinimum, underMinimum > 0 { return "\(underMinimum) under min-isr" }
        if underReplicated > 0 { return "\(underReplicated) under-replicated" }
        return "ok"
    }

    var cell: TextTable.Cell {
        let isBad = leaderless > 0 || (underMinimum ?? 0) > 0
        return .text(text, isBad ? .bad : underReplicated > 0 ? .warning : .good)
    }

    var json: [JSONValue.Member] {
        [
            .init(name: "under_replicated_partitions", value: .integer(Int64(underReplicated))),
            .init(name: "leaderless_partitions", value: .integer(Int64(leaderless))),
            .init(name: "under_min_isr_partitions", value: .optional(underMinimum.map { Int64($0) })),
        ]
    }
}

/// The filters of `tern topic list`.
enum HealthFilter {
    static let underReplicated = Flag("under-replicated", "only topics with a replica that is behind")
    static let unavailable = Flag("unavailable", "only topics with a partition that has no leader")
    static let underMinimum = Flag("under-min-isr", "only topics where writes with acks=all are refused")
    static let atMinimum = Flag("at-min-isr", "only topics where they are refused once one more replica is lost")
    static let overridden = Flag("with-overrides", "only topics that have settings of their own")
    static let flags = [underReplicated, unavailable, underMinimum, atMinimum, overridden]

    static func needsSettings(_ invocation: Invocation) -> Bool {
        [underMinimum, atMinimum, overridden].contains { invocation.has($0) }
    }

    static func passes(_ topic: ObservedTopic?, _ health: TopicHealth, _ invocation: Invocation) -> Bool {
        if invocation.has(underReplicated), health.underReplicated == 0 { return false }
        if invocation.has(unavailable), health.leaderless == 0 { return false }
        if invocation.has(underMinimum), (health.underMinimum ?? 0) == 0 { return false }
        if invocation.has(atMinimum), (health.atMinimum ?? 0) == 0 { return false }
        if invocation.has(overridden), topic?.overrides.isEmpty ?? true { return false }
        return true
    }
}
