// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Telemetry
internal import TernAPI

/// What stands on the page beside the mirror's status.
struct ProgramStatus: Sendable {
    var build: BuildInformation
    var process: ProcessSample
    var http: HTTPMeter.Snapshot
    var logCounts: [LogLevel: Int64]
    var peers: [FleetMember]
}

/// The metrics page: a `MirrorStatus` as series.
struct MetricsPage {
    /// Beyond it, series per partition are more than a usual Prometheus should get from one target: operations grew
    /// scrapes of 100,000 samples that timed out elsewhere.
    static let partitionLimit = 2_000

    let level: MetricsDetail
    /// The enabled flows, by name.
    let flows: [(labels: LabelSet, flow: FlowStatus)]
    let status: MirrorStatus
    private var page: Exposition

    /// - Parameter detail: what was configured; `nil` lets the number of partitions decide.
    init(status: MirrorStatus, detail: MetricsDetail?, format: ExpositionFormat) {
        self.status = status
        level = detail ?? Self.automaticDetail(for: status)
        page = Exposition(format: format)
        flows = status.flows.filter(\.isEnabled).sorted { $0.name < $1.name }.map { flow in
            (LabelSet(["source": flow.name.source.rawValue, "target": flow.name.target.rawValue]), flow)
        }
    }

    static func automaticDetail(for status: MirrorStatus) -> MetricsDetail {
        let partitions = status.flows.filter(\.isEnabled).reduce(0) { $0 + $1.partitionCount }
        return partitions > partitionLimit ? .topic : .partition
    }

    /// The page's bytes.
    /// - Parameter elapsed: seconds since the work on this page began; asked at its end.
    mutating func render(program: ProgramStatus, elapsed: () -> Double) -> [UInt8] {
        writeClusters()
        writeFlows()
        writeTopics()
        writePartitions()
        writeJobs()
        writeReload()
        writeTracing()
        writePeers(program.peers)
        writeProgram(program)
        family(MetricCatalogue.collectDuration) { $0.sample(LabelSet(), elapsed()) }
        let count = Int64(page.sampleCount + 1)
        family(MetricCatalogue.seriesCount) { $0.sample(LabelSet(), count) }
        return page.bytes
    }

    mutating func family(_ metric: CatalogueMetric, _ body: (inout MetricFamily) -> Void) {
        guard let descriptor = metric.descriptor(at: level) else { return }
        page.family(descriptor, body)
    }

    static func seconds(_ milliseconds: Int64) -> Double { Double(milliseconds) / 1_000 }

    private mutating func writeClusters() {
        let clusters = status.clusters.sorted { $0.alias < $1.alias }
        func labels(_ cluster: ClusterStatus) -> LabelSet { LabelSet(["kafka_cluster": cluster.alias.rawValue]) }
        family(MetricCatalogue.clusterUp) { family in
            for cluster in clusters { family.sample(labels(cluster), cluster.isUp) }
        }
        family(MetricCatalogue.clusterInfo) { family in
            for cluster in clusters {
                guard let id = cluster.clusterID else { continue }
                family.sample(labels(cluster).appending("cluster_id", id), true)
            }
        }
        family(MetricCatalogue.roundTrip) { family in
            for cluster in clusters { family.sample(labels(cluster), cluster.roundTripSeconds) }
        }
        family(MetricCatalogue.authenticationFailures) { family in
            for cluster in clusters { family.sample(labels(cluster), cluster.authenticationFailures) }
        }
        family(MetricCatalogue.wireReceived) { family in
            for cluster in clusters { family.sample(labels(cluster), cluster.receivedBytes) }
        }
        family(MetricCatalogue.wireSent) { family in
            for cluster in clusters { family.sample(labels(cluster), cluster.sentBytes) }
        }
        let region = status.regionCheck
        family(MetricCatalogue.regionHealthy) { family in
            guard region.checkedAt != nil else { return }
            family.sample(LabelSet(["region": region.region]), region.isHealthy)
        }
    }

    private mutating func writeJobs() {
        let jobs = status.jobs.map { job in
            let (source, target) = (job.flow?.source.rawValue ?? "", job.flow?.target.rawValue ?? "")
            return (LabelSet(["source": source, "target": target, "job": job.name]), job)
        }
        family(MetricCatalogue.jobLastRound) { family in
            for (labels, job) in jobs { family.sample(labels, job.lastRoundAt.map(Self.seconds)) }
        }
        family(MetricCatalogue.jobFailures) { family in
            for (labels, job) in jobs { family.sample(labels, job.failedRounds) }
        }
    }

    private mutating func writeReload() {
        let isSuccessful = status.lastReload?.isSuccessful ?? true
        let succeededAt = status.lastReload?.succeededAt ?? status.startedAt
        family(MetricCatalogue.reloadSuccessful) { $0.sample(LabelSet(), isSuccessful) }
        family(MetricCatalogue.reloadTimestamp) { $0.sample(LabelSet(), Self.seconds(succeededAt)) }
    }

    private mutating func writeProgram(_ program: ProgramStatus) {
        let build = program.build
        family(MetricCatalogue.buildInfo) {
            $0.sample(
                LabelSet([
                    "version": build.version, "revision": build.revision, "swift_version": build.swiftVersion,
                    "client_version": build.clientVersion,
                ]), true)
        }
        let process = program.process
        family(MetricCatalogue.processCPU) { $0.sample(LabelSet(), process.cpuSeconds) }
        family(MetricCatalogue.processResident) { $0.sample(LabelSet(), process.residentBytes) }
        family(MetricCatalogue.processVirtual) { $0.sample(LabelSet(), process.virtualBytes) }
        family(MetricCatalogue.processOpenFiles) { $0.sample(LabelSet(), process.openFiles) }
        family(MetricCatalogue.processMaximumFiles) { $0.sample(LabelSet(), process.maximumFiles) }
        family(MetricCatalogue.processStart) { $0.sample(LabelSet(), process.startSeconds) }
        family(MetricCatalogue.logMessages) { family in
            for level in LogLevel.allCases {
                family.sample(LabelSet(["level": level.description]), program.logCounts[level] ?? 0)
            }
        }
        family(MetricCatalogue.httpRequests) { family in
            for (key, count) in program.http.requests.sorted(by: { $0.key < $1.key }) {
                family.sample(
                    LabelSet(["handler": key.route, "method": key.method, "code": String(key.status)]), count)
            }
        }
        family(MetricCatalogue.httpDuration) { family in
            for (route, durations) in program.http.durations.sorted(by: { $0.key < $1.key }) {
                family.histogram(LabelSet(["handler": route]), durations)
            }
        }
    }
}
