// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Platform

/// Two clusters at the ends of links, one or two daemons between them, and traffic all the time.
actor ChaosScene {
    private let mirror: RealMirror
    private let topic: TopicName
    private let text: String
    private let writer: ChaosWriter
    private var daemons: [TernProcess] = []
    private var started = 0
    private var partitions = 3

    private var source: RealCluster { mirror.clusters[0] }
    private var target: RealCluster { mirror.clusters[1] }

    static func with(
        _ settings: ChaosSettings, isExactlyOnce: Bool, _ body: (ChaosScene) async throws -> Void
    ) async throws {
        guard let distribution = KafkaDistribution.found else { return }
        // A killed broker is let in again when its last life has expired: nine seconds, unless they are fewer.
        let properties = [
            "broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500",
            "leader.imbalance.check.interval.seconds": "5",
        ]
        var clusters: [RealCluster] = []
        for brokers in [1, Int(settings.brokers)] {
            clusters.append(
                try await RealCluster.start(
                    distribution, .init(brokers: brokers, properties: properties, isLinked: true),
                    within: .seconds(180)))
        }
        func close() async { for cluster in clusters { try? await cluster.close() } }
        do {
            try await RealMirror.with(clusters) { mirror in
                let scene = try await ChaosScene(mirror, settings, isExactlyOnce: isExactlyOnce)
                do { try await body(scene) } catch {
                    await scene.end()
                    throw error
                }
                await scene.end()
            }
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private init(_ mirror: RealMirror, _ settings: ChaosSettings, isExactlyOnce: Bool) async throws {
        self.mirror = mirror
        topic = mirror.topic("chaos")
        let aliases = mirror.aliases
        text = mirror.file(
            [(0, 1)],
            """
            \(aliases[1]).exactly.once.source.support = \(isExactlyOnce ? "enabled" : "disabled")
            tasks.max = 2
            """,
            addresses: [
                0: mirror.clusters[0].linkedBootstrapServers, 1: mirror.clusters[1].linkedBootstrapServers,
            ], replicas: settings.brokers)
        try await mirror.clusters[0].createTopic(topic, partitions: Int32(partitions))
        writer = ChaosWriter(topic, partitions: partitions, at: mirror.address(0))
        try start()
    }

    private func start() throws {
        started += 1
        daemons.append(try TernProcess(text, in: mirror.folder, name: "tern-\(started)"))
    }

    /// Kills what still runs.
    func end() async {
        await writer.stop()
        for daemon in daemons {
            daemon.send(SIGCONT)
            try? await daemon.kill()
        }
        daemons.removeAll()
    }

    // MARK: faults

    /// Does what the faults say, and heals it.
    func suffer(_ faults: [ChaosFault]) async throws {
        try await withThrowingTaskGroup { group in
            for fault in faults { group.addTask { try await self.suffer(fault) } }
            try await group.waitForAll()
        }
    }

    private func suffer(_ fault: ChaosFault) async throws {
        func wait() async throws { try await Task.sleep(for: fault.lasting) }
        switch fault.kind {
        case .sourceKilled, .targetKilled, .sourceStopped, .targetStopped:
            let cluster = fault.kind.place == 0 ? source : target
            let broker = fault.choice % cluster.links.count
            if fault.kind == .sourceKilled || fault.kind == .targetKilled {
                try await cluster.kill(broker: broker)
            } else {
                try await cluster.stop(broker: broker)
            }
            try await wait()
            try await cluster.restart(broker: broker)
        case .daemonKilled:
            try await daemons.remove(at: fault.choice % daemons.count).kill()
            try start()
        case .daemonStopped:
            _ = try await daemons.remove(at: fault.choice % daemons.count).stop()
            try start()
        case .daemonSuspended:
            let daemon = daemons[fault.choice % daemons.count]
            daemon.send(SIGSTOP)
            try await wait()
            daemon.send(SIGCONT)
        case .daemonsChange:
            if daemons.count == 1 { try start() } else { _ = try await daemons.removeFirst().stop() }
        case .sourceCut, .targetCut:
            let links = (fault.kind == .sourceCut ? source : target).links
            for link in links { link.cut() }
            try await wait()
            for link in links { link.mend() }
        case .sourceRough, .targetRough:
            let links = (fault.kind == .sourceRough ? source : target).links
            for link in links {
                link.set(.init(roundTrip: .milliseconds(20 + fault.choice), bytesPerSecond: 200_000))
                link.resetBusiest()
            }
            try await wait()
            for link in links {
                link.resetBusiest()
                link.set(.init())
            }
        case .requestHeld:
            // Produce, InitProducerId, AddPartitionsToTxn, EndTxn.
            let kind: Int16 = [0, 22, 24, 26][fault.choice % 4]
            for link in target.links { link.hold(kind, for: fault.lasting) }
            try await wait()
        case .transaction:
            try await hangingTransaction(Int32(fault.choice % 3), commits: fault.choice % 2 == 0, wait)
        case .partitionsAdded:
            guard partitions < 8 else { return }
            let added = partitions + 1
            let results = try await source.withAdmin {
                try await $0.createPartitions([self.topic: Int32(added)], within: .seconds(30))
            }
            for case let error? in results.values { throw error }
            partitions = added
            writer.write(partitions: added)
        }
    }

    private func hangingTransaction(
        _ partition: Int32, commits: Bool, _ wait: () async throws -> Void
    ) async throws {
        let producer = try Producer(
            .testProducer(mirror.address(0), ["transactional.id": "\(topic)"]), clientID: "chaos-transaction")
        defer { producer.close(purging: true) }
        let calls = try producer.transactionalCalls()
        func patiently(_ call: @escaping @Sendable (Duration) throws -> Void) async throws {
            try await eventually(within: .seconds(90), "an answer to a transaction") {
                try await ThreadExecutor.shared.run { () throws(any Error) in
                    do { try call(.seconds(1)) } catch let error as KafkaError where error.remedy == .retry {
                        return false
                    }
                    return true
                }
            }
        }
        try await patiently { try calls.initialise(within: $0) }
        try producer.beginTransaction()
        let handle = try producer.topic(named: topic)
        for number in 0..<5 as Range<UInt64> {
            try producer.enqueue(
                key: nil, value: Array("of a transaction".utf8), headers: [], timestamp: nil, to: handle,
                partition: partition, token: number)
        }
        try await eventually(within: .seconds(60), "records of a transaction") { () async throws -> Bool in
            producer.pollDeliveries(within: .milliseconds(10)) { _ in }
            return producer.outstanding == 0
        }
        try await wait()
        if commits {
            try await patiently { try calls.commit(within: $0) }
        } else {
            try await patiently { try calls.abort(within: $0) }
        }
    }

    // MARK: what is seen

    /// Waits until everything is on the target that the source has now.
    @discardableResult
    func recovered() async throws -> Duration {
        let start = ContinuousClock.now
        let all = (0..<Int32(partitions)).map { TopicPartition(topic, $0) }
        var ends: [TopicPartition: Int64] = [:]
        try await eventually(within: .seconds(60), "the ends of the source") {
            ends =
                (try? await source.withAdmin { try await $0.knownOffsets(.end, of: all, within: .seconds(5)) }) ?? [:]
            return ends.count == all.count
        }
        var reached: [Int32: Int64] = [:]
        do {
            try await eventually(within: .seconds(150), "the ends \(ends)") {
                reached = await self.reached()
                return ends.allSatisfy { reached[$0.key.partition, default: -1] >= $0.value }
            }
        } catch {
            for daemon in daemons { print("---- a daemon:\n\(daemon.log.suffix(6000))") }
            throw NeverHappened("\(error); reached: \(reached); progress: \(await progressEnds())")
        }
        return ContinuousClock.now - start
    }

    /// Where the progress topic ends for committed readers and for others: an open transaction keeps them apart.
    private func progressEnds() async -> String {
        let all = (0..<25 as Range<Int32>).map {
            TopicPartition(TopicName("mm2-offsets.\(mirror.aliases[0]).internal"), $0)
        }
        var found: [String] = []
        for isolation in ["read_committed", "read_uncommitted"] {
            guard
                let admin = try? AdminClient(
                    .testing(mirror.address(1), ["isolation.level": isolation]), clientID: "chaos-ends")
            else { continue }
            let ends = (try? await admin.knownOffsets(.end, of: all, within: .seconds(5))) ?? [:]
            admin.close()
            let texts = ends.filter { $0.value > 0 }.map { "\($0.key.partition) at \($0.value)" }
            found.append("\(isolation): \(texts.sorted().joined(separator: ", "))")
        }
        return found.joined(separator: "; ")
    }

    /// How far each partition is, as the daemons say.
    private func reached() async -> [Int32: Int64] {
        var reached: [Int32: Int64] = [:]
        for daemon in daemons {
            guard let page = try? await daemon.get("/metrics") else { continue }
            for line in page.body.split(separator: "\n")
            where line.hasPrefix("tern_replicated_offset{") && line.contains("topic=\"\(topic)\"") {
                guard let partition = line.firstMatch(of: /partition="(\d+)"/).flatMap({ Int32($0.1) }),
                    let value = line.split(separator: " ").last.flatMap({ Double($0) })
                else { continue }
                reached[partition] = max(reached[partition] ?? -1, Int64(value))
            }
        }
        return reached
    }

    /// Ends the traffic, lets everything arrive, stops the daemons in order, and reads both sides.
    func comparison() async throws -> ChaosComparison {
        await writer.stop()
        try await recovered()
        for daemon in daemons {
            let status = try await daemon.stop()
            guard status == 0 else {
                throw NeverHappened("an end in order: status \(status), \(daemon.log.suffix(3000))")
            }
        }
        daemons.removeAll()
        func records(_ topic: TopicName, _ cluster: Int) throws -> [OwnedRecord] {
            try mirror.records(of: topic, at: cluster, partitions: partitions, within: .seconds(600))
        }
        return ChaosComparison(try records(topic, 0), try records(mirror.copy("chaos"), 1), partitions: partitions)
    }
}
