// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import KafkaTypes

/// The whole configuration of a topic that puts some changes on top of what is there, for the admin call that replaces
/// everything it does not name (`AlterConfigs`, all that librdkafka 2.0.2 has).
///
/// What was read may have changed before this is written: the call has no way to say so. Where the loaded librdkafka has
/// the incremental call, that is used instead and this is not.
public struct ConfigurationReplacement: Sendable, Hashable {
    /// Why nothing must be written.
    public enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The topic has its own value that the broker hides: writing would remove it.
        case hiddenValue(String)

        public var description: String {
            switch self {
            case .hiddenValue(let name):
                "the topic has its own value for \(name), which the broker hides, and this librdkafka can only "
                    + "replace all values at once, which would take it away: use librdkafka 2.2 or newer, or kafka-configs.sh"
            }
        }
    }

    /// In the order of names.
    public let entries: [NewTopic.Setting]

    /// - Parameters:
    ///   - current: every entry that the broker described; only the topic's own values are kept, so that inherited ones
    ///     stay inherited.
    ///   - changes: a later one of the same name wins.
    public init(of current: some Sequence<ConfigurationEntry>, with changes: [ConfigurationChange]) throws(Problem) {
        var values: [String: String] = [:]
        let changed = Set(changes.map(\.name))
        for entry in current where entry.source == .dynamicTopic && !changed.contains(entry.name) && !entry.isReadOnly {
            guard let value = entry.value, !entry.isSensitive else { throw .hiddenValue(entry.name) }
            values[entry.name] = value
        }
        for change in changes {
            switch change {
            case .set(let name, let value): values[name] = value
            case .delete(let name): values[name] = nil
            }
        }
        entries = values.sorted { $0.key < $1.key }.map { NewTopic.Setting($0.key, $0.value) }
    }
}
