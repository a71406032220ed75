// SPDX-License-Identifier: Apache-2.0

/// Real clusters that tests of one process share: started when first asked for, ended with the process. Tests keep apart
/// by the names of their topics.
public actor SharedClusters {
    public static let shared = SharedClusters()

    private var clusters: [String: Task<RealCluster, any Error>] = [:]

    /// Two clusters of the distribution that `KAFKA_HOME` names.
    public static func pair() async throws -> (source: RealCluster, target: RealCluster) {
        guard let distribution = KafkaDistribution.found else { throw CommandFailure(KafkaDistribution.missing) }
        async let source = shared.cluster("source", of: distribution)
        async let target = shared.cluster("target", of: distribution)
        return try await (source, target)
    }

    /// One cluster of the older distribution.
    public static func old() async throws -> RealCluster {
        guard let distribution = KafkaDistribution.old else { throw CommandFailure("no older Kafka") }
        return try await shared.cluster("old", of: distribution)
    }

    /// A cluster with access rules and the users `admin` and `tern`, whose passwords are their names and `-secret`.
    public static func guarded() async throws -> RealCluster {
        guard let distribution = KafkaDistribution.found else { throw CommandFailure(KafkaDistribution.missing) }
        return try await shared.cluster("guarded", of: distribution, guardedOptions)
    }

    /// The same of the older distribution.
    public static func guardedOld() async throws -> RealCluster {
        guard let distribution = KafkaDistribution.old else { throw CommandFailure("no older Kafka") }
        return try await shared.cluster("guarded-old", of: distribution, guardedOptions)
    }

    /// One cluster that clients can also reach over a ``Relay``.
    public static func linked() async throws -> RealCluster {
        guard let distribution = KafkaDistribution.found else { throw CommandFailure(KafkaDistribution.missing) }
        return try await shared.cluster("linked", of: distribution, .init(isLinked: true))
    }

    private static let guardedOptions = RealCluster.Options(
        users: ["admin": "admin-secret", "tern": "tern-secret"], authorizes: true)

    /// The cluster of that name, with the options it was first asked for with.
    public func cluster(
        _ name: String, of distribution: KafkaDistribution, _ options: RealCluster.Options = RealCluster.Options()
    ) async throws -> RealCluster {
        if let task = clusters[name] { return try await task.value }
        let task = Task { try await RealCluster.start(distribution, options) }
        clusters[name] = task
        return try await task.value
    }
}
