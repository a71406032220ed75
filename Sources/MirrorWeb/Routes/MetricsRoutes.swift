// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Telemetry

extension MirrorWeb {
    func metrics(_ request: Request) -> Response {
        let began = ContinuousClock.now
        let format = MetricsNegotiation.format(accept: request.headerValues("Accept"))
        let status = status()
        if options.metricsDetail == .auto, MetricsPage.automaticDetail(for: status) != .partition,
            hasReducedDetail.raise()
        {
            log.info(
                .metricsDetailReduced,
                [
                    LogField("detail", MetricsDetail.topic.rawValue),
                    LogField("partition_limit", MetricsPage.partitionLimit),
                ])
        }
        var page = MetricsPage(status: status, detail: .init(options.metricsDetail), format: format)
        let program = ProgramStatus(
            build: build, process: .take(), http: meter.snapshot, logCounts: log.counts, peers: peers())
        let bytes = page.render(program: program) { (ContinuousClock.now - began).inSeconds }
        return Response(
            200,
            headers: [("Content-Type", format.contentType), ("Cache-Control", "no-store"), ("Vary", "Accept")],
            body: bytes)
    }

    func mirrorMakerMetrics(_ request: Request) -> Response {
        var page = MirrorMakerPage(status: status(), now: now())
        return Response(
            200,
            headers: [
                ("Content-Type", ExpositionFormat.prometheusText.contentType), ("Cache-Control", "no-store"),
            ], body: page.render())
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Which of the two formats a scraper gets.
enum MetricsNegotiation {
    /// OpenMetrics for whoever names it and likes nothing better; the older format for everybody else, also for a
    /// header that cannot be read. Never an error.
    static func format(accept values: [String]) -> ExpositionFormat {
        var openMetrics = 0.0
        var text = 0.0
        for range in values.flatMap({ $0.split(separator: ",") }) {
            let parts = range.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
            guard let type = parts.first else { continue }
            let parameters = parts.dropFirst()
            let version = parameters.first { $0.hasPrefix("version=") }?.dropFirst("version=".count)
            var quality = 1.0
            if let q = parameters.first(where: { $0.hasPrefix("q=") }) { quality = Double(q.dropFirst(2)) ?? 0 }
            switch type {
            case "application/openmetrics-text" where version == nil || version == "1.0.0":
                openMetrics = max(openMetrics, quality)
            case "text/plain" where version == nil || version == "0.0.4": text = max(text, quality)
            default: break
            }
        }
        return openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheusText
    }
}

extension MetricsDetail {
    /// `nil` lets the number of partitions decide.
    init?(_ configured: HTTPConfiguration.MetricsDetail) {
        switch configured {
        case .auto: return nil
        case .flow: self = .flow
        case .topic: self = .topic
        case .partition: self = .partition
        }
    }
}
