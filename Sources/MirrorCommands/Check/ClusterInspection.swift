// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Telemetry
internal import Text

/// What a cluster reported about itself.
struct ClusterInspection: Sendable {
    enum Outcome: Sendable {
        case reached(id: String, ClusterDescription)
        case unreachable(ConnectionDiagnosis)
    }
    let alias: ClusterAlias
    let outcome: Outcome
    /// Of a cluster that was reached.
    var unreachableBrokers: [UnreachableBroker] = []

    var id: String? { if case .reached(let id, _) = outcome { id } else { nil } }
    var description: ClusterDescription? { if case .reached(_, let description) = outcome { description } else { nil } }

    var place: String { "cluster \(alias)" }

    var findings: [CheckFinding] {
        switch outcome {
        case .unreachable(let diagnosis):
            return [CheckFinding(.error, at: place, code: diagnosis.code, diagnosis.message, hint: diagnosis.hint)]
        case .reached(_, let description):
            let unreachable = unreachableBrokers.map { $0.finding(at: place) }
            let leaderless = description.topics.filter { $0.partitions.contains { $0.leader == nil } }.map(
                \.name.rawValue)
            guard !leaderless.isEmpty else { return unreachable }
            return unreachable + [
                CheckFinding(
                    .warning, at: place, code: "NO_LEADER",
                    "partitions without a leader, which cannot be read or written: \(AccessSummary.list(leaderless))")
            ]
        }
    }

    /// Aliases that turned out to be one cluster: mirroring between them would copy records onto themselves.
    static func sameClusters(_ inspections: [ClusterInspection], file: String) -> [CheckFinding] {
        let reached = inspections.filter { $0.id != nil }
        return Dictionary(grouping: reached) { $0.id ?? "" }.sorted { $0.key < $1.key }.compactMap { id, same in
            guard same.count > 1 else { return nil }
            let names = same.map(\.alias.rawValue).joined(separator: " and ")
            return CheckFinding(
                .error, at: file, code: "SAME_CLUSTER", "\(names) are one cluster, \(id)",
                hint: "check their bootstrap.servers", status: .usage)
        }
    }

    var json: JSONValue {
        switch outcome {
        case .reached(let id, let description):
            [
                "alias": .string(alias.rawValue), "reachable": true, "cluster_id": .string(id),
                "brokers": .integer(Int64(description.brokers.count)),
                "topics": .integer(Int64(description.topics.count)), "problem": .null,
            ]
        case .unreachable(let diagnosis):
            [
                "alias": .string(alias.rawValue), "reachable": false, "cluster_id": .null, "brokers": .null,
                "topics": .null, "problem": .string(diagnosis.message.printable),
            ]
        }
    }
}

/// Asks clusters about themselves.
struct ClusterInspector: Sendable {
    let timeout: Duration

    /// - Parameter admin: of that cluster; stays open.
    func inspect(_ cluster: ClusterConfiguration, _ admin: AdminClient) async -> ClusterInspection {
        do {
            let id = try await admin.clusterID(within: timeout)
            let description = try await admin.cluster(within: timeout)
            return ClusterInspection(
                alias: cluster.alias, outcome: .reached(id: id, description),
                unreachableBrokers: await unreachableBrokers(of: description, cluster, admin))
        } catch {
            let diagnosis = ConnectionDiagnosis(
                error, reported: admin.takeClientErrors(), properties: cluster.adminProperties,
                libraryVersion: Clients.libraryVersion)
            let complaint = admin.takeRefusedCertificates().lazy.compactMap(CertificateComplaint.init).first
            return ClusterInspection(
                alias: cluster.alias, outcome: .unreachable(complaint.map(diagnosis.explained) ?? diagnosis))
        }
    }
}
