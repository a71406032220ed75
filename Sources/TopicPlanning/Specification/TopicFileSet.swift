// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
internal import KafkaTypes
internal import Text

/// Everything that a folder of topic files says.
public struct TopicFileSet: Sendable {
    /// In the order in which they were read.
    public private(set) var topics: [TopicDeclaration]
    /// The cluster ids that are expected behind aliases.
    public private(set) var clusterIDs: [ClusterAlias: Located<String>]
    /// In the order of files and lines. With an error among them nothing should be planned.
    public private(set) var problems: [TopicFileProblem]

    public init(
        topics: [TopicDeclaration], clusterIDs: [ClusterAlias: Located<String>] = [:],
        problems: [TopicFileProblem] = []
    ) {
        self.topics = topics
        self.clusterIDs = clusterIDs
        self.problems = problems
        self.problems += duplicateProblems() + durabilityProblems()
        self.problems.sort(by: TopicFileProblem.precedes)
    }

    /// Warnings aside.
    public var hasErrors: Bool { problems.contains { $0.severity == .error } }

    /// What should be on one cluster, in the order of names; `nil` for a cluster that has no alias.
    public func specifications(on cluster: ClusterAlias?) -> [TopicSpecification] {
        topics.compactMap { $0.specification(on: cluster) }.sorted { $0.name < $1.name }
    }

    /// Problems with aliases that no cluster of the configuration has.
    public func problems(knowing clusters: some Collection<ClusterAlias>) -> [TopicFileProblem] {
        var problems: [TopicFileProblem] = []
        func check(_ alias: ClusterAlias, _ location: FileLocation) {
            guard !clusters.contains(alias) else { return }
            let known = clusters.map(\.rawValue).sorted()
            let near = NearestName.of(alias.rawValue, among: known).map { "did you mean \"\($0)\"?" }
            problems.append(
                TopicFileProblem(
                    at: location, "no cluster is called \"\(alias)\"",
                    do: near ?? "the configuration has \(known.joined(separator: ", "))"))
        }
        for topic in topics {
            for alias in topic.only ?? [] { check(alias.value, alias.location) }
            for (alias, body) in topic.clusters { check(alias, body.location) }
            for defaults in topic.defaults {
                for (alias, body) in defaults.clusters { check(alias, body.location) }
            }
        }
        for (alias, id) in clusterIDs { check(alias, id.location) }
        var seen: Set<TopicFileProblem> = []
        return problems.filter { seen.insert($0).inserted }.sorted(by: TopicFileProblem.precedes)
    }

    /// Two descriptions of one topic for the same cluster, and two names that Kafka does not let live side by side.
    private func duplicateProblems() -> [TopicFileProblem] {
        var problems: [TopicFileProblem] = []
        var seen: [TopicName: [TopicDeclaration]] = [:]
        for topic in topics {
            let key = TopicNameRule.collisionKey(topic.name.value)
            for other in seen[key] ?? [] where Self.meet(topic, other) {
                if other.name.value == topic.name.value {
                    problems.append(
                        TopicFileProblem(
                            at: topic.name.location,
                            "topic \"\(topic.name.value)\" is described here and at \(other.name.location)",
                            do: "keep one of the two, or give each its own clusters with only:"))
                } else {
                    problems.append(
                        TopicFileProblem(
                            at: topic.name.location,
                            "\"\(topic.name.value)\" and \"\(other.name.value)\" at \(other.name.location) differ only in "
                                + "\".\" and \"_\", and Kafka does not let both exist",
                            do: "rename one of them"))
                }
                break
            }
            seen[key, default: []].append(topic)
        }
        return problems
    }

    private static func meet(_ left: TopicDeclaration, _ right: TopicDeclaration) -> Bool {
        guard let first = left.only, let second = right.only else { return true }
        return first.contains { alias in second.contains { $0.value == alias.value } }
    }

    /// `min.insync.replicas` above the replication factor: no producer with acks=all would ever be answered.
    private func durabilityProblems() -> [TopicFileProblem] {
        var problems: [TopicFileProblem] = []
        for topic in topics {
            let clusters: [ClusterAlias?] = topic.only.map { $0.map(\.value) } ?? [nil] + topic.namedClusters.sorted()
            for cluster in clusters {
                guard let wanted = topic.specification(on: cluster), wanted.state == .present,
                    let factor = wanted.replicationFactor, let text = wanted.settings["min.insync.replicas"],
                    let minimum = Int64(text), minimum > Int64(factor)
                else { continue }
                let location = topic.location(of: "min.insync.replicas", on: cluster) ?? topic.name.location
                let place = cluster.map { " on \($0)" } ?? ""
                problems.append(
                    TopicFileProblem(
                        at: location,
                        "topic \"\(topic.name.value)\"\(place) has min.insync.replicas \(minimum) above its replication "
                            + "factor \(factor), so no write with acks=all would be answered",
                        do: "lower min.insync.replicas to \(max(1, factor - 1)) or raise the replication factor"))
                break
            }
        }
        return problems
    }
}
