// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

extension MetricsPage {
    /// Nothing of flows whose controller is off.
    mutating func writeFailover() {
        family(MetricCatalogue.failoverState) { [flows] family in
            for (labels, flow) in flows {
                guard let phase = flow.failover?.state.phase else { continue }
                for other in FailoverController.Phase.allCases {
                    family.sample(labels.appending("state", other.rawValue), other == phase)
                }
            }
        }
        perController(MetricCatalogue.failoverActing) { $0.isOwner ? 1 : 0 }
        perController(MetricCatalogue.failoverPaused) { $0.pause == nil ? 0 : 1 }
        perController(MetricCatalogue.failoverBadChecks) { Int64($0.state.badChecks) }
        perController(MetricCatalogue.failoverProblem) { $0.problem == nil && $0.state.problem == nil ? 0 : 1 }
        perController(MetricCatalogue.failoverHookFailures, \.failedHooks)
    }

    private mutating func perController(_ metric: CatalogueMetric, _ value: (FailoverControllerStatus) -> Int64) {
        family(metric) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, flow.failover.map(value)) }
        }
    }
}
