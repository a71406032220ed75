// SPDX-License-Identifier: Apache-2.0

extension StatusReport {
    /// A pause that a person has ordered.
    public struct Pause: Document {
        public static let name = "Pause"
        public enum CodingKeys: String, CodingKey, CaseIterable { case scope, topic, partition, by, since, reason }
        public typealias Key = CodingKeys
        public static let members: [Member<Pause>] = [
            .init(.scope, \.scope, "what is paused", words: ["flow", "topic", "partition"]),
            .init(.topic, \.topic, "the source's name for the topic; null for a flow"),
            .init(.partition, \.partition, "its number; null for a flow or a topic"),
            .init(.by, \.by, "who paused it"),
            .init(.since, \.since, "since when"),
            .init(.reason, \.reason, "why; null where nobody said"),
        ]

        public var scope: String
        public var topic: String?
        public var partition: Int64?
        public var by: String
        public var since: DateTime
        public var reason: String?

        public init(
            scope: String, topic: String?, partition: Int64?, by: String, since: DateTime, reason: String?
        ) {
            self.scope = scope
            self.topic = topic
            self.partition = partition
            self.by = by
            self.since = since
            self.reason = reason
        }
    }

    /// The last time that the configuration was read again.
    public struct Reload: Document {
        public static let name = "Reload"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case at
            case isSuccessful = "successful"
            case problem
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Reload>] = [
            .init(.at, \.at, "when"),
            .init(.isSuccessful, \.isSuccessful, "whether it was taken; else what ran before runs on"),
            .init(.problem, \.problem, "why it was not taken, or what needs a restart of the process; null otherwise"),
        ]

        public var at: DateTime
        public var isSuccessful: Bool
        public var problem: String?

        public init(at: DateTime, isSuccessful: Bool, problem: String?) {
            self.at = at
            self.isSuccessful = isSuccessful
            self.problem = problem
        }
    }
}
