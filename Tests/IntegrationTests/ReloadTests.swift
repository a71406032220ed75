// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import TernAPI
import TernConfiguration
import Testing

@testable import MirrorCommands

extension RealBrokers {
    /// Another configuration while the daemon runs.
    @Suite struct ReloadTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>) -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        }

        @Test func `only what differs restarts, without a loss or a repeat, and flows come and go`() async throws {
            try await RealMirror.withPair { mirror in
                let (there, back) = (mirror.topic("there"), mirror.topic("back"))
                try await mirror.clusters[0].createTopic(there)
                try await mirror.clusters[1].createTopic(back)
                try Onlooker.write(samples(there, 0..<20), to: mirror.address(0))
                try Onlooker.write(samples(back, 0..<20), to: mirror.address(1))
                let (out, home) = (mirror.flow(0, 1), mirror.flow(1, 0))
                let daemon = try mirror.daemon([(0, 1), (1, 0)])
                try await running(daemon) {
                    try await until("40 records", of: daemon) { $0.isCaughtUp(after: 40) }
                    let same = try await daemon.reload(mirror.configuration(mirror.file([(0, 1), (1, 0)])))
                    #expect(same.untouched.map(\.description).sorted() == [home, out].sorted())
                    #expect(same.restarted.isEmpty && same.needsRestart.isEmpty)
                    let since = daemon.status.flow(out)?.since
                    let changed = try await daemon.reload(
                        mirror.configuration(
                            mirror.file(
                                [(0, 1), (1, 0)],
                                "\(home).replication.hops.max = 2\nlog.format = json\nlog.level = error")))
                    #expect(changed.restarted.map(\.description) == [home])
                    #expect(changed.untouched.map(\.description) == [out])
                    #expect(changed.needsRestart == ["log.format"])
                    try Onlooker.write(samples(there, 20..<30), to: mirror.address(0))
                    try Onlooker.write(samples(back, 20..<30), to: mirror.address(1))
                    try await until("10 more each way", of: daemon) { status in
                        status.flow(out)?.replicated == 30 && status.flow(home)?.replicated == 10
                            && status.flow(home)?.lagRecords == 0
                    }
                    #expect(daemon.status.flow(out)?.since == since)
                    let fewer = try await daemon.reload(mirror.configuration(mirror.file([(0, 1)])))
                    #expect(fewer.stopped.map(\.description) == [home])
                    #expect(daemon.status.flows.map(\.name.description) == [out])
                    try Onlooker.write(samples(back, 30..<40), to: mirror.address(1))
                    let again = try await daemon.reload(mirror.configuration(mirror.file([(0, 1), (1, 0)])))
                    #expect(again.started.map(\.description) == [home])
                    try await until("the flow that is back", of: daemon) { status in
                        status.flow(home)?.replicated == 10 && status.flow(home)?.lagRecords == 0
                    }
                }
                #expect(
                    try mirror.records(of: mirror.copy("there"), at: 1).map(\.text) == (0..<30).map { "v\($0)" })
                #expect(
                    try mirror.records(of: mirror.copy("back", from: 1), at: 0).map(\.text)
                        == (0..<40).map { "v\($0)" })
            }
        }

        @Test
        func `a cluster at another address has its flows restart, and a setting that no client takes changes nothing`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("moved")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let nowhere = "127.0.0.1:\(try unusedPort())"
                let daemon = try mirror.daemon(of: mirror.file([(0, 1)], addresses: [0: nowhere]))
                try await running(daemon) {
                    try await until("a cluster that is down", of: daemon) { status in
                        status.clusters.contains { !$0.isUp && $0.downSince != nil }
                    }
                    let moved = try await daemon.reload(mirror.configuration(mirror.file([(0, 1)])))
                    #expect(moved.restarted.count == 1)
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    var wrong = try mirror.configuration(mirror.file([(0, 1)]))
                    wrong.clusters[0].adminProperties["ssl.ca.location"] = "/nowhere/ca.pem"
                    wrong.clusters[0].adminProperties["security.protocol"] = "ssl"
                    await #expect(throws: KafkaError.self) { _ = try await daemon.reload(wrong) }
                    try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                    try await until("10 more records", of: daemon) { $0.isCaughtUp(after: 20) }
                }
            }
        }

        @Test(.needsExecutable)
        func `the process reads its file again by SIGHUP and by tern reload, and a file with an error changes nothing`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("file")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let socket = mirror.folder.path("admin.sock")
                let text = mirror.file([(0, 1)], "admin.socket = \(socket)").replacing("http.listen = none\n", with: "")
                let tern = try TernProcess(text, in: mirror.folder)
                let command = try CommandLineRun(nil)
                try await tern.until("10 records") { await tern.isCaughtUp(mirror.tag, partitions: 1) }
                let listen = "http.listen = 127.0.0.1:\(tern.port)\n"
                func write(_ lines: String) throws { try mirror.folder.write("tern.properties", text + lines + listen) }
                let reload = ["reload", mirror.folder.path("tern.properties")]
                // What is wrong is shown, and the flow goes on.
                try write("tasks.max = many\n")
                let refused = await command(reload)
                #expect(refused.status == 1)
                #expect(refused.diagnostics.contains("tasks.max"), "\(refused.diagnostics)")
                #expect(await tern.metric("tern_config_last_reload_successful") == 0)
                try Onlooker.write(samples(topic, 10..<20), to: mirror.address(0))
                try await tern.until("20 records") { await tern.metric("tern_replicated_records_total") == 20 }
                // By a signal.
                try write("replication.hops.max = 3\n")
                tern.send(1)
                try await tern.until("a reload") { await tern.metric("tern_config_last_reload_successful") == 1 }
                #expect(tern.log.contains("config.reloaded"))
                // The same file again.
                let same = await command(reload)
                #expect(same.status == 0, "\(same.diagnostics)")
                #expect(same.output.contains("untouched \(mirror.flow(0, 1))"))
                // An order over the socket.
                let client = AdminSocketClient(path: socket, timeout: .seconds(20))
                let paused = try await client.post(
                    .pause, AdminOrder(flow: mirror.flow(0, 1), topic: nil, partition: nil, reason: "move"))
                #expect(paused.action == "pause")
                try await tern.until("a paused flow") { await tern.metric("tern_paused_partitions") == 1 }
                #expect(tern.log.contains("admin.act"))
                _ = try await client.post(
                    .resume, AdminOrder(flow: mirror.flow(0, 1), topic: nil, partition: nil, reason: nil))
                try Onlooker.write(samples(topic, 20..<30), to: mirror.address(0))
                // Not by the lag: it is 0 until the ten are seen.
                try await tern.until("30 records") { await tern.metric("tern_replicated_offset", mirror.tag) == 30 }
                #expect(try await tern.stop() == 0)
                #expect(
                    try mirror.records(of: mirror.copy("file"), at: 1).map(\.text) == (0..<30).map { "v\($0)" })
            }
        }
    }
}
