// SPDX-License-Identifier: Apache-2.0
internal import Telemetry

extension MetricCatalogue {
    static let spansExported = metric(
        "tern_spans_exported_total", .counter,
        "Spans of sampled records that the collector took; absent where none are exported.")
    static let spansDropped = metric(
        "tern_spans_dropped_total", .counter, labels: ["reason"],
        "Spans that no collector has: queue_full, more came than it took; refused, it said no. Absent where none are exported."
    )
    static let spansWaiting = metric(
        "tern_spans_waiting", "Spans that wait to be sent; absent where none are exported.")
}
