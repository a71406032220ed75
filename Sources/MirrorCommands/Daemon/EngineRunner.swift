// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import MirrorEngine

extension DaemonRunner {
    /// The daemon itself, on real clusters.
    package static let engine = DaemonRunner { configuration, log in
        var environment = MirrorEnvironment.real
        // Daemons on one machine that mirror the same clusters must not take each other's place; those that mirror others
        // never meet, so the clusters are the name.
        environment.instanceName = configuration.clusters.map { "\($0.alias)=\($0.bootstrapServers)" }.joined(
            separator: ";")
        environment.failover = DaemonFailover()
        return RunningDaemon(
            try MirrorDaemon(
                configuration: configuration, log: log, version: TernVersion.current, environment: environment))
    }
}

extension RunningDaemon {
    /// A daemon of the engine as the command sees it.
    init(_ daemon: MirrorDaemon) {
        self.init(
            run: {
                switch await daemon.run() {
                case .drained: .drained
                case .notDrained(let lines): .notDrained(lines.joined(separator: "; "))
                case .invalid(let reason): .misconfigured(reason)
                }
            },
            requestStop: { daemon.requestStop() }, status: { daemon.status },
            forceRegionUnhealthy: { isForced, _ in daemon.forceRegionUnhealthy(isForced) },
            onEachSecond: { daemon.onEachSecond($0) }, translate: { daemon.translate($0, $1, $2) },
            wait: { daemon.wait($0, $1, $2, within: $3, answer: $4) })
        reload = { try await daemon.reload($0) }
        noteReload = { daemon.noteReload($0, problem: $1) }
        comeRound = { daemon.comeRound($0, every: $1, backOff: $2, limit: PeerWatch.roundLimit, $3) }
        order = { try await daemon.order($0, $1, $2) }
    }
}
