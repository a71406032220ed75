// SPDX-License-Identifier: Apache-2.0
internal import Telemetry

/// How finely series are cut: each level is a label more.
enum MetricsDetail: String, Sendable, CaseIterable {
    case flow, topic, partition
}

/// One line of the catalogue.
struct CatalogueMetric: Sendable {
    let descriptor: MetricDescriptor
    /// At which level it first appears; `nil` is always. Coarser levels show the flow's or topic's sum or worst where
    /// `isAggregated`, and nothing otherwise.
    let detail: MetricsDetail?
    let isAggregated: Bool

    /// The metric as it stands on a page of that level, `nil` when it is not there.
    func descriptor(at level: MetricsDetail) -> MetricDescriptor? {
        guard let detail, detail.rank > level.rank else { return descriptor }
        guard isAggregated else { return nil }
        let dropped: Set<String> = level == .flow ? ["topic", "partition"] : ["partition"]
        return MetricDescriptor(
            descriptor.name, descriptor.kind, labels: descriptor.labels.filter { !dropped.contains($0) },
            help: descriptor.help)
    }
}

extension MetricsDetail {
    fileprivate var rank: Int {
        switch self {
        case .flow: 0
        case .topic: 1
        case .partition: 2
        }
    }
}

/// Every metric there is: name, type, labels, help and level. `/metrics` and docs/metrics.md are both printed from it.
///
/// `topic` is the source's name for a topic everywhere; the target's name stands in `tern_topic_info` alone.
enum MetricCatalogue {
    static let flow = ["source", "target"]
    private static let topic = ["source", "target", "topic"]
    static let partition = ["source", "target", "topic", "partition"]

    // Process
    static let buildInfo = metric(
        "tern_build_info", labels: ["version", "revision", "swift_version", "client_version"],
        "What is running; the value is 1.")
    static let processCPU = metric("process_cpu_seconds_total", .counter, "User and system CPU time, in seconds.")
    static let processResident = metric("process_resident_memory_bytes", "Resident memory, in bytes.")
    static let processVirtual = metric("process_virtual_memory_bytes", "Virtual memory, in bytes.")
    static let processOpenFiles = metric("process_open_fds", "Open file descriptors.")
    static let processMaximumFiles = metric("process_max_fds", "File descriptors that may be open at most.")
    static let processStart = metric(
        "process_start_time_seconds", "When the process started, in seconds since 1970.")
    static let httpRequests = metric(
        "tern_http_requests_total", .counter, labels: ["handler", "method", "code"],
        "HTTP requests answered; handler is a route, or 'none' and 'refused'.")
    static let httpDuration = metric(
        "tern_http_request_duration_seconds", .histogram, labels: ["handler"],
        "Time to make an answer, in seconds.")
    static let logMessages = metric("tern_log_messages_total", .counter, labels: ["level"], "Log lines written.")
    static let collectDuration = metric(
        "tern_collect_duration_seconds", "Time that making this page took, in seconds.")
    static let seriesCount = metric("tern_metrics_series", "Series on this page, this one included.")
    static let regionHealthy = metric(
        "tern_region_healthy", labels: ["region"], "Whether the region check answers 200; absent before its first run.")

    static let reloadSuccessful = metric(
        "tern_config_last_reload_successful",
        "Whether the configuration was taken when it was last read: 0 where the file was wrong, and what ran before runs on."
    )
    static let reloadTimestamp = metric(
        "tern_config_last_reload_success_timestamp_seconds",
        "When a configuration was last taken, in seconds since 1970; at first, when the process started.")

    static let jobLastRound = metric(
        "tern_job_last_round_timestamp_seconds", labels: flow + ["job"],
        "When a job's last round ended, in seconds since 1970; absent before its first. Jobs are what comes round, such as a "
            + "look at the topics; source and target are empty for the daemon's own. /livez tells which have stopped.")
    static let jobFailures = metric(
        "tern_job_failed_rounds_total", .counter, labels: flow + ["job"],
        "Rounds of a job that failed, each tried again later.")

    // Flows
    static let flowState = metric(
        "tern_flow_state", labels: flow + ["state"], "1 for the state that the flow is in, 0 for the others.")
    static let flowTopics = metric("tern_flow_topics", labels: flow, "Topics that the flow mirrors.")
    static let flowTopicsNotMirrored = metric(
        "tern_flow_topics_not_mirrored", labels: flow,
        "Topics that are selected and not mirrored, as where the target refuses to create them; the status tells why.")
    static let flowPartitions = metric("tern_flow_partitions", labels: flow, "Partitions that the flow mirrors.")
    static let flowTasks = metric(
        "tern_flow_tasks", labels: flow + ["state"],
        "Lanes of the flow: 'owned' run in this process, 'elsewhere' in another or nowhere.")
    static let openLosses = metric(
        "tern_open_losses", labels: flow,
        "Events of loss in the ledger that nobody has acknowledged and that have not ended, as this process knows them."
    )
    static let lossesContinued = metric(
        "tern_losses_continued_total", .counter, labels: flow + ["policy"],
        "Events of loss after which partitions continued by themselves (on.data.loss): 'continue' with what was not copied yet, "
            + "'restart' with all that the source had.")
    static let stoppedPartitions = metric(
        "tern_stopped_partitions", labels: flow + ["state"],
        "Partitions that stopped until someone acts, by reason; /api/v1/lag tells which and what to do.")
    static let pausedPartitions = metric(
        "tern_paused_partitions", labels: flow,
        "Partitions that people have paused; a stopped one counts in tern_stopped_partitions.")
    static let unknownPartitions = metric(
        "tern_lag_unknown_partitions", labels: flow,
        "Partitions whose lag is unknown and therefore absent from tern_lag_records.")
    static let lastAcknowledgement = metric(
        "tern_last_ack_timestamp_seconds", labels: flow,
        "When the target last acknowledged a record, in seconds since 1970.")
    static let replicationLatency = metric(
        "tern_replication_latency_seconds", .histogram, labels: flow, detail: .flow,
        "Acknowledgement by the target minus the record's own timestamp, in seconds.")
    static let recordAge = metric(
        "tern_record_age_seconds", .histogram, labels: flow, detail: .flow,
        "Age of a record when it was fetched, in seconds.")
    static let timestampAnomalies = metric(
        "tern_timestamp_anomalies_total", .counter, labels: flow + ["reason"], detail: .flow,
        "Records whose timestamp lies in the future (latency 0), is missing (no latency), or is 0 (sent as 1).")
    static let fetchErrors = metric(
        "tern_fetch_errors_total", .counter, labels: flow + ["error"], detail: .flow,
        "Failed fetches, by Kafka's name of the error.")
    static let produceErrors = metric(
        "tern_produce_errors_total", .counter, labels: flow + ["error"], detail: .flow,
        "Records that the target did not take at the first attempt of a lane, by Kafka's name of the error.")
    static let fetchRequests = metric(
        "tern_fetch_requests_total", .counter, labels: flow, detail: .flow,
        "Fetch requests that lanes sent to the source, repeated ones included.")
    static let produceRequests = metric(
        "tern_produce_requests_total", .counter, labels: flow, detail: .flow,
        "Produce requests that lanes sent to the target, of records and of positions, repeated ones included.")
    static let fetchThrottle = metric(
        "tern_fetch_throttle_seconds_total", .counter, labels: flow, detail: .flow,
        "Time for which brokers of the source held lanes back for a quota, as they said in their answers: the sum over lanes "
            + "and brokers, in seconds.")
    static let produceThrottle = metric(
        "tern_produce_throttle_seconds_total", .counter, labels: flow, detail: .flow,
        "Time for which brokers of the target held lanes back for a quota, as they said in their answers: the sum over lanes "
            + "and brokers, in seconds.")
    static let backpressure = metric(
        "tern_backpressure_seconds_total", .counter, labels: flow, detail: .flow,
        "Time in which lanes took nothing from the source because they had as many records or bytes unacknowledged as Tern "
            + "allows: the sum over lanes, in seconds.")
    static let stageDuration = metric(
        "tern_stage_duration_seconds", .histogram, labels: flow + ["stage"], detail: .flow,
        "Where time goes, in seconds, one sample a batch. transform: records taken from the client until the last was handed "
            + "to the producer. produce: the last record of a batch, from there until its acknowledgement was seen. request: "
            + "a produce request of records sent until answered, a part of produce. progress: positions handed to the "
            + "producer until their acknowledgement was seen, or with exactly-once delivery the commit. Fetching is no stage: a fetch waits at the broker for records, "
            + "and how long one then lay in the client is not known.")
    static let bufferBytes = metric(
        "tern_buffer_bytes", labels: flow, detail: .flow, "Bytes of records fetched and not yet acknowledged.")
    static let bufferLimit = metric(
        "tern_buffer_limit_bytes", labels: flow, detail: .flow, "What tern_buffer_bytes may reach.")
    static let echoedHeaders = metric(
        "tern_echoed_headers_total", .counter, labels: flow, detail: .flow,
        "Records born here that carried the origin headers of another; they were replaced.")
    static let headersLeftOut = metric(
        "tern_headers_left_out_total", .counter, labels: flow, detail: .flow,
        "Records mirrored without an origin header because the target topic had no room for it.")
    static let laneRestarts = metric(
        "tern_lane_restarts_total", .counter, labels: flow, detail: .flow, "Lanes started again after a failure.")
    static let progressWrites = metric(
        "tern_progress_writes_total", .counter, labels: flow, detail: .flow,
        "Writes of positions to the target, attempts included.")
    static let progressWriteErrors = metric(
        "tern_progress_write_errors_total", .counter, labels: flow, detail: .flow,
        "Writes of positions to the target that failed.")
    static let transactions = metric(
        "tern_transactions_total", .counter, labels: flow + ["result"], detail: .flow,
        "Transactions of lanes, committed or aborted and sent again; absent where records are delivered at least once.")
    static let mapWriteErrors = metric(
        "tern_offset_map_write_errors_total", .counter, labels: flow, detail: .flow,
        "Rows about the places of copies that the target did not take: groups that stand there are translated less exactly."
    )
    static let groups = metric(
        "tern_groups", labels: flow + ["state"], detail: .flow,
        "Consumer groups by how ready they are to go on with the target; all 0 unless this process translates their offsets. "
            + "/api/v1/groups names them.")
    static let groupLag = metric(
        "tern_group_lag_records", labels: flow + ["group"], detail: .flow,
        "Records that a consumer group has not read on the source; of the 200 groups of a flow that are the furthest behind."
    )
    static let groupReadAgain = metric(
        "tern_group_read_again_records", labels: flow + ["group"], detail: .flow,
        "Records that a consumer group would read again if it went on with the target now; of the 200 groups of a flow with the "
            + "most. Missing where offsets are not synchronized.")
    static let groupsLag = metric(
        "tern_groups_lag_records", labels: flow, detail: .flow,
        "The sum over all consumer groups of what each has not read on the source.")
    static let groupsReadAgain = metric(
        "tern_groups_read_again_records", labels: flow, detail: .flow,
        "The sum over all consumer groups of what each would read again if it went on with the target now.")
    static let groupOffsetsWritten = metric(
        "tern_group_offsets_written_total", .counter, labels: flow, detail: .flow,
        "Offsets of consumer groups committed on the target, one a partition.")
    static let checkpointsWritten = metric(
        "tern_checkpoints_written_total", .counter, labels: flow, detail: .flow,
        "Checkpoints of consumer groups written to the target.")
    static let offsetSyncsWritten = metric(
        "tern_offset_syncs_written_total", .counter, labels: flow, detail: .flow,
        "Offset syncs written, to the cluster that offset-syncs.topic.location names.")
    static let heartbeatsWritten = metric(
        "tern_heartbeats_written_total", .counter, labels: flow, detail: .flow, "Heartbeats written to the target.")
    static let topicSyncChanges = metric(
        "tern_topic_sync_changes_total", .counter, labels: flow + ["op"], detail: .flow,
        "Changes made to topics of the target: created, grown, settings set or taken away, access rules added.")
    static let topicSyncErrors = metric(
        "tern_topic_sync_errors_total", .counter, labels: flow, detail: .flow,
        "Changes to topics of the target, and comparisons with them, that failed.")

    // Topics
    static let topicInfo = metric(
        "tern_topic_info", labels: topic + ["target_topic"], detail: .topic,
        "The target's name for a topic; the value is 1; for joins.")
    static let lastReplicated = metric(
        "tern_last_replicated_timestamp_seconds", labels: topic, detail: .topic, aggregated: true,
        "Timestamp of the newest record that the target acknowledged, in seconds since 1970.")
    static let retentionHeadroom = metric(
        "tern_retention_headroom_seconds", labels: topic, detail: .topic, aggregated: true,
        "Time until unread records of the source fall to retention, the worst partition's, in seconds; an estimate.")
    static let fetchedRecords = metric(
        "tern_fetched_records_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Records read from the source.")
    static let fetchedBytes = metric(
        "tern_fetched_bytes_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Bytes read from the source: key and value, uncompressed.")
    static let replicatedRecords = metric(
        "tern_replicated_records_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Records that the target acknowledged.")
    static let replicatedBytes = metric(
        "tern_replicated_bytes_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Bytes that the target acknowledged: key and value, uncompressed.")
    static let filteredRecords = metric(
        "tern_filtered_records_total", .counter, labels: topic + ["reason"], detail: .topic, aggregated: true,
        "Records not mirrored on purpose: already been there (cycle), a direct flow carries them (direct), "
            + "replication.hops.max (hops).")
    static let lostRecords = metric(
        "tern_lost_records_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Offsets of the source that vanished before they were copied; gaps of compaction are not counted.")
    static let quarantinedRecords = metric(
        "tern_quarantined_records_total", .counter, labels: topic, detail: .topic, aggregated: true,
        "Records that the target refused for good and that were set aside (errors.tolerance=all).")

    static let topicDrift = metric(
        "tern_topic_drift_fields", labels: topic, detail: .topic, aggregated: true,
        "Settings of the target's topic that differ from what the flow would have and could not be brought in step at the "
            + "last comparison; absent where this process does not compare them.")

    /// In the order of the documentation.
    static let all: [CatalogueMetric] = [
        lagRecords, lagSeconds, lagHeld, sourceEnd, sourceStart, replicatedOffset, partitionPaused,
        lastReplicated, retentionHeadroom, fetchedRecords, fetchedBytes, replicatedRecords, replicatedBytes,
        filteredRecords, lostRecords, quarantinedRecords, topicDrift, topicInfo,
        replicationLatency, recordAge, stageDuration, timestampAnomalies, fetchRequests, fetchErrors, fetchThrottle,
        produceRequests, produceErrors, produceThrottle, backpressure, bufferBytes, bufferLimit,
        connections, mostBytes, flowLimit, linkBytes, linkBillable, linkPrice, discardedBytes,
        echoedHeaders, headersLeftOut, laneRestarts, progressWrites, progressWriteErrors, topicSyncChanges,
        topicSyncErrors, groups, groupLag, groupReadAgain, groupsLag, groupsReadAgain, groupOffsetsWritten,
        checkpointsWritten, offsetSyncsWritten, heartbeatsWritten, transactions, mapWriteErrors,
        flowState, flowTopics, flowTopicsNotMirrored, flowPartitions, flowTasks, stoppedPartitions, openLosses,
        lossesContinued,
        pausedPartitions, unknownPartitions, lastAcknowledgement,
        clusterUp, clusterInfo, roundTrip, wireReceived, wireSent, authenticationFailures, regionHealthy,
        spansExported, spansDropped, spansWaiting, buildInfo, reloadSuccessful, reloadTimestamp, jobLastRound,
        jobFailures, httpRequests, httpDuration,
        logMessages,
        collectDuration, seriesCount, processCPU, processResident, processVirtual, processOpenFiles,
        processMaximumFiles, processStart,
        peerUp, peerAnswerAge,
        failoverState, failoverActing, failoverPaused, failoverBadChecks, failoverProblem, failoverHookFailures,
    ]

    static func metric(
        _ name: String, labels: [String] = [], detail: MetricsDetail? = nil, aggregated: Bool = false, _ help: String
    ) -> CatalogueMetric {
        metric(name, .gauge, labels: labels, detail: detail, aggregated: aggregated, help)
    }

    static func metric(
        _ name: String, _ kind: MetricDescriptor.Kind, labels: [String] = [], detail: MetricsDetail? = nil,
        aggregated: Bool = false, _ help: String
    ) -> CatalogueMetric {
        CatalogueMetric(
            descriptor: MetricDescriptor(name, kind, labels: labels, help: help), detail: detail,
            isAggregated: aggregated)
    }
}
