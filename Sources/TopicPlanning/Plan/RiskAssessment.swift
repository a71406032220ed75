// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Says what the changes of one topic may break, from the values before and after all of them.
struct RiskAssessment {
    private let topic: ObservedTopic
    private let after: [String: String]

    /// `changes` are those of the topic together: whether a shorter retention deletes anything depends on the cleanup
    /// policy that holds then.
    init(of topic: ObservedTopic, changes: [TopicChange]) {
        self.topic = topic
        var after = topic.settings.compactMapValues(\.value)
        for change in changes {
            switch change {
            case .set(let name, _, let value): after[name] = value
            case .unset(let name, _, let below): after[name] = below?.value
            case .create, .addPartitions, .delete: break
            }
        }
        self.after = after
    }

    func risks(of change: TopicChange) -> [Risk] {
        switch change {
        case .create: []
        case .delete(let partitions):
            [
                Risk(
                    .deleteTopic,
                    "deletes the topic with all records of its \(partitions) partition\(partitions == 1 ? "" : "s")")
            ]
                + (ToolState.owner(of: topic.name).map {
                    [Risk(.deleteState, "by its name it holds the state of \($0), which is lost with it")]
                } ?? [])
        case .addPartitions(let from, let to):
            [
                Risk(
                    .addPartitions,
                    "keys that lie on \(from) partitions are spread over \(to): a key's later records go elsewhere")
            ]
        case .set(let name, let from, let to): risks(name, from: from?.value, to: to)
        case .unset(let name, let from, let to): risks(name, from: from.value, to: to?.value)
        }
    }

    private func risks(_ name: String, from: String?, to: String?) -> [Risk] {
        switch name {
        case "retention.ms", "retention.bytes", "delete.retention.ms": retention(name, from, to)
        case "cleanup.policy": cleanupPolicy(from, to)
        case "min.insync.replicas": minimum(from, to)
        case "unclean.leader.election.enable":
            to == "false"
                ? []
                : [
                    Risk(
                        .lowerDurability,
                        "a replica that is behind may become leader, and acknowledged records are lost then")
                ]
        case "max.message.bytes":
            isSmaller(name, from, to)
                ? [
                    Risk(
                        .shrinkMessageSize,
                        "batches above \(shown(name, to)) are refused, where \(shown(name, from)) were accepted")
                ] : []
        case "message.timestamp.before.max.ms", "message.timestamp.after.max.ms", "message.timestamp.difference.max.ms":
            isSmaller(name, from, to)
                ? [Risk(.restrictTimestamps, "records whose timestamp is more than \(shown(name, to)) off are refused")]
                : []
        case "message.timestamp.type":
            to == "LogAppendTime"
                ? [
                    Risk(
                        .restrictTimestamps, "records get the broker's time, and the timestamps they come with are lost"
                    )
                ] : []
        case "remote.storage.enable":
            to == "true" ? [] : [Risk(.dropTieredData, "what lies in tiered storage is no longer read")]
        case "remote.log.delete.on.disable":
            to == "true"
                ? [Risk(.dropTieredData, "what lies in tiered storage is deleted when tiering is switched off")] : []
        default: []
        }
    }

    private func retention(_ name: String, _ from: String?, _ to: String?) -> [Risk] {
        guard isSmaller(name, from, to) else { return [] }
        let policy = TopicSetting.elements(after["cleanup.policy"] ?? "delete")
        if name == "delete.retention.ms" {
            guard policy.contains("compact") else { return [] }
            return [
                Risk(
                    .reduceRetention, "a reader that is more than \(shown(name, to)) behind may miss deletions of keys")
            ]
        }
        guard policy.contains("delete") else { return [] }
        let what =
            name == "retention.ms"
            ? "records older than \(shown(name, to))" : "what is beyond \(shown(name, to)) of a partition"
        return [Risk(.reduceRetention, "\(what) are deleted soon after, where \(shown(name, from)) were kept")]
    }

    private func cleanupPolicy(_ from: String?, _ to: String?) -> [Risk] {
        let before = Set(TopicSetting.elements(from ?? "delete"))
        guard let to else {
            return [
                Risk(
                    .changeCleanupPolicy,
                    "the broker's default decides what is deleted, and the plan cannot see it")
            ]
        }
        let now = Set(TopicSetting.elements(to))
        var effects: [String] = []
        if now.contains("compact"), !before.contains("compact") {
            effects.append("older records of each key are removed and records without a key are refused")
        }
        if now.contains("delete"), !before.contains("delete") {
            let retention = after["retention.ms"].map { " (retention.ms \(shown("retention.ms", $0)))" } ?? ""
            effects.append("records are deleted by age and size\(retention)")
        }
        if before.contains("compact"), !now.contains("compact") { effects.append("keys are no longer compacted") }
        if before.contains("delete"), !now.contains("delete") { effects.append("nothing is deleted by age any more") }
        return effects.isEmpty ? [] : [Risk(.changeCleanupPolicy, effects.joined(separator: ", "))]
    }

    private func minimum(_ from: String?, _ to: String?) -> [Risk] {
        var risks: [Risk] = []
        if isSmaller("min.insync.replicas", from, to) {
            risks.append(
                Risk(
                    .lowerDurability,
                    "a record may be acknowledged with \(to ?? "the broker's default of") replicas, where \(from ?? "?") had to have it"
                ))
        }
        if let least = topic.leastInSync, let wanted = to.flatMap({ Int($0) }), wanted > least,
            wanted > (from.flatMap { Int($0) } ?? 0)
        {
            risks.append(
                Risk(
                    .blockWrites,
                    "only \(least) replica\(least == 1 ? " is" : "s are") in sync now: writes with acks=all are refused until \(wanted) are"
                ))
        }
        return risks
    }

    /// An unknown value on either side is taken as the risky case.
    private func isSmaller(_ name: String, _ from: String?, _ to: String?) -> Bool {
        guard let setting = TopicSettingCatalogue.setting(named: name) else { return false }
        guard let before = from.flatMap({ setting.magnitude($0) }), let after = to.flatMap({ setting.magnitude($0) })
        else {
            return true
        }
        return after < before
    }

    private func shown(_ name: String, _ raw: String?) -> String {
        guard let raw else { return "the broker's default" }
        return TopicSettingCatalogue.human(name, raw)
    }
}
