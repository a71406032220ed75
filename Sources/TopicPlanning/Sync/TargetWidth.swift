// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Settings that say which records a topic refuses. On a target they are only ever widened.
///
/// A narrower one would refuse records that the source has taken: those of a backlog are older when they are copied than
/// when they were written, and a limit may be younger than the records. And what a person has widened, as Tern advises
/// where a partition is REFUSED, must not be taken back by the next round.
enum TargetWidth {
    static let timestampLimits: Set<String> = [
        "message.timestamp.before.max.ms", "message.timestamp.after.max.ms", "message.timestamp.difference.max.ms",
    ]

    /// Why a wish is not carried out; `nil` for one that may be.
    static func exception(
        to wish: TopicSyncRules.Wish, for entry: ConfigurationEntry, now: ConfigurationEntry?
    ) -> SyncException? {
        guard timestampLimits.contains(entry.name) || entry.name == MessageRoom.setting,
            let setting = TopicSettingCatalogue.setting(named: entry.name),
            let have = now?.value.flatMap(setting.magnitude)
        else { return nil }
        switch wish {
        case .leave: return nil
        case .set(let value):
            guard let wanted = setting.magnitude(value), wanted < have else { return nil }
            if now?.source == .dynamicTopic { return .widerOnTarget }
            guard timestampLimits.contains(entry.name) else { return nil }
            // Only what somebody has set on the source is missed by anybody.
            return entry.source == .dynamicTopic ? .narrower : .widerOnTarget
        case .unset:
            guard let now, now.source == .dynamicTopic else { return nil }
            // The value that would apply then. If the broker does not report it, the topic's value stays.
            guard
                let below = now.synonyms.first(where: { $0.source != .dynamicTopic })?.value.flatMap(setting.magnitude)
            else { return .widerOnTarget }
            return below < have ? .widerOnTarget : nil
        }
    }

    /// Whether a topic that is about to be created may have this value: what the target's brokers would give it is no wider.
    static func allows(_ value: String, of name: String, over brokers: String?) -> Bool {
        guard timestampLimits.contains(name), let setting = TopicSettingCatalogue.setting(named: name),
            let wanted = setting.magnitude(value)
        else { return true }
        // What is not known is looked at when the topic is there.
        guard let have = brokers.flatMap(setting.magnitude) else { return false }
        return wanted >= have
    }
}
