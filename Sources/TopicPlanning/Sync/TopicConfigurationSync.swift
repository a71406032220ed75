// SPDX-License-Identifier: Apache-2.0
import Mirroring
public import KafkaTypes

/// What one round of syncing does to the settings of one target topic: only what differs is written.
///
/// MirrorMaker writes every value again in each round; values that are equal are left here, wherever they come from.
/// A target's own value that equals the source's default is left too: taking it away could only make a difference.
public struct TopicConfigurationSync: Sendable, Hashable {
    /// One setting to write or take away, with what it is computed from.
    public struct Step: Sendable, Hashable {
        public let change: ConfigurationChange
        /// What the target had.
        public let from: SettingState?
        /// What the source has.
        public let source: SettingState
    }

    /// In the order of names.
    public let steps: [Step]
    /// What differs and is never carried over, by setting.
    public let exceptions: [String: SyncException]

    /// Fields in which the target has drifted from what the flow would have.
    public var drift: Int { steps.count }

    /// The steps as the admin call takes them.
    public var changes: [ConfigurationChange] { steps.map(\.change) }

    /// Exceptions that a person should read once.
    public var exceptionsWorthNaming: [String: SyncException] { exceptions.filter { $0.value.isWorthNaming } }

    /// `mutual` is given where another flow carries the same topic back.
    public init(source: ObservedTopic, target: ObservedTopic, rules: TopicSyncRules, mutual: MutualSync? = nil) {
        let known = target.settings.isEmpty ? nil : Set(target.settings.keys)
        var steps: [Step] = []
        var exceptions: [String: SyncException] = [:]
        for entry in source.settings.values.sorted(by: { $0.name < $1.name }) {
            switch Self.decision(for: entry, target, rules, known) {
            case .nothing: continue
            case .exception(let exception): exceptions[entry.name] = exception
            case .change(let change):
                if let mutual, !mutual.carries(entry, over: target.settings[entry.name], of: source.name) {
                    exceptions[entry.name] = .changedOnTarget
                    continue
                }
                let state = SettingState(value: entry.value, source: entry.source)
                steps.append(Step(change: change, from: target.state(of: entry.name), source: state))
            }
        }
        self.steps = steps
        self.exceptions = exceptions
    }

    enum Decision {
        case nothing
        case exception(SyncException)
        case change(ConfigurationChange)
    }

    /// The one rule that sync and `diff` share.
    static func decision(
        for entry: ConfigurationEntry, _ target: ObservedTopic, _ rules: TopicSyncRules, _ known: Set<String>?
    ) -> Decision {
        let now = target.settings[entry.name]
        let wish = rules.wish(for: entry, targetKnows: known, replicationFactor: target.replicationFactor)
        if Self.isEqual(entry, now, rules, wish) { return .nothing }
        if let exception = TargetWidth.exception(to: wish, for: entry, now: now) { return .exception(exception) }
        switch wish {
        case .leave(let exception):
            // A value that only the source's brokers know and nobody set is no loss.
            if exception == .unknownToTarget, entry.source != .dynamicTopic { return .nothing }
            return .exception(exception)
        case .set, .unset:
            if let now, now.value == nil, now.source == .dynamicTopic { return .exception(.hiddenOnTarget) }
        }
        if now?.isReadOnly == true { return .exception(.readOnly) }
        switch wish {
        case .set(let value): return .change(.set(name: entry.name, value: value))
        case .unset:
            return now?.source == .dynamicTopic ? .change(.delete(name: entry.name)) : .exception(.brokerDefaults)
        case .leave(let exception): return .exception(exception)
        }
    }

    private static func isEqual(
        _ entry: ConfigurationEntry, _ now: ConfigurationEntry?, _ rules: TopicSyncRules, _ wish: TopicSyncRules.Wish
    ) -> Bool {
        guard let source = entry.value, let target = now?.value else { return false }
        if entry.name == MessageRoom.setting, let limit = Int64(source), let have = Int64(target) {
            if case .set = wish { return rules.room.accepts(target: have, forSource: limit) }
            return rules.room.isRoomOnly(target: have, above: limit)
        }
        return TopicSettingCatalogue.isEqual(entry.name, source, target)
    }
}

/// The settings of a topic that Tern creates, and what of the source's cannot be among them.
public struct CreatedTopicSettings: Sendable, Hashable {
    /// In the order of names.
    public let settings: [NewTopic.Setting]
    /// What is not set though the source has it, by setting.
    public let exceptions: [String: SyncException]

    /// - Parameters:
    ///   - targetKnows: the settings that the target's brokers know; `nil` when there is no topic to read them from.
    ///   - targetDefaults: what the target's brokers give a topic without values of its own, as far as that was read.
    ///   - replicationFactor: that the topic will have; `nil` or -1 when the broker decides.
    public init(
        source: some Sequence<ConfigurationEntry>, rules: TopicSyncRules, targetKnows: Set<String>? = nil,
        targetDefaults: [String: String] = [:], replicationFactor: Int16? = nil
    ) {
        var settings: [NewTopic.Setting] = []
        var exceptions: [String: SyncException] = [:]
        let factor = replicationFactor.flatMap { $0 > 0 ? $0 : nil }
        for entry in source.sorted(by: { $0.name < $1.name }) {
            switch rules.wish(for: entry, targetKnows: targetKnows, replicationFactor: factor) {
            case .leave(.excluded) where entry.name == MessageRoom.setting:
                // What is not kept in step must still fit when the topic is made.
                guard let limit = entry.value.flatMap({ Int64($0) }) else { continue }
                settings.append(NewTopic.Setting(entry.name, "\(rules.room.wanted(forSource: limit))"))
            case .set(let value) where !TargetWidth.allows(value, of: entry.name, over: targetDefaults[entry.name]):
                if entry.source == .dynamicTopic { exceptions[entry.name] = .narrower }
            case .set(let value): settings.append(NewTopic.Setting(entry.name, value))
            case .unset: continue
            case .leave(let exception): if entry.source == .dynamicTopic { exceptions[entry.name] = exception }
            }
        }
        self.settings = settings
        self.exceptions = exceptions
    }
}
