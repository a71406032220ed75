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
    /// `tern failover drill`, beside a daemon that copies topics of applications.
    @Suite(.needsExecutable) struct DrillTests {
        private func text(_ mirror: RealMirror) -> String {
            mirror.file(
                [(0, 1), (1, 0)],
                """
                refresh.topics.interval.seconds = 600
                sync.group.offsets.enabled = true
                sync.group.offsets.interval.seconds = 1
                refresh.groups.interval.seconds = 1
                """)
        }

        private func nothingIsLeft(_ mirror: RealMirror) async throws {
            // A broker may list a topic for a moment that the controller has deleted.
            for cluster in mirror.clusters {
                try await eventually(within: .seconds(10), "no topic and no group of a drill") {
                    try await leftovers(cluster).isEmpty
                }
            }
        }

        /// What is on a cluster and has a drill's name.
        private func leftovers(_ cluster: RealCluster) async throws -> [String] {
            try await cluster.withAdmin { admin in
                let topics = try await admin.topics(within: .seconds(10)).map(\.name.rawValue)
                let groups = try await admin.listGroups(within: .seconds(10)).groups.map(\.id.rawValue)
                return (topics + groups).filter { $0.contains("tern-drill-") }
            }
        }

        /// An application's topic, with a group in the middle of it.
        private func application(_ mirror: RealMirror) async throws -> TopicName {
            let topic = mirror.topic("orders")
            try await mirror.clusters[0].createTopic(topic, partitions: 1)
            try Onlooker.write(
                (0..<100).map { .sample(topic, 0, key: "k", value: "v\($0)") }, to: mirror.address(0))
            try await mirror.clusters[0].commit([TopicPartition(topic, 0): 40], for: GroupID("\(mirror.tag)-app"))
            return topic
        }

        private func reports(_ folder: String, _ suffix: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(suffix) }
        }

        @Test func `a drill measures a failover of its own, and leaves nothing behind`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = try await application(mirror)
                let text = text(mirror)
                let run = try CommandLineRun(text)
                defer { run.folder.remove() }
                let (folder, flow) = (run.folder.path("reports"), mirror.flow(0, 1))
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("a copy of the application's topic", of: daemon) {
                        $0.flow(flow)?.replicated == 100
                    }
                    let outcome = await run(
                        "failover", "drill", run.folder.path("mirror.properties"), "--flow", flow, "--report", folder,
                        "--records", "3000", "--rate", "200", "-o", "json")
                    #expect(outcome.status == 0, "\(outcome.output) \(outcome.diagnostics)")
                    let data = outcome.document?["data"]
                    #expect(data?["successful"] == true && data?["failure"] == .null)
                    #expect((data?["rto_seconds"]?.number ?? 0) > 0 && data?["rpo_records"]?.integer != nil)
                    #expect((data?["written_records"]?.integer ?? 0) >= 3000)
                    let groups = data?["groups"]?.array ?? []
                    #expect(groups.count == 5)
                    for group in groups {
                        #expect(group["missed_records"]?.integer == 0 && group["read_again_records"]?.integer == 0)
                        #expect(group["read_records"] == group["expected_records"])
                    }
                    #expect(reports(folder, ".json").count == 1 && reports(folder, ".txt").count == 1)

                    try await nothingIsLeft(mirror)
                    // The flow carries what it carried before, and nothing has stopped.
                    try await until("the application's topic alone", of: daemon) { status in
                        status.flows.allSatisfy { flow in
                            !flow.topics.contains { $0.topic.rawValue.contains("tern-drill") } && flow.state == .running
                        }
                    }
                    let shown = daemon.status.flow(flow)
                    #expect(shown?.topics.map(\.topic) == [topic] && shown?.topics.first?.lagRecords == 0)
                    let status = await run(
                        "failover", "check", run.folder.path("mirror.properties"), "--flow", flow)
                    #expect(status.status == 0, "\(status.output)")
                }
            }
        }

        @Test
        func
            `a drill that is interrupted, and one without a daemon, clean up, and one that is killed is cleaned up after`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                _ = try await application(mirror)
                let text = text(mirror)
                let run = try CommandLineRun(text)
                defer { run.folder.remove() }
                let (file, folder, flow) = (
                    run.folder.path("mirror.properties"), run.folder.path("reports"), mirror.flow(0, 1)
                )
                let alone = await run("failover", "drill", file, "--flow", flow, "--report", folder)
                #expect(alone.status == 1 && alone.output.contains("no daemon carries \(flow)"), "\(alone.output)")

                let executable = try #require(TernProcess.executable)
                let words = [
                    executable, "failover", "drill", file, "--flow", flow, "--report", folder, "--limit", "30s",
                ]
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("a copy of the application's topic", of: daemon) {
                        $0.flow(flow)?.replicated == 100
                    }
                    for signal in [SIGTERM, SIGKILL] {
                        let child = try ChildProcess(words)
                        try await eventually(within: .seconds(30), "a topic of the drill") {
                            try await !leftovers(mirror.clusters[0]).isEmpty
                        }
                        child.send(signal: signal)
                        let status = try await ThreadExecutor.shared.run { () throws(any Error) in
                            try child.wait(within: .seconds(40))
                        }
                        if signal == SIGTERM {
                            #expect(status == 1)
                        } else {
                            #expect(status == 128 + SIGKILL)
                            let cleaned = await run("failover", "drill", file, "--flow", flow, "--clean")
                            #expect(
                                cleaned.status == 0 && cleaned.output.contains("deleted: tern-drill-"),
                                "\(cleaned.output)")
                        }
                        try await nothingIsLeft(mirror)
                    }
                    #expect(daemon.status.flow(flow)?.topics.map(\.topic) == [mirror.topic("orders")])
                }
            }
        }
    }
}
