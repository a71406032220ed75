// SPDX-License-Identifier: Apache-2.0
internal import Telemetry

/// What a flow has on the network, and what it costs.
extension MetricCatalogue {
    static let discardedBytes = metric(
        "tern_discarded_bytes_total", .counter, labels: flow + ["reason"], detail: .flow,
        "Bytes of the records of tern_filtered_records_total: key and value, uncompressed; read from the source for nothing."
    )
    static let linkBytes = metric(
        "tern_link_bytes_total", .counter, labels: flow + ["side"], detail: .flow,
        "Bytes on the network of the flow's lanes: got from the source (side=source), sent to the target (side=target), "
            + "compressed as they are, before encryption.")
    static let linkBillable = metric(
        "tern_link_billable_bytes_total", .counter, labels: flow, detail: .flow,
        "Bytes of tern_link_bytes_total that crossed between regions, each counted on one side (link.price.side).")
    static let linkPrice = metric(
        "tern_link_price_per_gigabyte", labels: flow, detail: .flow,
        "What 10^9 billable bytes cost (link.price.per.gb); absent where no price is set.")
}
