// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry

/// docs/metrics.md, printed from the catalogue.
public enum MetricReference {
    /// The whole file; a test compares it with the committed one.
    public static var markdown: String {
        var text = """
            # Metrics

            Printed from the table in `Sources/MirrorWeb/Metrics/MetricCatalogue.swift`; a test fails when they differ.

            `GET /metrics` answers Prometheus text 0.0.4, or OpenMetrics 1.0 when the Accept header asks for it. The page is
            made from the daemon's own state: a scrape sends no request to Kafka.

            * An unknown value is an absent series, never 0: lag is unknown while a cluster cannot be asked.
            * Counters count from the start of the process and exist, at 0, before their first event; those labelled `error`
              and `code` appear with it.
            * Requests, throttling and bytes on the network are counted as they happen; the page has those of clusters as of the
              last second, and those of a flow as of the last time its lag was measured (`lag.interval.ms`).
            * `topic` is the source's name of a topic. `tern_topic_info` holds the target's name, for joins.
            * `metrics.detail` is `flow`, `topic` or `partition`. Unless set it is `partition`, and `topic` when the flows have
              more than \(MetricsPage.partitionLimit) partitions together. Metrics marked *summed* stay on coarser pages with fewer
              labels: as the sum, lag in seconds and the last timestamp as the largest, headroom as the smallest.
            * All histograms have the buckets \(HistogramSnapshot.bounds.map(bound).joined(separator: " ")) (seconds).


            """
        text += section("Per partition", MetricCatalogue.all.filter { $0.detail == .partition })
        text += section("Per topic", MetricCatalogue.all.filter { $0.detail == .topic })
        text += section("Per flow", MetricCatalogue.all.filter { $0.detail == .flow })
        text += section("Always", MetricCatalogue.all.filter { $0.detail == nil })
        text += mirrorMakerSection
        return text.trimmingSuffixNewlines() + "\n"
    }

    private static var mirrorMakerSection: String {
        var text = """
            ## MirrorMaker's names

            `GET /metrics/compat/mm2` serves the same status under the names that MirrorMaker 2 has when Strimzi's published rules
            of the JMX exporter, or its metrics reporter, publish it. Dashboards and alerts made for those keep working:
            [coming from MirrorMaker](coming-from-mirrormaker.md#dashboards-and-alerts). For new ones take `/metrics`.

            * `topic` is the target's name of a topic, as MirrorMaker has it, except where said otherwise.
            * Counts begin when a lane of this process takes the partition, as those of a task of MirrorMaker do when it starts.
            * The page has a series for each partition, whatever `metrics.detail` says.
            * Missing, since Tern has no such thing: `jvm_*`, `container_*`, `kafka_connect_plugins_*` (the names of KIP-1280, which
              Strimzi's rules do not publish), and what is not in the table.

            | Metric | Reporter's name | Labels | Meaning | Where it differs |
            |---|---|---|---|---|

            """
        for metric in MirrorMakerMetric.all {
            let labels = metric.descriptor.labels.map { "`\($0)`" }.joined(separator: ", ")
            let other = metric.reporterDescriptor.map { "`\($0.name)`" } ?? ""
            text +=
                "| `\(metric.descriptor.name)` | \(other) | \(labels) | \(metric.descriptor.help) | \(metric.difference) |\n"
        }
        return text
    }

    private static func section(_ title: String, _ metrics: [CatalogueMetric]) -> String {
        var text = "## \(title)\n\n| Metric | Type | Labels | Meaning |\n|---|---|---|---|\n"
        for metric in metrics {
            let labels = metric.descriptor.labels.map { "`\($0)`" }.joined(separator: ", ")
            text += "| `\(metric.descriptor.name)` | \(metric.descriptor.kind.rawValue) | \(labels) | "
            text += "\(metric.descriptor.help)\(metric.isAggregated ? " *Summed.*" : "") |\n"
        }
        return text + "\n"
    }

    private static func bound(_ bound: Double) -> String {
        bound == bound.rounded() ? String(Int(bound)) : String(bound)
    }
}

extension String {
    fileprivate func trimmingSuffixNewlines() -> String {
        var text = self[...]
        while text.hasSuffix("\n") { text = text.dropLast() }
        return String(text)
    }
}
