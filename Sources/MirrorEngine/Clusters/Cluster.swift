// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Synchronization
import Telemetry

/// One cluster of the file: the handle that asks it things, and whether it answers.
///
/// The handle is of consumer type, so that asking about a topic never creates it, and never a lane's: a handle that is
/// fetching makes each question wait for its long poll.
final class Cluster: Sendable {
    let alias: ClusterAlias
    let admin: AdminClient
    /// Of all of Tern's clients of this cluster.
    let traffic = ClientTraffic()
    private let bootstrapServers: String
    private let log: Log
    private let state: Mutex<ClusterStatus>
    private let loginFailure = Mutex<LoginFailure?>(nil)
    private let registry: ClusterRegistry
    private let onChange: @Sendable () -> Void

    /// - Parameter onChange: called when the cluster is seen to be up or down.
    init(
        _ configuration: ClusterConfiguration, registry: ClusterRegistry, log: Log,
        onChange: @escaping @Sendable () -> Void
    ) throws {
        self.onChange = onChange
        alias = configuration.alias
        bootstrapServers = configuration.bootstrapServers
        self.registry = registry
        self.log = log.with([.cluster(configuration.alias)])
        var properties = configuration.adminProperties
        properties["isolation.level"] = "read_uncommitted"
        admin = try AdminClient(properties, clientID: "tern|\(configuration.alias)|admin", traffic: traffic)
        state = Mutex(ClusterStatus(alias: configuration.alias))
    }

    var status: ClusterStatus {
        var status = state.withLock { $0 }
        let totals = traffic.totals
        status.receivedBytes = totals.receivedBytes
        status.sentBytes = totals.sentBytes
        status.roundTripSeconds = traffic.roundTrip.map { $0 / .seconds(1) }
        return status
    }
    var clusterID: String? { state.withLock { $0.clusterID } }

    /// Asks the cluster who it is.
    /// - Throws: `KafkaError` when it does not answer; `SameClusterError` when another alias names the same cluster.
    @discardableResult
    func identify(within limit: Duration = .seconds(10)) async throws -> String {
        let id: String
        do throws(KafkaError) {
            id = try await admin.clusterID(within: limit)
        } catch {
            noteDown(error)
            throw error
        }
        noteUp(id)
        try registry.claim(id, by: alias)
        return id
    }

    /// How long an answer may take before a cluster that refuses connections counts as down. One that is only slow, or that
    /// takes connections and says nothing, has ``patience``.
    private static let refusalLimit = Duration.milliseconds(700)
    private static let patience = Duration.seconds(5)

    /// Has the cluster asked at once when the client loses a connection; ends with the client.
    func watchConnections(waking jobs: JobRunner) async {
        for await _ in admin.troubles where state.withLock({ $0.isUp }) { jobs.wake("cluster \(alias)") }
    }

    /// Whether the cluster answers: asked once a second.
    func look() async {
        noteLogin()
        do throws(KafkaError) {
            let id = try await admin.clusterID(within: Self.refusalLimit)
            noteUp(id)
            try? registry.claim(id, by: alias)
        } catch {
            if Task.isCancelled { return }
            let isRefused = error.code == ._transport && error.reason.lowercased().contains("refused")
            if isRefused { noteDown(error) } else { _ = try? await identify(within: Self.patience) }
        }
    }

    /// A login that cannot be renewed is told while the old one still holds.
    private func noteLogin() {
        let failure = admin.loginFailure
        let before = loginFailure.withLock { last in
            defer { last = failure }
            return last
        }
        guard failure != before else { return }
        if let failure {
            log.warning(.loginFailing, [.reason(failure.description)])
        } else {
            log.info(.loginRenewed)
        }
    }

    private func noteUp(_ id: String) {
        let (wasDown, previous) = state.withLock { status in
            let before = (!status.isUp, status.clusterID)
            status.isUp = true
            status.clusterID = id
            status.downSince = nil
            status.problem = nil
            return before
        }
        if wasDown {
            log.info(.clusterUp, [LogField("cluster_id", id)])
            onChange()
        }
        if let previous, previous != id {
            log.error(
                .clusterChanged,
                [
                    LogField("was", previous), LogField("is", id),
                    .reason("another cluster answers at \(bootstrapServers); its flows stop at their next check"),
                ])
        }
    }

    private func noteDown(_ error: KafkaError) {
        let details = admin.takeClientErrors()
        let isRefused = details.contains { $0.code == ._authentication || $0.code == .saslAuthenticationFailed }
        let reason = (details.last { $0.code != ._allBrokersDown } ?? error).reason
        let wasUp = state.withLock { status in
            defer {
                status.isUp = false
                status.downSince = status.downSince ?? WallClock.milliseconds()
                status.problem = reason
                if isRefused { status.authenticationFailures += 1 }
            }
            return status.isUp || status.downSince == nil
        }
        guard wasUp else { return }
        log.warning(.clusterDown, [.code(error.code.name), .reason(reason)])
        onChange()
    }

    func close() { admin.close() }
}

/// Which alias names which cluster: two aliases for one cluster would send every record round in a circle.
final class ClusterRegistry: Sendable {
    private let owners = Mutex<[String: ClusterAlias]>([:])
    private let conflict: @Sendable (SameClusterError) -> Void

    init(onConflict: @escaping @Sendable (SameClusterError) -> Void) { conflict = onConflict }

    /// The alias is no longer in the file.
    func release(_ alias: ClusterAlias) { owners.withLock { owners in owners = owners.filter { $0.value != alias } } }

    func claim(_ id: String, by alias: ClusterAlias) throws(SameClusterError) {
        let owner = owners.withLock { owners in
            if let owner = owners[id] { return owner }
            // An alias that was pointed elsewhere gives its old cluster up.
            owners = owners.filter { $0.value != alias }
            owners[id] = alias
            return alias
        }
        guard owner != alias else { return }
        let error = SameClusterError(clusterID: id, aliases: [owner, alias].sorted())
        conflict(error)
        throw error
    }
}

/// Two aliases of the file name one cluster.
public struct SameClusterError: Error, Sendable, CustomStringConvertible {
    public var clusterID: String
    public var aliases: [ClusterAlias]
    public var description: String {
        "\(aliases.map(\.description).joined(separator: " and ")) are one cluster (\(clusterID)): give each cluster one "
            + "alias, or correct \(aliases.map { "\($0).bootstrap.servers" }.joined(separator: " or "))"
    }
}
