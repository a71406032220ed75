// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// Topics in which other tools keep their state, recognized by their names: deleting one deletes the tool's state.
public enum ToolState {
    /// Whose state it is by the names that the tools give; `nil` for a topic that looks like data.
    public static func owner(of topic: TopicName) -> String? {
        let name = topic.rawValue
        if name.hasSuffix("-changelog") || name.hasSuffix("-repartition") { return "a Kafka Streams application" }
        let isConnect = name.hasPrefix("connect-") || name.hasPrefix("connect_") || name.contains("-connect-")
        if isConnect, ["configs", "offsets", "status", "statuses"].contains(where: { name.hasSuffix($0) }) {
            return "Kafka Connect"
        }
        return nil
    }
}
