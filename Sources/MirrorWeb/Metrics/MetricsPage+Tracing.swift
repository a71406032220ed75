// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

extension MetricsPage {
    mutating func writeTracing() {
        let tracing = status.tracing
        family(MetricCatalogue.spansExported) { $0.sample(LabelSet(), tracing?.exported) }
        family(MetricCatalogue.spansDropped) { family in
            guard let tracing else { return }
            for loss in TracingStatus.Loss.allCases {
                family.sample(LabelSet(["reason": loss.rawValue]), tracing.dropped[loss, default: 0])
            }
        }
        family(MetricCatalogue.spansWaiting) { $0.sample(LabelSet(), tracing.map { Int64($0.waiting) }) }
    }
}
