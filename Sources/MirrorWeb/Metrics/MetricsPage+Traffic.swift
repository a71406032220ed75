// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

extension MetricsPage {
    mutating func writeLinks() {
        family(MetricCatalogue.discardedBytes) { [flows] family in
            for (labels, flow) in flows {
                for reason in ForwardingPolicy.Reason.allCases {
                    family.sample(
                        labels.appending("reason", reason.rawValue), flow.link.records.discarded(reason).bytes)
                }
            }
        }
        family(MetricCatalogue.linkBytes) { [flows] family in
            for (labels, flow) in flows {
                for side in LinkSide.allCases {
                    family.sample(labels.appending("side", side.rawValue), flow.link.wire.bytes(on: side))
                }
            }
        }
        family(MetricCatalogue.linkBillable) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, flow.link.billableBytes) }
        }
        family(MetricCatalogue.linkPrice) { [flows] family in
            for (labels, flow) in flows { family.sample(labels, flow.link.pricePerGigabyte) }
        }
    }
}
