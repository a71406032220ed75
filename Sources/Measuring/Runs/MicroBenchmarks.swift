// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import MirrorWeb
internal import Mirroring
internal import Telemetry

/// Pieces of the hot path by themselves, in nanoseconds and allocations.
struct MicroBenchmarks {
    let counter: AllocationCounter
    let records: Int

    /// What is done to each record between consumer and producer: deciding, labelling; then with the hand-over.
    func forwarding() throws -> [MicroSample] {
        let topics = ["bench:4", "A.bench:4"]
        let host = try HostProcess(topics: topics)
        defer { host.stop() }
        var preload = Preload(topic: "bench", partitions: 4, size: 100, headers: 2)
        try preload.fill(host.source, records: records, codec: "none")
        let decide = try measured(host, handsOver: false)
        let handOver = try measured(host, handsOver: true)
        return [decide, handOver]
    }

    private func measured(_ host: HostProcess, handsOver: Bool) throws -> MicroSample {
        let consumer = try Consumer(
            [
                "bootstrap.servers": host.source, "fetch.wait.max.ms": "10", "auto.offset.reset": "error",
                "queued.min.messages": "1000000", "queued.max.messages.kbytes": "1000000",
            ], clientID: "tern-bench-forwarding")
        let producer = try Producer(
            [
                "bootstrap.servers": host.target, "enable.idempotence": "true", "linger.ms": "50",
                "queue.buffering.max.messages": "\(records + 1)", "queue.buffering.max.kbytes": "2000000",
            ], clientID: "tern-bench-forwarding")
        defer {
            producer.close(purging: true)
            consumer.close(by: .now + .seconds(5))
        }
        let waiting = try fetched(consumer)
        let topic = try producer.topic(named: "A.bench")
        let policy = ForwardingPolicy(
            topic: "bench", naming: PrefixNaming(source: "A"), targetClusterID: "lkc-target")
        var forwarding = (0..<Int32(4)).map {
            RecordForwarding(
                policy: policy, source: TopicPartition("bench", $0), alias: "A", sourceID: "lkc-source")
        }
        let before = counter()
        let began = ProcessCost.nanoseconds
        var count = 0
        while let record = waiting.popFirst() {
            let partition = Int(record.partition)
            let offset = record.offset
            let verdict = forwarding[partition].verdict(of: record)
            var outgoing = OutgoingRecord(record)
            forwarding[partition].label(&outgoing, verdict: verdict, offset: offset, room: .both)
            count += 1
            guard handsOver else { continue }
            guard try producer.enqueue(outgoing, to: topic, partition: Int32(partition), token: 0) == nil else {
                throw BenchFailure("the producer's queue is full")
            }
        }
        let elapsed = ProcessCost.nanoseconds - began
        let after = counter()
        return sample(
            handsOver ? "decide, label and hand over" : "decide and label", "record", count, elapsed, before, after)
    }

    /// All records, read ahead, so that reading them is not measured.
    private func fetched(_ consumer: Consumer) throws -> ParkingQueue<Record> {
        let waiting = ParkingQueue<Record>(capacity: records)
        let partitions = (0..<Int32(4)).map { TopicPartition("bench", $0) }
        try consumer.assign(partitions.map { ($0, .beginning) })
        let deadline = ContinuousClock.now + .seconds(60)
        while waiting.count < records {
            guard ContinuousClock.now < deadline else {
                throw BenchFailure("\(waiting.count) of \(records) records were read: nothing is reported")
            }
            guard let event = consumer.nextEvent(within: .milliseconds(100)) else { continue }
            if case .record(let record) = consume event { waiting.append(record) }
        }
        // Nothing else is fetched.
        try consumer.incrementalUnassign(partitions)
        return waiting
    }

    /// Taking a record up and striking it off, with a thousand in flight.
    func ledger() -> [MicroSample] {
        var ledger = OffsetLedger(next: 0)
        let window = 1000
        var sequences = [UInt32](repeating: 0, count: window)
        for offset in 0..<window {
            sequences[offset] = ledger.nextSequence
            ledger.submit(offset: Int64(offset), timestamp: 1, size: 100)
        }
        let before = counter()
        let began = ProcessCost.nanoseconds
        for offset in window..<(window + records) {
            let slot = offset % window
            _ = ledger.acknowledge(sequences[slot], targetOffset: Int64(offset - window))
            sequences[slot] = ledger.nextSequence
            ledger.submit(offset: Int64(offset), timestamp: 1, size: 100)
        }
        let elapsed = ProcessCost.nanoseconds - began
        let after = counter()
        precondition(ledger.pendingCount == window, "the ledger lost count: \(ledger.pendingCount)")
        return [sample("submit and acknowledge", "record", records, elapsed, before, after)]
    }

    /// One page of `/metrics` with every partition on it.
    func exposition() -> [MicroSample] {
        let partitions = 2000
        let status = Self.status(partitions: partitions)
        let web = MirrorWeb(
            status: { status }, build: BuildInformation(version: "bench", clientVersion: Clients.libraryVersion),
            log: .silent)
        let pages = max(1, records / partitions)
        _ = web.respond(to: Request("GET", "/metrics"))
        let before = counter()
        let began = ProcessCost.nanoseconds
        for _ in 0..<pages { _ = web.respond(to: Request("GET", "/metrics")) }
        let elapsed = ProcessCost.nanoseconds - began
        let after = counter()
        return [
            sample("a page of \(partitions) partitions", "partition", pages * partitions, elapsed, before, after)
        ]
    }

    private static func status(partitions: Int) -> MirrorStatus {
        var status = MirrorStatus(version: "bench", startedAt: 0)
        var flow = FlowStatus(
            name: FlowName(source: "A", target: "B"), isEnabled: true, state: .running, since: 0)
        flow.hasBothClusters = true
        for number in 0..<(partitions / 4) {
            let found = (0..<Int32(4)).map { index in
                var partition = PartitionStatus(partition: index, state: .ok)
                partition.startOffset = 0
                partition.endOffset = 123_456
                partition.lastStableOffset = 123_456
                partition.replicatedOffset = 123_400
                partition.lagRecords = 56
                partition.lagSeconds = 0.25
                return partition
            }
            flow.topics.append(
                TopicStatus(
                    topic: TopicName("topic-\(number)"), targetTopic: TopicName("A.topic-\(number)"), partitions: found)
            )
        }
        status.flows = [flow]
        return status
    }

    private func sample(
        _ name: String, _ unit: String, _ count: Int, _ nanoseconds: UInt64,
        _ before: (requests: UInt64, bytes: UInt64, coversAllThreads: Bool)?,
        _ after: (requests: UInt64, bytes: UInt64, coversAllThreads: Bool)?
    ) -> MicroSample {
        let each = Double(max(1, count))
        var sample = MicroSample(name: name, unit: unit, count: count, nanoseconds: Double(nanoseconds) / each)
        if let before, let after {
            sample.mallocs = Double(after.requests - before.requests) / each
            sample.bytes = Double(after.bytes - before.bytes) / each
        }
        return sample
    }
}
