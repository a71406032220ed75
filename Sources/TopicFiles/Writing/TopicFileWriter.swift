// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import TopicPlanning
public import KafkaTypes

/// Writes topics as topic files: in a fixed order, with durations and sizes in human units, so that reading a file gives
/// what was written, and planning it changes nothing.
public enum TopicFileWriter {
    /// One topic, or one file with a list of them. `only` names the clusters that the topics are meant for.
    public static func text(
        for topics: [TopicSpecification], only: [ClusterAlias]? = nil, comment: [String] = []
    ) -> String {
        let values = topics.sorted { $0.name < $1.name }.map { value(of: $0, only: only) }
        if let first = values.first, values.count == 1 { return YAMLText.write([first], comment: comment) }
        return YAMLText.write([.mapping([("topics", .list(values))])], comment: comment)
    }

    /// A file name for each topic: its own and `.yaml`, unless that means something else in a folder of topic files.
    ///
    /// Names that differ only in case are kept apart, for file systems that do not.
    public static func fileNames(for topics: [TopicName]) -> [TopicName: String] {
        var names: [TopicName: String] = [:]
        var taken: Set<String> = [TopicFolder.defaultsName, "topic-defaults.yml"]
        for topic in Set(topics).sorted() {
            var stem = topic.rawValue.hasPrefix(".") ? "topic\(topic)" : topic.rawValue
            while !taken.insert("\(stem).yaml".lowercased()).inserted { stem += "~" }
            names[topic] = "\(stem).yaml"
        }
        return names
    }

    /// The topic in the shape of a topic file.
    public static func value(of topic: TopicSpecification, only: [ClusterAlias]? = nil) -> YAMLValue {
        var members: [(key: String, value: YAMLValue)] = [("name", .text(topic.name.rawValue))]
        if let summary = topic.summary { members.append(("description", .text(summary))) }
        if !topic.labels.isEmpty {
            let labels = topic.labels.sorted { $0.key < $1.key }
            members.append(("labels", .mapping(labels.map { ($0.key, YAMLValue.text($0.value)) })))
        }
        if let only { members.append(("only", .list(only.map { .text($0.rawValue) }))) }
        if topic.state == .absent { members.append(("state", "absent")) }
        if let partitions = topic.partitions { members.append(("partitions", .number(partitions))) }
        if let factor = topic.replicationFactor { members.append(("replication-factor", .number(factor))) }
        if !topic.settings.isEmpty {
            let settings = topic.settings.sorted { $0.key < $1.key }
            members.append(("settings", .mapping(settings.map { ($0.key, value(of: $0.key, $0.value)) })))
        }
        let unmanaged = topic.unmanaged.subtracting(TopicSpecification.alwaysUnmanaged).sorted()
        if !unmanaged.isEmpty { members.append(("unmanaged", .list(unmanaged.map { .text($0) }))) }
        return .mapping(members)
    }

    private static func value(of setting: String, _ raw: String) -> YAMLValue {
        let human = TopicSettingCatalogue.human(setting, raw)
        switch TopicSettingCatalogue.setting(named: setting)?.kind {
        case .count, .flag, .ratio:
            return isNumber(human) || human == "true" || human == "false" ? .literal(human) : .text(human)
        case .list where human != raw: return .text(human)
        case .list: return .list(TopicSetting.elements(human).map { .text($0) })
        case .duration, .size, .choice, .throttledReplicas, .text, nil:
            return isNumber(human) ? .literal(human) : .text(human)
        }
    }

    /// A number that every reader takes for the same one.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, digits.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }) else {
            return false
        }
        guard parts.allSatisfy({ !$0.isEmpty }) else { return false }
        return parts[0] == "0" || !parts[0].hasPrefix("0")
    }
}
