// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring

/// Reads topics and defaults out of YAML trees.
struct TopicReader {
    let collector: ProblemCollector

    func topics(_ elements: [YAMLNode]) -> [TopicDeclaration] { elements.compactMap { topic($0) } }

    func topic(_ node: YAMLNode) -> TopicDeclaration? {
        guard case .mapping(let mapping) = node else {
            collector.report(
                at: node.location, "a topic is expected, and there is \(node.kind)",
                do: "write \"name: \" and the topic's name")
            return nil
        }
        let reader = MappingReader(mapping, "a topic", places: [.topic], collector)
        guard mapping["name"] != nil else {
            if !reader.misspelt.contains("name") {
                collector.report(
                    at: mapping.location, "this topic has no name", do: "add \"name: \" and the topic's name")
            }
            return nil
        }
        guard let name = reader.text("name"), isGood(name) else { return nil }
        var topic = TopicDeclaration(name: Located(TopicName(name.value), at: name.location))
        topic.summary = reader.text("description")
        topic.only = reader.words("only").map { $0.map { Located(ClusterAlias($0.value), at: $0.location) } }
        topic.body = body(reader)
        topic.clusters = clusters(reader)
        warnAboutUnreachable(topic)
        return topic
    }

    func defaults(_ node: YAMLNode) -> TopicDefaults? {
        guard case .mapping(let mapping) = node else {
            collector.report(
                at: node.location, "defaults: keys are expected, and there is \(node.kind)",
                do: "write partitions:, settings: and the like below it, or leave it out")
            return nil
        }
        let reader = MappingReader(mapping, "defaults", places: [.defaults], collector)
        var defaults = TopicDefaults()
        defaults.body = body(reader)
        defaults.clusters = clusters(reader)
        return defaults
    }

    private func clusters(_ reader: MappingReader) -> [ClusterAlias: Located<TopicBody>] {
        var clusters: [ClusterAlias: Located<TopicBody>] = [:]
        for entry in reader.entries("clusters", of: "clusters") {
            guard case .mapping(let mapping) = entry.value else {
                collector.report(
                    at: entry.value.location,
                    "clusters: what is different on \"\(entry.key.text)\" is expected, and there is \(entry.value.kind)",
                    do: "write keys such as partitions: below it, or remove the alias; only: says where a topic lives")
                continue
            }
            let inner = MappingReader(mapping, "a cluster's part", places: [.cluster], collector)
            clusters[ClusterAlias(entry.key.text)] = Located(body(inner), at: entry.key.location)
        }
        return clusters
    }

    private func body(_ reader: MappingReader) -> TopicBody {
        var body = TopicBody()
        body.state = state(reader)
        body.partitions = reader.number("partitions")
        body.replicationFactor = reader.number("replication-factor")
        body.settings = SettingsReader(collector: collector).read(reader.entries("settings", of: "settings"))
        body.unmanaged = reader.words("unmanaged") ?? []
        for pattern in body.unmanaged where pattern.value.dropLast().contains("*") {
            collector.report(
                at: pattern.location, "unmanaged: \"\(pattern.value)\" has a * that is not at its end",
                do: "write a setting's name, or its beginning and *")
        }
        for entry in reader.entries("labels", of: "labels") {
            guard case .scalar(let label) = entry.value, !label.isEmptyValue else {
                collector.report(
                    at: entry.value.location, "labels: a text is expected, and there is \(entry.value.kind)",
                    do: "write the text")
                continue
            }
            body.labels[entry.key.text] = Located(label.text, at: label.location)
        }
        return body
    }

    private func state(_ reader: MappingReader) -> Located<TopicSpecification.State>? {
        guard let text = reader.text("state") else { return nil }
        guard let state = TopicSpecification.State(rawValue: text.value) else {
            collector.report(
                at: text.location, "state: \"\(text.value)\" is neither present nor absent",
                do: "write present or absent")
            return nil
        }
        return Located(state, at: text.location)
    }

    private func isGood(_ name: Located<String>) -> Bool {
        let topic = TopicName(name.value)
        if let reason = TopicNameRule.problem(with: topic) {
            collector.report(at: name.location, reason, do: "choose another name")
            return false
        }
        if TopicNameRule.belongsToKafka(topic) {
            collector.report(
                .warning, at: name.location, "\"\(topic)\" is one of Kafka's own topics",
                do: "leave it to the brokers unless you know what they need")
        }
        return true
    }

    /// An override for a cluster that the topic is not meant for would never be seen.
    private func warnAboutUnreachable(_ topic: TopicDeclaration) {
        guard let only = topic.only else { return }
        for (alias, body) in topic.clusters.sorted(by: { $0.key < $1.key })
        where !only.contains(where: { $0.value == alias }) {
            collector.report(
                .warning, at: body.location,
                "clusters: \"\(alias)\" is not in only:",
                do: "add it to only: or remove this part")
        }
    }
}
