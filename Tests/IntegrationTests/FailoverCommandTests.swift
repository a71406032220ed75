// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Platform
import Testing
import Text

extension RealBrokers {
    /// `tern failover` and `tern failback`, beside daemons that copy.
    @Suite(.needsExecutable) struct FailoverCommandTests {
        private static let partitions = 3
        private static let settings = """
            emit.checkpoints.interval.seconds = 1
            sync.group.offsets.enabled = false
            refresh.groups.interval.seconds = 1
            """

        private func text(_ mirror: RealMirror, _ flows: [(Int, Int)] = [(0, 1)]) -> String {
            mirror.file(
                flows,
                """
                \(Self.settings)
                groups = \(mirror.tag)-.*
                \(mirror.aliases[1]).offset.flush.interval.ms = 200
                """)
        }

        private func tern(_ run: CommandLineRun, _ words: [String]) async -> CommandLineRun.Outcome {
            await run(words + ["--config", run.folder.path("mirror.properties")])
        }

        /// What the groups have read some of.
        private func begin(_ mirror: RealMirror, _ topic: TopicName) throws {
            let records = (0..<1000).flatMap { number in
                (0..<Self.partitions).map { OwnedRecord.sample(topic, Int32($0), key: "k", value: "v\(number)") }
            }
            try Onlooker.write(records, to: mirror.address(0))
        }

        /// Ten groups, each somewhere in what was written by then.
        private func groups(
            _ mirror: RealMirror, _ topic: TopicName, most: Int
        ) async throws -> [GroupID: [TopicPartition: Int64]] {
            var wanted: [GroupID: [TopicPartition: Int64]] = [:]
            for number in 0..<10 {
                let group = GroupID("\(mirror.tag)-group-\(number)")
                let places = (0..<Int32(Self.partitions)).map { TopicPartition(topic, $0) }
                wanted[group] = Dictionary(
                    uniqueKeysWithValues: places.map { ($0, Int64.random(in: 0...Int64(most))) })
                try await mirror.clusters[0].commit(wanted[group] ?? [:], for: group, metadata: "m\(number)")
            }
            return wanted
        }

        private func outcomes(_ report: JSONValue?) -> Set<String> {
            Set((report?["groups"]?.array ?? []).compactMap { $0["outcome"]?.string })
        }

        private func document(in folder: String) -> (path: String, report: JSONValue)? {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            guard let name = names.first(where: { $0.hasSuffix(".json") }),
                let data = FileManager.default.contents(atPath: "\(folder)/\(name)"),
                let report = try? JSONValue(parsing: data)
            else { return nil }
            return ("\(folder)/\(name)", report)
        }

        private func state(of step: String, in report: JSONValue?) -> String? {
            report?["steps"]?.array?.first { $0["step"]?.string == step }?["state"]?.string
        }

        @Test func `a planned failover under load that is killed and resumed moves ten groups exactly`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("moved"), mirror.copy("moved"))
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                let run = try CommandLineRun(text(mirror))
                defer { run.folder.remove() }
                try begin(mirror, topic)
                let writer = SteadyWriter(topic, partitions: Self.partitions, at: mirror.address(0), step: 2)
                let daemon = try mirror.daemon(of: text(mirror))
                try await running(daemon) {
                    try await until("copies of what was there", of: daemon) { status in
                        status.flows.contains { $0.replicated >= 1000 * Self.partitions }
                    }
                    let wanted = try await groups(mirror, topic, most: 1000)
                    let flow = mirror.flow(0, 1)
                    let executable = try #require(TernProcess.executable)
                    let reports = run.folder.path("reports")
                    let child = try ChildProcess(
                        [
                            executable, "failover", "run", run.folder.path("mirror.properties"), "--flow", flow,
                            "--mode",
                            "planned", "--yes", "--window", "1s", "--report", reports,
                        ])
                    try await eventually(within: .seconds(30), "a run that waits for producers") {
                        state(of: "source-still", in: document(in: reports)?.report) == "running"
                    }
                    child.send(signal: SIGKILL)
                    _ = try await ThreadExecutor.shared.run { () throws(any Error) in
                        try child.wait(within: .seconds(10))
                    }
                    let report = try #require(document(in: reports))
                    #expect(report.report["done"] == false && outcomes(report.report) == [])

                    // Producers still write: it says which topic grows, and changes nothing.
                    let early = await tern(
                        run,
                        [
                            "failover", "run", "--flow", flow, "--resume", report.path, "--yes", "--window", "4s",
                            "--limit", "2s",
                        ])
                    #expect(early.status == 1)
                    #expect(early.diagnostics.contains("after 2 s; stop the producers and resume; nothing was changed"))
                    #expect(early.diagnostics.contains("\(topic) on \(mirror.aliases[0]) still grows"))
                    _ = try await writer.stop()
                    let outcome = await tern(
                        run,
                        [
                            "failover", "run", "--flow", flow, "--resume", report.path, "--yes", "--window", "1s", "-o",
                            "json",
                        ])
                    #expect(outcome.status == 0, "\(outcome.diagnostics)")
                    let data = outcome.document?["data"]
                    #expect(
                        data?["done"] == true && data?["rpo_records"]?.integer == 0 && data?["resumed"]?.integer == 2)
                    #expect((data?["rto_seconds"]?.number ?? 0) > 0)
                    #expect(outcomes(data) == ["moved"] && data?["groups"]?.array?.count == 10)
                    #expect(
                        try await mirror.inexact(wanted, copy, mirror.origins(copy, partitions: Self.partitions)) == [])
                    let text = try String(
                        contentsOfFile: report.path.replacingOccurrences(of: ".json", with: ".txt"), encoding: .utf8)
                    #expect(text.contains("DONE. RTO ") && text.contains("RPO 0 records"))

                    let check = await tern(run, ["failover", "check", "--flow", flow])
                    #expect(check.status == 0 && check.output.hasSuffix("\nREADY\n"), "\(check.output)")
                }
            }
        }

        @Test func `an emergency failover from a source that died under load, and the way back with late writes`()
            async throws
        {
            let distribution = try #require(KafkaDistribution.found)
            async let own = RealCluster.start(distribution)
            let target = try await Brokers.second()
            let source = try await own
            do {
                try await RealMirror.with([source, target]) { mirror in try await emergency(mirror) }
                try await source.close()
            } catch {
                try await source.close()
                throw error
            }
        }

        private func emergency(_ mirror: RealMirror) async throws {
            let (topic, copy) = (mirror.topic("lost"), mirror.copy("lost"))
            let (first, flow) = (mirror.aliases[0], mirror.flow(0, 1))
            try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
            let both = text(mirror, [(0, 1), (1, 0)])
            let run = try CommandLineRun(both)
            defer { run.folder.remove() }
            let reports = run.folder.path("reports")
            try begin(mirror, topic)
            let writer = SteadyWriter(topic, partitions: Self.partitions, at: mirror.address(0), step: 2)
            let daemon = try mirror.daemon(of: both)
            try await running(daemon) {
                let wanted = try await groups(mirror, topic, most: 1000)
                try await until("ten groups ready", of: daemon) { status in
                    status.flow(flow)?.groups.count { $0.state == .ready } == 10
                }
                try await mirror.clusters[0].kill()
                // As a daemon that delivers exactly once leaves it where it dies with the source: nobody waits for its end.
                let hanging = try await openTransaction(mirror)
                defer { hanging.close(purging: true) }
                let check = await tern(run, ["failover", "check", "--flow", flow, "-o", "json"])
                #expect(check.status == 3, "\(check.diagnostics)")
                #expect(check.document?["data"]?["verdict"] == "ready_with_loss")
                #expect(check.document?["data"]?["source_reachable"] == false)
                let outcome = await tern(
                    run,
                    [
                        "failover", "run", "--flow", flow, "--mode", "emergency", "--yes", "--report", reports, "-o",
                        "json",
                    ])
                #expect(outcome.status == 0, "\(outcome.diagnostics)")
                let data = outcome.document?["data"]
                #expect(outcomes(data) == ["moved"] && data?["groups"]?.array?.count == 10)
                #expect(data?["rpo_records"] == .null && data?["copied_until"]?.string != nil)
                #expect(try await mirror.inexact(wanted, copy, mirror.origins(copy, partitions: Self.partitions)) == [])
                // The applications read on at the new primary, to the end of what was copied.
                let group = try #require(wanted.keys.min())
                let places = (0..<Int32(Self.partitions)).map { TopicPartition(copy, $0) }
                let ends = try await target(mirror, places)
                try await mirror.clusters[1].commit(ends, for: group)
                try await mirror.clusters[0].restart()
                _ = try? await writer.stop()
                try Onlooker.write(
                    (0..<30).map { .sample(topic, 0, key: "late", value: "late \($0)") }, to: mirror.address(0))
                let back = await tern(
                    run,
                    [
                        "failback", "run", "--flow", flow, "--yes", "--window", "1s", "--report", reports, "-o", "json",
                    ])
                #expect(back.status == 0, "\(back.diagnostics)")
                let way = back.document?["data"]
                #expect(way?["direction"] == "failback" && way?["source"]?.string == mirror.aliases[1])
                let late = way?["late_writes"]?.array?.first { $0["topic"]?.string == topic.rawValue }
                #expect((late?["records"]?.integer ?? 0) >= 30, "what \(first) took after the last copy")
                let origins = try mirror.origins(copy, partitions: Self.partitions)
                let returned = try await mirror.clusters[0].committed(group)
                for place in places {
                    let end = ends[place] ?? 0
                    let last = origins[place.partition]?.filter { $0.key < end }.values.max() ?? -1
                    #expect(returned[TopicPartition(topic, place.partition)]?.offset == last + 1, "\(place)")
                }
            }
        }

        /// A transaction that has written to every partition of the progress topic, and is not ended.
        private func openTransaction(_ mirror: RealMirror) async throws -> Producer {
            let producer = try Producer(
                .testing(mirror.address(1), ["transactional.id": "\(mirror.tag)-hanging"]), clientID: "hanging")
            let calls = try producer.transactionalCalls()
            try await ThreadExecutor.shared.run { () throws(any Error) in try calls.initialise(within: .seconds(20)) }
            try producer.beginTransaction()
            let rows = try producer.topic(named: TopicName("mm2-offsets.\(mirror.aliases[0]).internal"))
            for partition in 0..<Int32(25) {
                try producer.enqueue(key: nil, value: [1], to: rows, partition: partition)
            }
            try await eventually("rows that are not committed") {
                producer.pollDeliveries(within: .milliseconds(20)) { _ in }
                return producer.outstanding == 0
            }
            return producer
        }

        private func target(_ mirror: RealMirror, _ places: [TopicPartition]) async throws -> [TopicPartition: Int64] {
            try await mirror.clusters[1].withAdmin { admin in
                try await admin.offsets(.end, of: places, within: .seconds(20)).mapValues { try $0.get() }
            }
        }
    }
}
