// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import Mirroring

/// Collects what is wrong with one file, up to a number that people still read.
final class ProblemCollector {
    private(set) var problems: [TopicFileProblem] = []
    private let most = 100

    func report(_ problem: TopicFileProblem) {
        if problems.count < most { problems.append(problem) }
    }

    func report(
        _ severity: TopicFileProblem.Severity = .error, at location: FileLocation, _ what: String, do remedy: String
    ) {
        report(TopicFileProblem(severity, at: location, what, do: remedy))
    }
}

/// Takes typed values out of one mapping and reports what does not fit.
struct MappingReader {
    let mapping: YAMLMapping
    let collector: ProblemCollector
    /// Known keys that misspelt ones of this mapping most likely stand for.
    private(set) var misspelt: Set<String> = []

    /// `what` names the mapping in messages: "a topic", "defaults".
    init(_ mapping: YAMLMapping, _ what: String, places: Set<TopicFileKey.Place>, _ collector: ProblemCollector) {
        self.mapping = mapping
        self.collector = collector
        let known = TopicFileKey.names(in: places)
        for entry in mapping.entries where !known.contains(entry.key.text) {
            collector.report(Self.unknown(entry.key, what, known, places))
            if let near = Self.nearestKey(to: entry.key.text, among: known) { misspelt.insert(near) }
        }
    }

    func text(_ key: String) -> Located<String>? {
        guard let node = mapping[key] else { return nil }
        guard case .scalar(let scalar) = node, !scalar.isEmptyValue, !scalar.text.isEmpty else {
            collector.report(
                at: node.location, "\(key): a text is expected, and there is \(node.kind)", do: "write the text")
            return nil
        }
        return Located(scalar.text, at: scalar.location)
    }

    /// A positive whole number, or the word `default`.
    func number<Number: FixedWidthInteger & Sendable>(_ key: String) -> Located<TopicBody.Wish<Number>>? {
        guard let node = mapping[key] else { return nil }
        guard case .scalar(let scalar) = node, !scalar.isEmptyValue else {
            collector.report(
                at: node.location, "\(key): a number is expected, and there is \(node.kind)",
                do: "write a number, or \"default\" for the broker's default")
            return nil
        }
        if scalar.text == "default" { return Located(.brokerDefault, at: scalar.location) }
        let digits = scalar.text.utf8
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.first != 0x30 else {
            let octal = digits.first == 0x30 && digits.count > 1 ? " without the leading 0" : ""
            collector.report(
                at: scalar.location, "\(key): \"\(scalar.text)\" is not a whole number from 1 up",
                do: "write it in digits\(octal), or \"default\" for the broker's default")
            return nil
        }
        guard let value = Number(scalar.text) else {
            collector.report(
                at: scalar.location, "\(key): \(scalar.text) is too large",
                do: "the most that Kafka takes is \(Number.max)")
            return nil
        }
        return Located(.value(value), at: scalar.location)
    }

    /// A list of words; a single word is a list of one.
    func words(_ key: String) -> [Located<String>]? {
        guard let node = mapping[key] else { return nil }
        switch node {
        case .scalar(let scalar) where !scalar.isEmptyValue && !scalar.text.isEmpty:
            return [Located(scalar.text, at: scalar.location)]
        case .sequence(let elements, _) where !elements.isEmpty:
            var words: [Located<String>] = []
            for element in elements {
                guard case .scalar(let scalar) = element, !scalar.isEmptyValue, !scalar.text.isEmpty else {
                    collector.report(
                        at: element.location, "\(key): a name is expected, and there is \(element.kind)",
                        do: "write a name")
                    continue
                }
                words.append(Located(scalar.text, at: scalar.location))
            }
            return words
        default:
            collector.report(
                at: node.location, "\(key): a list of names is expected, and there is \(node.kind)",
                do: "write [a, b], or leave the key out")
            return nil
        }
    }

    /// The entries of a mapping of names to anything.
    func entries(_ key: String, of what: String) -> [YAMLMapping.Entry] {
        guard let node = mapping[key] else { return [] }
        guard case .mapping(let inner) = node else {
            collector.report(
                at: node.location, "\(key): \(what) are expected as \"name: value\", and there is \(node.kind)",
                do: node.isNothing ? "add them, or leave the key out" : "write them as a mapping")
            return []
        }
        return inner.entries
    }

    private static func unknown(
        _ key: YAMLScalar, _ what: String, _ known: [String], _ places: Set<TopicFileKey.Place>
    ) -> TopicFileProblem {
        let text = key.text
        if TopicSettingCatalogue.setting(named: text) != nil {
            return TopicFileProblem(
                at: key.location, "\(what) has no key \"\(text)\": it is a setting", do: "put it under settings:")
        }
        if let near = nearestKey(to: text, among: known) {
            return TopicFileProblem(
                at: key.location, "\(what) has no key \"\(text)\"", do: "did you mean \"\(near)\"?")
        }
        if let setting = TopicSettingCatalogue.nearestName(to: text), places != [.document] {
            return TopicFileProblem(
                at: key.location, "\(what) has no key \"\(text)\"",
                do: "did you mean the setting \"\(setting)\"? It goes under settings:")
        }
        let location = key.location
        if let key = TopicFileKey.all.first(where: { $0.name == text }) {
            let home =
                key.places.contains(.document) ? "the file, next to topics:" : "a topic, in the list below topics:"
            return TopicFileProblem(
                at: location, "\(what) has no key \"\(text)\"", do: "it belongs to \(home)")
        }
        return TopicFileProblem(
            at: key.location, "\(what) has no key \"\(text)\"", do: "the keys here are \(known.joined(separator: ", "))"
        )
    }

    private static func nearestKey(to text: String, among known: [String]) -> String? {
        let habits = [
            "topic": "name", "replication": "replication-factor", "replicas": "replication-factor",
            "rf": "replication-factor", "config": "settings", "configs": "settings", "configuration": "settings",
            "partition-count": "partitions", "comment": "description", "overrides": "clusters", "cluster": "clusters",
        ]
        if let habit = habits[text.lowercased()], known.contains(habit) { return habit }
        return TopicSettingCatalogue.nearest(to: text, among: known)
    }
}
