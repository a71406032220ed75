// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import KafkaTesting
import KafkaTypes
import Testing
import Text

extension RealBrokers {
    /// Daemons that fail over by themselves.
    @Suite(.needsExecutable) struct FailoverControllerTests {
        private static let partitions = 2
        private static let groups = 4

        /// Both flows, quick; the controller is on for the first.
        private func text(
            _ mirror: RealMirror, _ folder: TemporaryFolder, _ lines: String, addresses: [Int: String] = [:]
        ) -> String {
            let flow = mirror.flow(0, 1)
            return mirror.file(
                [(0, 1), (1, 0)],
                """
                emit.checkpoints.interval.seconds = 1
                refresh.groups.interval.seconds = 1
                sync.group.offsets.enabled = false
                groups = \(mirror.tag)-.*
                health.timeout.ms = 1000
                \(flow).failover.controller = on
                \(flow).failover.check.interval.seconds = 1
                \(flow).failover.failure.threshold = 3
                \(flow).failover.recovery.threshold = 2
                \(flow).failover.report.dir = \(folder.path("reports"))
                \(lines)
                """, addresses: addresses)
        }

        /// A hook that adds what it reads to a file, and says so.
        private func hook(_ folder: TemporaryFolder, _ name: String, then command: String = "") -> String {
            "/bin/sh -c 'cat >> \(folder.path(name)); echo \(name) is told; \(command)'"
        }

        /// What a hook was told, a document for each time that it ran.
        private func told(_ folder: TemporaryFolder, _ name: String) -> [JSONValue] {
            let text = (try? folder.read(name)).flatMap { $0 } ?? ""
            return text.split(separator: "\n").compactMap { try? JSONValue(parsing: $0.utf8) }
        }

        /// Its flow's controller, as the daemon shows it.
        private func controller(_ daemon: TernProcess, _ flow: String) async -> JSONValue? {
            guard let answer = try? await daemon.get("/api/v1/status"),
                let status = try? JSONValue(parsing: answer.body.utf8)
            else { return nil }
            return status["flows"]?.array?.first {
                "\($0["source"]?.string ?? "")->\($0["target"]?.string ?? "")" == flow
            }?["failover_controller"]
        }

        private func until(
            _ state: String, _ daemons: [TernProcess], _ flow: String, within limit: Duration = .seconds(60)
        ) async throws {
            try await daemons[0].until("state \(state)", within: limit) {
                for daemon in daemons where await controller(daemon, flow)?["state"]?.string != state { return false }
                return true
            }
        }

        /// Groups at random positions of what was written at first.
        private func commit(_ mirror: RealMirror, _ topic: TopicName) async throws -> [GroupID: [TopicPartition: Int64]]
        {
            var wanted: [GroupID: [TopicPartition: Int64]] = [:]
            for number in 0..<Self.groups {
                let group = GroupID("\(mirror.tag)-group-\(number)")
                for partition in 0..<Int32(Self.partitions) {
                    wanted[group, default: [:]][TopicPartition(topic, partition)] = .random(in: 1...500)
                }
                try await mirror.clusters[0].commit(wanted[group] ?? [:], for: group)
            }
            return wanted
        }

        private func write(_ mirror: RealMirror, _ topic: TopicName) throws {
            try Onlooker.write(
                (0..<500).flatMap { number in
                    (0..<Int32(Self.partitions)).map { .sample(topic, $0, key: "k", value: "v\(number)") }
                }, to: mirror.address(0))
        }

        /// A source of its own, which can be killed, and a target that is shared.
        private func withOwnSource(_ body: (RealMirror) async throws -> Void) async throws {
            let distribution = try #require(KafkaDistribution.found)
            async let own = RealCluster.start(distribution)
            let target = try await Brokers.second()
            let source = try await own
            do {
                try await RealMirror.with([source, target], body)
                try await source.close()
            } catch {
                try await source.close()
                throw error
            }
        }

        private func ready(_ daemons: [TernProcess], _ flow: String) async throws {
            try await daemons[0].until("\(Self.groups) groups ready, and a controller that watches") {
                var groups = 0.0
                for daemon in daemons {
                    let sides = flow.split(separator: "->").map(String.init)
                    groups +=
                        await daemon.metric(
                            "tern_groups", "source=\"\(sides[0])\"", "state=\"ready\"") ?? 0
                    guard await controller(daemon, flow)?["good_checks"]?.integer ?? 0 > 0 else { return false }
                }
                return groups == Double(Self.groups)
            }
        }

        private func acting(_ daemons: [TernProcess]) async -> Int {
            var count = 0
            for daemon in daemons { count += Int(await daemon.metric("tern_failover_controller_acting") ?? 0) }
            return count
        }

        @Test func `one of two daemons fails over when the source dies under load, and runs each hook once`()
            async throws
        {
            try await withOwnSource { mirror in
                let (topic, copy, flow) = (mirror.topic("lost"), mirror.copy("lost"), mirror.flow(0, 1))
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let text = text(
                    mirror, folder,
                    """
                    \(flow).failover.hooks = \(hook(folder, "dns")), /bin/sh -c 'echo no; exit 3', \(hook(folder, "mail"))
                    """)
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                try write(mirror, topic)
                let wanted = try await commit(mirror, topic)
                let writer = SteadyWriter(topic, partitions: Self.partitions, at: mirror.address(0), step: 2)
                let daemons = try ["one", "two"].map { try TernProcess(text, in: folder, name: $0) }
                try await ready(daemons, flow)
                #expect(await acting(daemons) == 1)

                try await mirror.clusters[0].kill()
                try await until("failed-over", daemons, flow)
                #expect(await acting(daemons) == 1)
                let dns = told(folder, "dns")
                #expect(dns.count == 1 && told(folder, "mail").count == 1, "one daemon ran each hook once")
                #expect(dns.first?["flow"]?.string == flow && dns.first?["mode"]?.string == "emergency")
                #expect(dns.first?["stage"]?.string == "failover" && dns.first?["attempt"]?.integer == 1)
                #expect(dns.first?["reason"]?.string?.isEmpty == false)
                #expect(try await mirror.inexact(wanted, copy, mirror.origins(copy, partitions: Self.partitions)) == [])

                // Its report has the steps and what came of the hooks.
                let path = try #require(dns.first?["report"]?.string)
                let data = try #require(FileManager.default.contents(atPath: path))
                let report = try JSONValue(parsing: data)
                #expect(report["done"] == true && report["mode"]?.string == "emergency")
                let hooks = report["hooks"]?.array ?? []
                #expect(hooks.map { $0["outcome"]?.string } == ["done", "exit status 3", "done"])
                #expect(hooks.map { $0["output"]?.string } == ["dns is told", "no", "mail is told"])

                let run = try CommandLineRun(text)
                defer { run.folder.remove() }
                let shown = await run("failover", "status", run.folder.path("mirror.properties"), "--flow", flow)
                #expect(shown.status == 0 && shown.output.contains("\(flow): failed-over since"), "\(shown.output)")
                #expect(shown.output.contains("exit status 3"))

                // The source comes back: it is asked for, and nothing moves by itself.
                _ = try? await writer.stop()
                try await mirror.clusters[0].restart()
                try await until("recovered", daemons, flow, within: .seconds(90))
                #expect(daemons.contains { $0.log.contains("event=failover.recovered") })
                let rearmed = await run("failover", "rearm", run.folder.path("mirror.properties"), "--flow", flow)
                #expect(rearmed.status == 0, "\(rearmed.diagnostics)")
                try await until("watching", daemons, flow)

                // The one that acts stops; the other goes on at once.
                let first = await daemons[0].metric("tern_failover_controller_acting") == 1
                let (ending, staying) = first ? (daemons[0], daemons[1]) : (daemons[1], daemons[0])
                #expect(try await ending.stop() == 0)
                try await staying.until("the other to act") {
                    await staying.metric("tern_failover_controller_acting") == 1
                }
                #expect(told(folder, "dns").count == 1)
                #expect(try await staying.stop() == 0)
            }
        }

        @Test func `a daemon that dies within the second hook is followed by one that goes on with it, and fails back`()
            async throws
        {
            try await withOwnSource { mirror in
                let (topic, copy, flow) = (mirror.topic("crash"), mirror.copy("crash"), mirror.flow(0, 1))
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let once = "if [ ! -e \(folder.path("died")) ]; then touch \(folder.path("died")); kill -9 $PPID; fi"
                let text = text(
                    mirror, folder,
                    """
                    \(flow).failover.hooks = \(hook(folder, "first")), \(hook(folder, "second", then: once))
                    \(flow).failback.mode = auto
                    \(flow).failback.prepare.hooks = \(hook(folder, "stop"))
                    \(flow).failback.hooks = \(hook(folder, "start"))
                    """)
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
                try write(mirror, topic)
                let wanted = try await commit(mirror, topic)
                let one = try TernProcess(text, in: folder, name: "one")
                try await ready([one], flow)
                try await mirror.clusters[0].kill()
                #expect(try await one.ended(within: .seconds(60)) == 128 + SIGKILL)

                // The source is still lost when the next one starts.
                let two = try TernProcess(text, in: folder, name: "two")
                try await until("failed-over", [two], flow)
                #expect(told(folder, "first").count == 1)
                #expect(told(folder, "second").map { $0["attempt"]?.integer } == [1, 2])
                #expect(try await mirror.inexact(wanted, copy, mirror.origins(copy, partitions: Self.partitions)) == [])
                #expect(told(folder, "stop").isEmpty)

                try await mirror.clusters[0].restart()
                try await until("watching", [two], flow, within: .seconds(90))
                for (name, stage) in [("stop", "failback-prepare"), ("start", "failback")] {
                    #expect(told(folder, name).map { $0["stage"]?.string } == [stage])
                }
                let path = try #require(told(folder, "start").first?["report"]?.string)
                let report = try JSONValue(parsing: try #require(FileManager.default.contents(atPath: path)))
                #expect(report["direction"]?.string == "failback" && report["done"] == true)
                #expect(two.log.contains("event=failback.done"))
                #expect(try await two.stop() == 0)
            }
        }

        @Test func `a mirror that is cut off from both does nothing`() async throws {
            let distribution = try #require(KafkaDistribution.found)
            async let own = RealCluster.start(distribution)
            let source = try await Brokers.linked()
            let target = try await own
            let relay = source.links[0]
            relay.set(.init())
            defer { relay.set(.init()) }
            do {
                try await RealMirror.with([source, target]) { mirror in
                    let flow = mirror.flow(0, 1)
                    let folder = try TemporaryFolder()
                    defer { folder.remove() }
                    let text = text(
                        mirror, folder, "\(flow).failover.hooks = \(hook(folder, "dns"))",
                        addresses: [0: source.linkedBootstrapServers])
                    let topic = mirror.topic("cut")
                    try await source.createTopic(topic, partitions: Int32(Self.partitions))
                    try write(mirror, topic)
                    _ = try await commit(mirror, topic)
                    let daemon = try TernProcess(text, in: folder)
                    try await ready([daemon], flow)
                    try await target.kill()
                    relay.cut()
                    try await daemon.until("five checks without the target", within: .seconds(100)) {
                        await daemon.metric("tern_job_failed_rounds_total", "job=\"failover \(flow)\"") ?? 0 >= 5
                    }
                    let shown = await controller(daemon, flow)
                    #expect(shown?["state"]?.string == "watching" && shown?["bad_checks"]?.integer == 0)
                    #expect(shown?["problem"]?.string?.contains("do not count") == true)
                    relay.mend()
                    try await target.restart()
                    try await daemon.until("good checks again", within: .seconds(60)) {
                        await controller(daemon, flow)?["good_checks"]?.integer ?? 0 >= 2
                    }
                    #expect(told(folder, "dns").isEmpty && daemon.log.contains("event=failover.blind"))
                    #expect(try await daemon.stop() == 0)
                }
                try await target.close()
            } catch {
                try await target.close()
                throw error
            }
        }
    }
}
