// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import TopicPlanning
internal import KafkaTypes

/// What one file says, before it is put together with the others.
public struct TopicFile: Sendable {
    public private(set) var topics: [TopicDeclaration] = []
    public private(set) var defaults: TopicDefaults?
    public private(set) var clusterIDs: [ClusterAlias: Located<String>] = [:]
    public private(set) var problems: [TopicFileProblem] = []

    /// Reads a file's bytes; `name` is what messages call it.
    ///
    /// Everything that is wrong is in `problems`; nothing is thrown. Defaults of the file itself are already part of its
    /// topics; those of folders are not.
    public init(_ contents: [UInt8], name: String) {
        let collector = ProblemCollector()
        do throws(TopicFileProblem) {
            let tree = try YAMLTree(contents, file: name)
            for problem in tree.problems { collector.report(problem) }
            read(tree.documents, file: name, collector)
        } catch {
            collector.report(error)
        }
        if let defaults { for index in topics.indices { topics[index].defaults.append(defaults) } }
        problems = collector.problems
    }

    private mutating func read(_ documents: [YAMLNode], file: String, _ collector: ProblemCollector) {
        if documents.isEmpty {
            collector.report(
                TopicFileProblem(
                    .warning, file: file, "the file describes nothing", do: "add a topic or remove the file"))
        }
        let reader = TopicReader(collector: collector)
        for document in documents {
            switch document {
            case .sequence(let elements, _): topics += reader.topics(elements)
            case .mapping(let mapping) where TopicFileKey.names(in: [.document]).contains { mapping[$0] != nil }:
                readSet(mapping, reader, collector)
            case .mapping: if let topic = reader.topic(document) { topics.append(topic) }
            case .scalar(let scalar):
                collector.report(
                    at: scalar.location, "a topic is expected, and there is \"\(scalar.text)\"",
                    do: "start with \"name: \" and the topic's name")
            }
        }
    }

    private mutating func readSet(_ mapping: YAMLMapping, _ reader: TopicReader, _ collector: ProblemCollector) {
        let document = MappingReader(mapping, "a file", places: [.document], collector)
        if let node = mapping["defaults"] {
            if defaults != nil {
                collector.report(
                    at: node.location, "defaults: is twice in this file", do: "put all of them in one place")
            } else {
                defaults = reader.defaults(node)
            }
        }
        for entry in document.entries("cluster-ids", of: "cluster ids") {
            guard case .scalar(let id) = entry.value, !id.isEmptyValue, !id.text.isEmpty else {
                collector.report(
                    at: entry.value.location, "cluster-ids: an id is expected", do: "write the cluster's id")
                continue
            }
            clusterIDs[ClusterAlias(entry.key.text)] = Located(id.text, at: id.location)
        }
        switch mapping["topics"] {
        case nil: break
        case .sequence(let elements, _): topics += reader.topics(elements)
        case .some(let node):
            collector.report(
                at: node.location, "topics: a list is expected, and there is \(node.kind)",
                do: "start each topic with \"- name: \"")
        }
    }
}
