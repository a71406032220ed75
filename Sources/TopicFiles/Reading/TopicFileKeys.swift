// SPDX-License-Identifier: Apache-2.0

/// The keys of topic files: what reads them, documents them and writes their schema asks this one table.
public struct TopicFileKey: Sendable {
    public enum Shape: Sendable {
        case text, wholeNumber, words, labels, settings, body, defaults, topics, state
    }

    /// Where a key may stand.
    public enum Place: Sendable, CaseIterable {
        case document, topic, cluster, defaults
    }

    public let name: String
    public let shape: Shape
    public let places: Set<Place>
    /// One or two sentences.
    public let summary: String

    init(_ name: String, _ shape: Shape, in places: Set<Place>, _ summary: String) {
        self.name = name
        self.shape = shape
        self.places = places
        self.summary = summary
    }

    /// In the order in which people write and `export` writes them.
    public static let all: [TopicFileKey] = [
        TopicFileKey(
            "cluster-ids", .labels, in: [.document],
            "The cluster id that is expected behind each alias. A plan for a cluster with another id is refused."),
        TopicFileKey(
            "defaults", .defaults, in: [.document],
            "What holds for every topic of this file, or of this folder and those below it in `topic-defaults.yaml`."),
        TopicFileKey(
            "topics", .topics, in: [.document], "A list of topics. A file with one topic writes its keys at once."),
        TopicFileKey("name", .text, in: [.topic], "The topic's name on the cluster."),
        TopicFileKey("description", .text, in: [.topic], "For people; Kafka has no place for it."),
        TopicFileKey(
            "labels", .labels, in: [.topic, .defaults],
            "For people and their tools: an owner, a data class. Kafka has no place for them."
        ),
        TopicFileKey(
            "only", .words, in: [.topic], "The aliases of the clusters that have the topic. Without it: all of them."
        ),
        TopicFileKey(
            "state", .state, in: [.topic, .cluster],
            "`present`, or `absent` for a topic that should not exist: it is deleted if it does."),
        TopicFileKey(
            "partitions", .wholeNumber, in: [.topic, .cluster, .defaults],
            "How many partitions. Without it: the broker's default for a new topic, and what is there for an existing one."
        ),
        TopicFileKey(
            "replication-factor", .wholeNumber, in: [.topic, .cluster, .defaults],
            "On how many brokers each partition is kept. Without it: the broker's default for a new topic."),
        TopicFileKey(
            "settings", .settings, in: [.topic, .cluster, .defaults],
            "Kafka's topic settings under Kafka's names. A setting that is not named has no value of the topic's own."),
        TopicFileKey(
            "unmanaged", .words, in: [.topic, .cluster, .defaults],
            "Settings that are left as they are: names, or beginnings of names followed by `*`."),
        TopicFileKey(
            "clusters", .body, in: [.topic, .defaults], "What is different on single clusters, by alias."),
    ]

    static func names(in places: Set<Place>) -> [String] {
        all.filter { !$0.places.isDisjoint(with: places) }.map(\.name)
    }
}
