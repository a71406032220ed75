// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Text
internal import TopicPlanning

/// Reads `settings:` by the catalogue of topic settings.
struct SettingsReader {
    let collector: ProblemCollector

    /// The raw value of each setting that could be read; the others are reported.
    func read(_ entries: [YAMLMapping.Entry]) -> [String: Located<TopicBody.Wish<String>>] {
        var settings: [String: Located<TopicBody.Wish<String>>] = [:]
        for entry in entries {
            if let wish = read(entry) { settings[entry.key.text] = Located(wish, at: entry.value.location) }
        }
        return settings
    }

    private func read(_ entry: YAMLMapping.Entry) -> TopicBody.Wish<String>? {
        let name = entry.key.text
        guard let setting = TopicSettingCatalogue.setting(named: name) else { return readUnknown(entry) }
        warn(about: setting, at: entry.key.location)
        guard let text = text(of: entry.value, for: name, isList: setting.isList) else { return nil }
        if text == "default" { return .brokerDefault }
        do throws(UnitProblem) {
            let raw = try setting.raw(text)
            warn(about: setting, raw, at: entry.value.location)
            return .value(raw)
        } catch {
            // The reason ends with what to write, behind its last colon.
            let parts = error.reason.split(separator: ": ", omittingEmptySubsequences: false)
            let remedy = parts.count > 2 ? String(parts[parts.count - 1]) : "correct the value"
            let what = parts.count > 2 ? parts.dropLast().joined(separator: ": ") : error.reason
            collector.report(at: entry.value.location, what, do: remedy)
            return nil
        }
    }

    /// A setting that Apache Kafka does not know: most likely a slip, and if not, one of a vendor's.
    private func readUnknown(_ entry: YAMLMapping.Entry) -> TopicBody.Wish<String>? {
        let name = entry.key.text
        if case .mapping = entry.value {
            collector.report(
                at: entry.key.location, "settings: \"\(name)\" holds a mapping",
                do: "write Kafka's whole names, such as retention.ms: 7d")
            return nil
        }
        if let near = TopicSettingCatalogue.nearestName(to: name) {
            collector.report(
                at: entry.key.location, "\"\(name)\" is not a setting of topics", do: "did you mean \"\(near)\"?")
            return nil
        }
        guard name.contains("."), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            collector.report(
                at: entry.key.location, "\"\(name)\" is not a setting of topics",
                do: "use a name from docs/topics-as-code.md")
            return nil
        }
        collector.report(
            .warning, at: entry.key.location, "\"\(name)\" is not a setting of Apache Kafka 3.9 to 4.3",
            do: "keep it if your brokers know it; they decide")
        guard let text = text(of: entry.value, for: name, isList: true) else { return nil }
        return text == "default" ? .brokerDefault : .value(text)
    }

    private func text(of node: YAMLNode, for name: String, isList: Bool) -> String? {
        switch node {
        case .scalar(let scalar) where !scalar.isEmptyValue:
            return scalar.text
        case .sequence(let elements, _) where isList:
            var words: [String] = []
            for element in elements {
                guard case .scalar(let scalar) = element, !scalar.isEmptyValue else {
                    collector.report(
                        at: element.location, "\(name): a word is expected, and there is \(element.kind)",
                        do: "write the word")
                    return nil
                }
                words.append(scalar.text)
            }
            return words.joined(separator: ",")
        default:
            collector.report(
                at: node.location, "\(name): a value is expected, and there is \(node.kind)",
                do: node.isNothing ? "write a value, or \"default\" for the broker's default" : "write one value")
            return nil
        }
    }

    private func warn(about setting: TopicSetting, at location: FileLocation) {
        if setting.isDroppedByKafka4 {
            collector.report(
                .warning, at: location,
                "\(setting.name) is gone since Kafka 4.0, whose brokers refuse a topic that has it",
                do: "remove it unless all clusters are older")
        }
        if setting.kind == .throttledReplicas {
            collector.report(
                .warning, at: location, "\(setting.name) is written by the tool that moves replicas",
                do: "remove it, so that the two do not undo each other's work")
        }
    }

    private func warn(about setting: TopicSetting, _ raw: String, at location: FileLocation) {
        if setting.name == "segment.bytes", let bytes = Int64(raw), bytes < 1 << 20 {
            collector.report(
                .warning, at: location, "segment.bytes: Kafka 4 refuses less than 1MiB", do: "write 1MiB or more")
        }
    }
}

extension TopicSetting {
    var isList: Bool {
        switch kind {
        case .list, .throttledReplicas: true
        case .duration, .size, .count, .ratio, .flag, .choice, .text: false
        }
    }
}
