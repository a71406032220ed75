// SPDX-License-Identifier: Apache-2.0
// The saved form of a plan. Foundation's coder is only used here.
internal import Mirroring
internal import TernConfiguration
internal import FoundationEssentials
internal import KafkaTypes
internal import Text

/// Why a saved plan cannot be used.
public enum PlanFileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    case notAPlan(String)
    case otherVersion(Int)
    /// Its contents do not fit its fingerprint.
    case edited

    public var description: String {
        switch self {
        case .notAPlan(let reason): "this is not a saved plan (\(reason)): make one with tern topic plan --out"
        case .otherVersion(let version):
            "this plan has format \(version), and this version of Tern reads \(TopicPlanDocument.version): make it again"
        case .edited: "this plan was changed after it was saved: make it again with tern topic plan --out"
        }
    }
}

extension TopicPlanDocument {
    /// The saved form: JSON in UTF-8, members sorted by name, a line end at the end.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(PlanFile(self))) + [UInt8(ascii: "\n")]
    }

    /// Reads a saved plan. Risks are read as they were shown; `remaining(now:)` assesses them again.
    public init(decoding bytes: [UInt8]) throws(PlanFileProblem) {
        let decoder = JSONDecoder()
        let data = Data(bytes)
        let head: PlanFileHead
        do { head = try decoder.decode(PlanFileHead.self, from: data) } catch { throw .notAPlan(Self.reason(error)) }
        guard head.kind == Self.kind else { throw .notAPlan("its kind is \"\(head.kind)\"") }
        guard head.version == Self.version else { throw .otherVersion(head.version) }
        let file: PlanFile
        do { file = try decoder.decode(PlanFile.self, from: data) } catch { throw .notAPlan(Self.reason(error)) }
        guard let document = file.document else { throw .notAPlan("it has a change or a source that nobody knows") }
        guard document.fingerprint.description == file.fingerprint else { throw .edited }
        self = document
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is no JSON" }
        return switch error {
        case .keyNotFound(let key, _): "there is no \"\(key.stringValue)\""
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\"\(context.codingPath.last?.stringValue ?? "it")\" is not what it should be"
        case .dataCorrupted: "it is no JSON"
        @unknown default: "it is no JSON"
        }
    }
}

private struct PlanFileHead: Decodable {
    var kind: String
    var version: Int
}

private struct PlanFile: Codable {
    var kind: String
    var version: Int
    var created_at: Int64
    var fingerprint: String
    var clusters: [Cluster]

    struct Cluster: Codable {
        var cluster: String?
        var cluster_id: String
        var brokers: Int
        var unchanged: Int
        var topics: [Topic]
    }

    struct Topic: Codable {
        var topic: String
        var action: String
        var changes: [Change]
        var notes: [String]
        var obstacles: [Obstacle]
        var computed_from: Basis?
    }

    struct Obstacle: Codable {
        var what: String
        var remedy: String
    }

    struct Basis: Codable {
        var partitions: Int32
        var replication_factor: Int16
        var settings: [String: State]
    }

    struct State: Codable {
        var value: String?
        var source: String
    }

    struct Change: Codable {
        var change: String
        var setting: String?
        var from: State?
        var to: State?
        var from_partitions: Int32?
        var partitions: Int32?
        var replication_factor: Int16?
        var settings: [String: String]?
        var risks: [RiskText]
    }

    struct RiskText: Codable {
        var `class`: String
        var text: String
    }
}

extension PlanFile {
    init(_ document: TopicPlanDocument) {
        kind = TopicPlanDocument.kind
        version = TopicPlanDocument.version
        created_at = document.createdAt
        fingerprint = document.fingerprint.description
        clusters = document.clusters.map { plan in
            Cluster(
                cluster: plan.cluster?.rawValue, cluster_id: plan.clusterID, brokers: plan.brokers,
                unchanged: plan.unchanged, topics: plan.entries.map(Topic.init))
        }
    }

    /// `nil` when it holds a word that this version does not know.
    var document: TopicPlanDocument? {
        var plans: [ClusterTopicPlan] = []
        for cluster in clusters {
            var entries: [TopicPlanEntry] = []
            for topic in cluster.topics {
                guard let entry = topic.entry else { return nil }
                entries.append(entry)
            }
            plans.append(
                ClusterTopicPlan(
                    cluster: cluster.cluster.map { ClusterAlias($0) }, clusterID: cluster.cluster_id,
                    brokers: cluster.brokers, entries: entries, unchanged: cluster.unchanged))
        }
        return TopicPlanDocument(createdAt: created_at, clusters: plans)
    }
}

extension PlanFile.Topic {
    init(_ entry: TopicPlanEntry) {
        topic = entry.topic.rawValue
        action = entry.action.rawValue
        changes = entry.changes.map(PlanFile.Change.init)
        notes = entry.notes
        obstacles = entry.obstacles.map { PlanFile.Obstacle(what: $0.what, remedy: $0.remedy) }
        computed_from = entry.basis.partitions.map { partitions in
            PlanFile.Basis(
                partitions: partitions, replication_factor: entry.basis.replicationFactor ?? 0,
                settings: entry.basis.settings.mapValues(PlanFile.State.init))
        }
    }

    var entry: TopicPlanEntry? {
        var basis = TopicBasis(
            partitions: computed_from?.partitions, replicationFactor: computed_from?.replication_factor)
        for (name, state) in computed_from?.settings ?? [:] {
            guard let state = state.state else { return nil }
            basis.settings[name] = state
        }
        var planned: [PlannedChange] = []
        for change in changes {
            guard let change = change.planned else { return nil }
            planned.append(change)
        }
        return TopicPlanEntry(
            topic: TopicName(topic), changes: planned,
            obstacles: obstacles.map { .told(what: $0.what, remedy: $0.remedy) }, notes: notes, basis: basis)
    }
}

extension PlanFile.State {
    init(_ state: SettingState) {
        value = state.value
        source = state.source.rawValue
    }

    var state: SettingState? {
        ConfigurationEntry.Source(rawValue: source).map { SettingState(value: value, source: $0) }
    }
}

extension PlanFile.Change {
    init(_ planned: PlannedChange) {
        risks = planned.risks.map { PlanFile.RiskText(class: $0.riskClass.rawValue, text: $0.sentence) }
        switch planned.change {
        case .create(let partitions, let factor, let settings):
            change = "create"
            self.partitions = partitions
            replication_factor = factor
            self.settings = settings
        case .addPartitions(let from, let to):
            change = "add_partitions"
            from_partitions = from
            partitions = to
        case .set(let name, let from, let to):
            change = "set"
            setting = name
            self.from = from.map(PlanFile.State.init)
            self.to = PlanFile.State(value: to, source: ConfigurationEntry.Source.dynamicTopic.rawValue)
        case .unset(let name, let from, let to):
            change = "unset"
            setting = name
            self.from = PlanFile.State(from)
            self.to = to.map(PlanFile.State.init)
        case .delete(let partitions):
            change = "delete"
            from_partitions = partitions
        }
    }

    var planned: PlannedChange? {
        var known: [Risk] = []
        for risk in risks {
            guard let riskClass = RiskClass(rawValue: risk.class) else { return nil }
            known.append(Risk(riskClass, risk.text))
        }
        return topicChange.map { PlannedChange($0, risks: known) }
    }

    private var topicChange: TopicChange? {
        switch (change, setting) {
        case ("create", nil):
            .create(partitions: partitions, replicationFactor: replication_factor, settings: settings ?? [:])
        case ("add_partitions", nil):
            if let from = from_partitions, let to = partitions { .addPartitions(from: from, to: to) } else { nil }
        case ("set", .some(let name)):
            if let value = to?.value { .set(name, from: from?.state, to: value) } else { nil }
        case ("unset", .some(let name)):
            if let from = from?.state { .unset(name, from: from, to: to?.state) } else { nil }
        case ("delete", nil): from_partitions.map { .delete(partitions: $0) }
        default: nil
        }
    }
}
