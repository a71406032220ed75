// SPDX-License-Identifier: Apache-2.0

/// One partition's.
extension MetricCatalogue {
    static let lagRecords = metric(
        "tern_lag_records", labels: partition, detail: .partition, aggregated: true,
        "Readable records of the source that the target has not acknowledged; absent while unknown.")
    static let lagSeconds = metric(
        "tern_lag_seconds", labels: partition, detail: .partition, aggregated: true,
        "Age of the oldest record not yet mirrored, in seconds; 0 when caught up; absent while unknown.")
    static let lagHeld = metric(
        "tern_lag_held_records", labels: partition, detail: .partition, aggregated: true,
        "Records behind an open transaction of the source: not yet readable, not part of the lag.")
    static let sourceEnd = metric(
        "tern_source_end_offset", labels: partition, detail: .partition, "The source's high watermark.")
    static let sourceStart = metric(
        "tern_source_start_offset", labels: partition, detail: .partition, "The source's first offset.")
    static let replicatedOffset = metric(
        "tern_replicated_offset", labels: partition, detail: .partition,
        "The next offset to mirror: everything before it is acknowledged by the target.")
    static let partitionPaused = metric(
        "tern_partition_paused", labels: partition, detail: .partition,
        "1 for a partition that people have paused, by itself or with its topic or flow; 0 for the others.")
}
