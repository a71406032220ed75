// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import KafkaTypes
internal import Text

/// What of a source topic's records its target would refuse, or delete at once: asked before a flow first copies a topic.
public struct TargetLimitsCheck: Sendable, Hashable {
    /// One setting of the target that is narrower than the source's records need.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        public enum Severity: String, Sendable, Hashable {
            /// Records would be missing.
            case warning
            case note
        }

        public let severity: Severity
        /// On the target.
        public let topic: TopicName
        /// The one to change.
        public let setting: String
        /// What would happen to which records.
        public let what: String
        /// What to change.
        public let remedy: String

        public var description: String { "\(topic): \(setting): \(what); \(remedy)" }
    }

    /// Empty when every record fits.
    public let findings: [Finding]

    /// - Parameters:
    ///   - oldestAge: how old the source's oldest record is, in milliseconds, where that is known.
    ///   - room: the flow's. Where its copies may come back, each side's limit has room already.
    public init(
        source: ObservedTopic, target: ObservedTopic, oldestAge: Int64? = nil, room: MessageRoom = MessageRoom()
    ) {
        findings = LimitsComparison(source: source, target: target, room: room).findings(oldestAge: oldestAge)
    }
}

private struct LimitsComparison {
    typealias Finding = TargetLimitsCheck.Finding

    let source: ObservedTopic
    let target: ObservedTopic
    let room: MessageRoom

    func findings(oldestAge: Int64?) -> [Finding] {
        retentionFindings(oldestAge) + cleanupFindings() + timestampFindings() + sizeFindings() + durabilityFindings()
    }

    private func retentionFindings(_ oldestAge: Int64?) -> [Finding] {
        guard policy(target).contains("delete") else { return [] }
        // Where the broker stamps records, their age on the target starts when they are copied.
        let countsFromCopy = target.settings["message.timestamp.type"]?.value == "LogAppendTime"
        let keepsAll = !policy(source).contains("delete")
        var findings: [Finding] = []
        if !countsFromCopy, let have = magnitude("retention.ms", target) {
            let wanted = keepsAll ? Int64.max : magnitude("retention.ms", source) ?? 0
            let isTooOldNow = oldestAge.map { $0 > have } ?? true
            if have < wanted, isTooOldNow {
                let oldest =
                    oldestAge.map { ", and the oldest is \(DurationText.text(milliseconds: $0 / 60_000 * 60_000)) old" }
                    ?? ""
                findings.append(
                    finding(
                        "retention.ms",
                        "records older than \(shown("retention.ms")) are deleted as soon as they are copied\(oldest)",
                        raise: wanted))
            }
        }
        if let have = magnitude("retention.bytes", target) {
            let wanted = keepsAll ? Int64.max : magnitude("retention.bytes", source) ?? 0
            if have < wanted {
                findings.append(
                    finding(
                        "retention.bytes", "only the last \(shown("retention.bytes")) of a partition are kept",
                        raise: wanted))
            }
        }
        return findings
    }

    private func cleanupFindings() -> [Finding] {
        guard policy(target).contains("compact"), !policy(source).contains("compact") else { return [] }
        return [
            Finding(
                severity: .warning, topic: target.name, setting: "cleanup.policy",
                what:
                    "records without a key are refused and stop their partition, and older records of a key are removed",
                remedy: "set it to \(source.settings["cleanup.policy"]?.value ?? "delete") as on the source")
        ]
    }

    private func timestampFindings() -> [Finding] {
        var findings: [Finding] = []
        if target.settings["message.timestamp.type"]?.value == "LogAppendTime",
            source.settings["message.timestamp.type"]?.value != "LogAppendTime"
        {
            findings.append(
                Finding(
                    severity: .warning, topic: target.name, setting: "message.timestamp.type",
                    what: "copies get the time of copying and lose the one they come with",
                    remedy: "set it to CreateTime"))
        }
        let limits = [
            ("message.timestamp.before.max.ms", "behind"), ("message.timestamp.after.max.ms", "ahead of"),
            ("message.timestamp.difference.max.ms", "away from"),
        ]
        for (name, direction) in limits {
            // What the source does not know it does not limit.
            let wanted = source.settings[name] == nil ? Int64.max : magnitude(name, source) ?? .max
            guard let have = magnitude(name, target), have < wanted else { continue }
            findings.append(
                finding(
                    name,
                    "records more than \(shown(name)) \(direction) the target's clock are refused and stop their partition",
                    raise: wanted, isDefault: target.settings[name]?.isDefault ?? false))
        }
        return findings
    }

    private func sizeFindings() -> [Finding] {
        let name = MessageRoom.setting
        guard let have = magnitude(name, target), let limit = magnitude(name, source) else { return [] }
        if room.slack > 0, room.accepts(target: have, forSource: limit) { return [] }
        let wanted = room.wanted(forSource: limit)
        if have < limit {
            return [finding(name, "batches above \(shown(name)) are refused and stop their partition", raise: wanted)]
        }
        guard have < wanted else { return [] }
        return [
            finding(
                name, "the largest records leave no room for Tern's headers", raise: wanted,
                isDefault: true)
        ]
    }

    private func durabilityFindings() -> [Finding] {
        guard let minimum = magnitude("min.insync.replicas", target), minimum > Int64(target.replicationFactor),
            target.replicationFactor > 0
        else { return [] }
        return [
            Finding(
                severity: .warning, topic: target.name, setting: "min.insync.replicas",
                what:
                    "\(minimum) replicas must be in sync and there are \(target.replicationFactor): no record can be copied",
                remedy: "set it to \(max(1, target.replicationFactor - 1))")
        ]
    }

    private func finding(_ name: String, _ what: String, raise wanted: Int64, isDefault: Bool = false) -> Finding {
        let setting = TopicSettingCatalogue.setting(named: name)
        let unlimited = setting?.words.first { ["forever", "unlimited"].contains($0.word) }
        let raw = wanted == .max ? unlimited?.raw ?? "\(wanted)" : "\(wanted)"
        return Finding(
            severity: isDefault ? .note : .warning, topic: target.name, setting: name, what: what,
            remedy: "set it to \(TopicSettingCatalogue.human(name, raw))")
    }

    private func policy(_ topic: ObservedTopic) -> [String] {
        TopicSetting.elements(topic.settings["cleanup.policy"]?.value ?? "delete")
    }

    private func magnitude(_ name: String, _ topic: ObservedTopic) -> Int64? {
        guard let value = topic.settings[name]?.value else { return nil }
        return TopicSettingCatalogue.setting(named: name)?.magnitude(value)
    }

    private func shown(_ name: String) -> String {
        TopicSettingCatalogue.human(name, target.settings[name]?.value ?? "?")
    }
}
