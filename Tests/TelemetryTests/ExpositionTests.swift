// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing

@Suite struct `An exposition page` {
    private let records = MetricDescriptor(
        "tern_records_total", .counter, labels: ["topic"], help: #"Records of a "topic" \ all"#)
    private let up = MetricDescriptor("tern_cluster_up", .gauge, labels: ["kafka_cluster"], help: "Answers.")
    private let latency = MetricDescriptor("tern_latency_seconds", .histogram, labels: ["source"], help: "Latency.")

    private func page(_ format: ExpositionFormat, _ body: (inout Exposition) -> Void) -> String {
        var page = Exposition(format: format)
        body(&page)
        return String(decoding: page.bytes, as: UTF8.self)
    }

    @Test func `sorts families by name`() {
        let text = page(.prometheusText) { page in
            page.family(records) { $0.sample(LabelSet(["topic": "a"]), Int64(3)) }
            page.family(up) { $0.sample(LabelSet(["kafka_cluster": "A"]), true) }
        }
        #expect(
            text == """
                # HELP tern_cluster_up Answers.
                # TYPE tern_cluster_up gauge
                tern_cluster_up{kafka_cluster="A"} 1
                # HELP tern_records_total Records of a "topic" \\\\ all
                # TYPE tern_records_total counter
                tern_records_total{topic="a"} 3

                """)
    }

    @Test func `names a counter's family without its suffix in OpenMetrics, and ends the page`() {
        let text = page(.openMetrics) { page in
            page.family(records) { $0.sample(LabelSet(["topic": "a"]), Int64(3)) }
        }
        #expect(
            text == #"""
                # HELP tern_records Records of a \"topic\" \\ all
                # TYPE tern_records counter
                tern_records_total{topic="a"} 3
                # EOF

                """#)
    }

    @Test func `leaves unknown values and empty families out`() {
        let text = page(.openMetrics) { page in
            page.family(records) { $0.sample(LabelSet(["topic": "a"]), nil as Int64?) }
            page.family(up) { _ in }
        }
        #expect(text == "# EOF\n")
    }

    @Test(arguments: ExpositionFormat.allCases)
    func `renders a histogram cumulatively, with equal bounds in both formats`(format: ExpositionFormat) {
        var value = HistogramValue(bounds: [0.005, 1, 1800])
        for seconds in [0.001, 0.005, 0.5, 1, 2_000] { value.record(seconds) }
        let text = page(format) { page in page.family(latency) { $0.histogram(LabelSet(["source": "A"]), value) } }
        #expect(
            text.contains(
                """
                tern_latency_seconds_bucket{source="A",le="0.005"} 2
                tern_latency_seconds_bucket{source="A",le="1.0"} 4
                tern_latency_seconds_bucket{source="A",le="1800.0"} 4
                tern_latency_seconds_bucket{source="A",le="+Inf"} 5
                tern_latency_seconds_sum{source="A"} 2001.506
                tern_latency_seconds_count{source="A"} 5

                """))
    }

    @Test(arguments: [
        (#"back\slash"#, #"back\\slash"#),
        ("quo\"te", #"quo\"te"#),
        ("new\nline", #"new\nline"#),
        ("tab\tand\u{1B}", "tab\tand\u{1B}"),
        ("größe.日本", "größe.日本"),
    ])
    func `escapes label values`(value: String, written: String) {
        let text = page(.prometheusText) { page in
            page.family(up) { $0.sample(LabelSet(["kafka_cluster": value]), false) }
        }
        #expect(text.contains("tern_cluster_up{kafka_cluster=\"\(written)\"} 0\n"))
    }

    @Test(arguments: [(0.0, "0.0"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e-7, "1e-07")])
    func `writes numbers as the format spells them`(value: Double, written: String) {
        let text = page(.prometheusText) { page in
            page.family(up) { $0.sample(LabelSet(["kafka_cluster": "A"]), value) }
        }
        #expect(text.hasSuffix("} \(written)\n"))
    }

    @Test func `counts its samples`() {
        var page = Exposition(format: .prometheusText)
        page.family(latency) { $0.histogram(LabelSet(["source": "A"]), HistogramValue(bounds: [1])) }
        page.family(up) { $0.sample(LabelSet(["kafka_cluster": "A"]), true) }
        #expect(page.sampleCount == 5)
    }

    @Test func `traps on labels that the descriptor does not have`() async {
        await #expect(processExitsWith: .failure) {
            var page = Exposition(format: .prometheusText)
            page.family(MetricDescriptor("x", .gauge, labels: ["a"], help: "h")) {
                $0.sample(LabelSet(["b": "1"]), true)
            }
        }
    }
}
