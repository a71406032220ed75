// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes

import Mirroring
import Synchronization
import Telemetry
import TernAPI

@testable import MirrorWeb

/// Statuses as a daemon would publish them. The moment is 2026-11-20T18:24:47.806Z.
enum Fixture {
    static let now: Int64 = 1_795_199_087_806
    static let build = BuildInformation(
        version: "1.0.0", revision: "abc1234", swiftVersion: "6.3", clientVersion: "2.0.2")

    /// Two flows, one of them 18,234 records behind; every number that can be there is there.
    static var rich: MirrorStatus {
        var status = MirrorStatus(version: "1.0.0", startedAt: now - 3_600_000)
        status.generatedAt = now - 1_200
        status.isStarted = true
        status.clusters = [
            ClusterStatus(alias: "eu", clusterID: "5L6g3nShT-eMCtK--X86sw", isUp: true, roundTripSeconds: 0.1),
            ClusterStatus(alias: "us", clusterID: "tpB0XkVrTT2SmaNpCUYVoA", isUp: true),
        ]
        status.clusters[0].receivedBytes = 300_000
        status.clusters[0].sentBytes = 20_000
        status.flows = [
            flow("eu", "us", [topic("orders", lag: [18_000, 0]), topic("payments", lag: [234])]),
            flow("us", "eu", [topic("clicks", lag: [0])]),
        ]
        status.flows[0].deliversExactlyOnce = true
        status.flows[0].counters.transactionsCommitted = 7
        status.tracing = TracingStatus(exported: 5, dropped: [.queueFull: 2], waiting: 1)
        status.flows[0].failover = FailoverControllerStatus(
            state: FailoverController.State(since: now - 60_000), isOwner: true, owner: "mirror-1/7/1")
        status.jobs = [
            JobStatus(flow: nil, name: "cluster eu", lastRoundAt: now - 500, quietSeconds: 0.5, allowedSeconds: 31),
            JobStatus(
                flow: status.flows[0].name, name: "lag", lastRoundAt: now - 1_200, failedRounds: 2, quietSeconds: 1.2,
                allowedSeconds: 31),
        ]
        status.regionCheck.region = "eu-west-1"
        status.regionCheck.checkedAt = now - 2_000
        status.regionCheck.checks = [
            .init(name: "write", isHealthy: true, detail: "acknowledged in 4 ms"),
            .init(name: "read", isHealthy: true, detail: "read back in 6 ms"),
        ]
        return status
    }

    static var caughtUp: MirrorStatus {
        var status = rich
        status.flows = [flow("eu", "us", [topic("orders", lag: [0, 0])])]
        return status
    }

    /// One partition stopped by a record that the target does not take.
    static var degraded: MirrorStatus {
        var status = rich
        status.flows[0].state = .degraded
        status.flows[0].reason = "orders/0 stopped: MSG_SIZE_TOO_LARGE"
        status.flows[0].topics[0].partitions[0].state = .refused
        status.flows[0].topics[0].partitions[0].stop = PartitionStop(
            state: .refused, code: "MSG_SIZE_TOO_LARGE", offset: 41, limit: 1_048_588, since: now - 60_000,
            text: "raise max.message.bytes of us/eu.orders")
        return status
    }

    /// The source is down: positions are known, the end of the log is not.
    static var unknownLag: MirrorStatus {
        var status = rich
        status.clusters[0].isUp = false
        status.clusters[0].downSince = now - 30_000
        status.clusters[0].problem = "no broker answers at eu:9092"
        status.flows[0].hasBothClusters = false
        for index in status.flows[0].topics[0].partitions.indices {
            status.flows[0].topics[0].partitions[index].lagRecords = nil
            status.flows[0].topics[0].partitions[index].lagSeconds = nil
            status.flows[0].topics[0].partitions[index].lagHeldRecords = nil
            status.flows[0].topics[0].partitions[index].endOffset = nil
            status.flows[0].topics[0].partitions[index].state = .unknown
        }
        return status
    }

    /// Another daemon carries one of the lanes.
    static var shared: MirrorStatus {
        var status = caughtUp
        status.flows[0].ownedLaneNumbers = [0, 1, 2]
        status.flows[0].carriesAllLanes = false
        return status
    }

    /// One flow of four lanes, some of which this daemon carries.
    static func sharing(_ lanes: Set<Int>, lag: Int64) -> MirrorStatus {
        var status = rich
        status.flows = [flow("eu", "us", [topic("orders", lag: [lag])])]
        status.flows[0].ownedLaneNumbers = lanes
        status.flows[0].carriesAllLanes = lanes.count == 4
        return status
    }

    /// Other daemons carry everything.
    static var standby: MirrorStatus {
        var status = shared
        status.flows[0].ownedLaneNumbers = []
        status.flows[0].topics = []
        return status
    }

    /// Nothing has answered yet.
    static var starting: MirrorStatus {
        var status = MirrorStatus(version: "1.0.0", startedAt: now)
        status.isStarted = true
        status.clusters = [ClusterStatus(alias: "eu"), ClusterStatus(alias: "us")]
        status.flows = [
            FlowStatus(name: FlowName(source: "eu", target: "us"), isEnabled: true, state: .starting, since: now)
        ]
        return status
    }

    static func many(topics: Int, partitions: Int) -> MirrorStatus {
        var status = rich
        status.flows = [
            flow(
                "eu", "us",
                (0..<topics).map { topic("topic-\($0)", lag: Array(repeating: Int64($0), count: partitions)) })
        ]
        return status
    }

    /// Names that try to leave the place where they are printed.
    static let hostileNames = [
        "<script>alert(1)</script>", "quote\"quote", "back\\slash", "new\nline", "cafe\u{301}", "café", "a,b={c}", "日本",
        "\u{1B}[2J",
    ]

    static var hostile: MirrorStatus {
        var status = rich
        status.flows = [flow("e\"u\n->", "u\\s", hostileNames.map { topic($0, lag: [1]) })]
        status.clusters = [ClusterStatus(alias: "e\"u\n->", clusterID: "id\"\\\n", isUp: true)]
        return status
    }

    static func flow(_ source: ClusterAlias, _ target: ClusterAlias, _ topics: [TopicStatus]) -> FlowStatus {
        var flow = FlowStatus(
            name: FlowName(source: source, target: target), isEnabled: true, state: .running, since: now - 3_000_000)
        flow.hasBothClusters = true
        flow.laneCount = 4
        flow.ownedLaneNumbers = [0, 1, 2, 3]
        flow.topics = topics
        flow.recordsPerSecond = 52_000
        flow.bytesPerSecond = 48_200_000
        flow.lastAcknowledgedAt = now - 1_500
        flow.bufferedBytes = 1_000
        flow.bufferLimitBytes = 64_000_000
        (flow.sourceConnections, flow.targetConnections) = (8, 4)
        (flow.mostReadPerSecond, flow.mostWrittenPerSecond) = (320_000_000, 80_000_000)
        flow.limit = .link
        for milliseconds in [3, 7, 20, 180, 4_000] {
            flow.replicationLatency.record(Double(milliseconds) / 1_000)
            flow.recordAge.record(Double(milliseconds) / 2_000)
        }
        flow.stages.transform.record(0.002)
        flow.stages.produce.record(0.04)
        flow.stages.request.record(0.02)
        flow.counters.fetchRequests = 900
        flow.counters.produceRequests = 800
        flow.counters.fetchThrottledSeconds = 1.5
        flow.counters.backpressureSeconds = 0.25
        flow.counters.produceErrors = ["MSG_SIZE_TOO_LARGE": 2]
        flow.counters.fetchErrors = ["_TRANSPORT": 1]
        flow.counters.timestampAnomalies = ["future": 5]
        flow.counters.echoedHeaders = 7
        flow.counters.progressWrites = 100
        flow.counters.topicSyncChanges = ["create": 3]
        flow.groupTranslation = .here
        flow.groups = [
            GroupStatus(
                id: "billing", state: .ready, partitions: 3, unmapped: 0, synchronizedAt: now - 5_000, lagRecords: 40,
                readAgainRecords: 6),
            GroupStatus(
                id: "new", state: .unmapped, reason: "nothing was copied there yet", partitions: 2, unmapped: 1),
        ]
        flow.groups[0].checkpointed = [TopicPartition("eu.orders", 0), TopicPartition("eu.orders", 1)]
        for latency in [8, 12] { flow.groups[0].checkpointLatency.record(Double(latency), at: now - 15_000) }
        flow.counters.groupOffsetsWritten = 12
        flow.counters.checkpointsWritten = 40
        flow.counters.offsetSyncsWritten = 9
        flow.counters.heartbeatsWritten = 77
        flow.link = link(topics)
        return flow
    }

    /// An hour of a flow that reads compressed records from afar, at 0.02 for 10⁹ bytes.
    static func link(_ topics: [TopicStatus]) -> LinkTraffic {
        var meter = LinkMeter(LinkConfiguration(pricePerGigabyte: 0.02))
        let wire = WireBytes(read: 250_000_000, written: 600_000, progress: 40_000)
        meter.add(
            wire, .init(source: .milliseconds(100), target: .milliseconds(1)), at: .seconds(3_000))
        var records = TopicCounters()
        for topic in topics {
            records.fetchedBytes += topic.counters.fetchedBytes
            records.replicatedBytes += topic.counters.replicatedBytes
            records.filteredCycle += topic.counters.filteredCycle
            records.filteredCycleBytes += topic.counters.filteredCycleBytes
        }
        return meter.traffic(records: records, since: now - 3_000_000)
    }

    static func topic(_ name: String, lag: [Int64]) -> TopicStatus {
        var topic = TopicStatus(topic: TopicName(name), targetTopic: TopicName("eu." + name))
        topic.driftFields = 0
        topic.partitions = lag.enumerated().map { index, lag in
            var partition = PartitionStatus(partition: Int32(index), state: lag == 0 ? .ok : .catchingUp)
            partition.startOffset = 0
            partition.endOffset = 99_120_334
            partition.lastStableOffset = 99_120_334
            partition.replicatedOffset = 99_120_334 - lag
            partition.targetEndOffset = 99_120_340 - lag
            partition.lagRecords = lag
            partition.lagSeconds = lag == 0 ? 0 : Double(lag) / 500
            partition.lagHeldRecords = 0
            partition.retentionHeadroomSeconds = 601_200 - Double(index)
            for age in [20, 40, 90] {
                partition.traffic.fetched(valueBytes: 300, age: Double(age), at: now - 15_000)
                partition.traffic.replicated(latency: Double(age) + 5, at: now - 15_000)
                partition.traffic.replicatedRecords += 1
            }
            partition.traffic.inFlight = 4
            return partition
        }
        topic.counters.fetchedRecords = 1_000
        topic.counters.fetchedBytes = 512_000
        topic.counters.replicatedRecords = 990
        topic.counters.replicatedBytes = 500_000
        topic.counters.filteredCycle = 10
        topic.counters.filteredCycleBytes = 5_120
        topic.lastReplicatedTimestamp = now - 2_500
        return topic
    }
}

/// A web side over a status that a test can change.
final class WebBench: Sendable {
    private let current: Mutex<MirrorStatus>
    let sink = MemorySink()
    let log: Log
    let drains = Mutex<[(forced: Bool, reason: String?)]>([])
    /// What the engine says, by topic; a topic that is not there is not mirrored.
    let answers = Mutex<[TopicName: PositionAnswer]>([:])
    let asked = Mutex<[String]>([])
    let peers = Mutex<[FleetMember]>([])
    let web: Mutex<MirrorWeb?> = Mutex(nil)

    init(_ status: MirrorStatus = Fixture.rich, _ configure: (inout MirrorWeb.Options) -> Void = { _ in }) {
        current = Mutex(status)
        log = Log(level: .info, sink: sink, recent: RecentEvents(), now: { Fixture.now })
        var options = MirrorWeb.Options()
        configure(&options)
        let web = MirrorWeb(
            status: { [self] in current.withLock { $0 } }, build: Fixture.build,
            log: log,
            control: WebControl { [self] forced, reason in
                drains.withLock { $0.append((forced, reason)) }
                current.withLock { $0.regionCheck.isForcedUnhealthy = forced }
            },
            translate: { [self] flow, place, offset in
                asked.withLock { $0.append("\(flow) \(place.topic) \(place.partition) \(offset)") }
                return answers.withLock { $0[place.topic] } ?? .topicUnknown
            }, wait: { _, _, _, _, answer in answer(.passed(.copied(at: 5), next: 2)) },
            peers: { [self] in peers.withLock { $0 } }, options: options,
            now: { Fixture.now })
        self.web.withLock { $0 = web }
    }

    func change(_ body: (inout MirrorStatus) -> Void) { current.withLock { body(&$0) } }

    func respond(_ request: Request) -> Response {
        guard let web = web.withLock({ $0 }) else { return Response(599) }
        return web.respond(to: request)
    }

    /// A second of the daemon.
    func pulse(at second: Int64) { web.withLock { $0 }?.pulse(at: second) }

    /// Answers on a port of its own.
    func serve() throws -> HTTPServer {
        guard let web = web.withLock({ $0 }) else { throw CancellationError() }
        return try web.serve(on: ListenAddress(host: "127.0.0.1", port: 0))
    }

    func get(_ target: String, _ headers: [(name: String, value: String)] = []) -> Response {
        respond(Request("GET", target, headers: headers))
    }
}
