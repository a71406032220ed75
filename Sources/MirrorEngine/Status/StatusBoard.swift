// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Mirroring
import Synchronization
import Telemetry

/// Holds the one value that everything people see is rendered from.
final class StatusBoard: Sendable {
    private let status: Mutex<MirrorStatus>

    init(version: String, flows: [FlowConfiguration], region: String) {
        let now = WallClock.milliseconds()
        var first = MirrorStatus(version: version, startedAt: now)
        first.regionCheck.region = region
        first.flows = flows.filter(\.isEnabled).map { Self.starting($0, at: now) }
        status = Mutex(first)
    }

    private static func starting(_ flow: FlowConfiguration, at now: Int64) -> FlowStatus {
        FlowStatus(
            name: flow.name, isEnabled: true, deliversExactlyOnce: flow.exactlyOnce.isEnabled, state: .starting,
            since: now)
    }

    /// Has just these flows, in this order. What is known of the untouched ones stays.
    func take(_ flows: [FlowConfiguration], untouched: Set<FlowName>) {
        update { status in
            let before = Dictionary(status.flows.map { ($0.name, $0) }) { first, _ in first }
            status.flows = flows.filter(\.isEnabled).map { flow in
                guard untouched.contains(flow.name), let known = before[flow.name] else {
                    return Self.starting(flow, at: WallClock.milliseconds())
                }
                return known
            }
        }
    }

    var current: MirrorStatus { status.withLock { $0 } }

    func update(_ change: (inout MirrorStatus) -> Void) {
        status.withLock { status in
            change(&status)
            status.generatedAt = WallClock.milliseconds()
        }
    }

    func update(_ name: FlowName, _ change: (inout FlowStatus) -> Void) {
        update { status in
            guard let place = status.flows.firstIndex(where: { $0.name == name }) else { return }
            let before = status.flows[place].state
            change(&status.flows[place])
            if status.flows[place].state != before { status.flows[place].since = WallClock.milliseconds() }
        }
    }

    /// What the clusters are like, and what follows from one that is down: for its flows at once, and for the region.
    func note(_ clusters: [ClusterStatus], healthCluster: ClusterAlias) {
        update { $0.clusters = clusters }
        let down = Dictionary(clusters.filter { !$0.isUp && $0.downSince != nil }.map { ($0.alias, $0) }) { first, _ in
            first
        }
        guard !down.isEmpty else { return }
        for flow in current.flows where flow.state == .running || flow.state == .degraded {
            let lost = [flow.name.source, flow.name.target].compactMap { down[$0] }
            guard !lost.isEmpty else { continue }
            update(flow.name) { flow in
                flow.hasBothClusters = false
                flow.state = .degraded
                flow.reason = Self.reason(lost)
            }
        }
        guard let cluster = down[healthCluster] else { return }
        update { status in
            guard status.regionCheck.checkedAt != nil, status.regionCheck.checks.allSatisfy(\.isHealthy) else { return }
            status.regionCheck.checkedAt = WallClock.milliseconds()
            status.regionCheck.checks = [
                .init(name: "cluster", isHealthy: false, detail: Self.reason([cluster]))
            ]
        }
    }

    /// Why a flow does not run, of the clusters that are down.
    static func reason(_ down: [ClusterStatus]) -> String {
        down.map { "\($0.alias): \($0.problem ?? "no answer")" }.joined(separator: "; ")
    }
}
