// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Text

/// The parts of a health answer, and what they come to.
struct HealthChecks: Equatable {
    struct Check: Equatable {
        let name: String
        /// `nil` is passed.
        let problem: String?
    }

    private(set) var checks: [Check]
    let isPassed: Bool

    /// Every job of the process comes round. Says nothing about clusters: a restart would not bring them back.
    static func liveness(of status: MirrorStatus) -> HealthChecks {
        HealthChecks(
            status.jobs.map { Check(name: "job/\($0.fullName)", problem: $0.problemOfLiveness) })
    }

    /// The configuration was read and the listeners are bound.
    static func startup(of status: MirrorStatus) -> HealthChecks {
        HealthChecks([Check(name: "started", problem: status.isStarted ? nil : "still starting")])
    }

    /// Whether this process can mirror.
    /// - Parameter excluded: names of checks that do not count.
    static func readiness(of status: MirrorStatus, mode: HTTPConfiguration.Readiness, excluded: [String] = [])
        -> HealthChecks
    {
        var checks = [
            Check(name: "started", problem: status.isStarted ? nil : "still starting"),
            Check(name: "draining", problem: status.isDraining ? "a stop was requested" : nil),
        ].filter { !excluded.contains($0.name) }
        let ownPassed = checks.allSatisfy { $0.problem == nil }
        for cluster in status.clusters.sorted(by: { $0.alias < $1.alias }) where !cluster.isUp {
            checks.append(Check(name: "cluster/\(cluster.alias)", problem: cluster.problem ?? "has not answered"))
        }
        let flows = status.flows.filter(\.isEnabled).sorted { $0.name < $1.name }.map(flowCheck)
            .filter { !excluded.contains($0.name) }
        if flows.isEmpty, mode != .none, excluded.isEmpty {
            checks.append(Check(name: "flows", problem: "no flow is enabled"))
        }
        let passed = flows.filter { $0.problem == nil }.count
        let flowsPassed =
            switch mode {
            case .any: passed > 0 || (flows.isEmpty && !excluded.isEmpty)
            case .all: passed == flows.count && (passed > 0 || !excluded.isEmpty)
            case .none: true
            }
        return HealthChecks(checks: checks + flows, isPassed: ownPassed && flowsPassed)
    }

    private static func flowCheck(_ flow: FlowStatus) -> Check {
        let problem = flow.reason ?? "waits for a cluster to answer"
        return Check(name: "flow/\(flow.name)", problem: flow.hasBothClusters ? nil : problem)
    }

    private init(_ checks: [Check]) {
        self.init(checks: checks, isPassed: checks.allSatisfy { $0.problem == nil })
    }

    private init(checks: [Check], isPassed: Bool) {
        self.checks = checks
        self.isPassed = isPassed
    }

    /// As Kubernetes' own servers answer: `ok`, or one line per check when asked for or when it failed.
    func text(verbose: Bool) -> String {
        guard verbose || !isPassed else { return "ok\n" }
        let lines = checks.map { check in
            check.problem.map { "[-]\(check.name) failed: \($0.printable)\n" } ?? "[+]\(check.name) ok\n"
        }
        return lines.joined() + (isPassed ? "check passed\n" : "check failed\n")
    }
}
