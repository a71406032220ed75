// SPDX-License-Identifier: Apache-2.0
import Mirroring
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

@testable import MirrorCommands

extension RealBrokers {
    /// A progress topic that somebody made beforehand.
    @Suite struct ProgressTopicTests {
        @Test func `more replicas than brokers are answered by the key that asks for them`() async throws {
            try await RealMirror.withPair { mirror in
                let daemon = try mirror.daemon(
                    of: mirror.file().replacing(
                        "offset.storage.replication.factor = 1", with: "offset.storage.replication.factor = 3"))
                try await running(daemon) {
                    try await until("a flow that waits", of: daemon) {
                        $0.flows[0].reason?.contains("set offset.storage.replication.factor to no more than") == true
                    }
                }
            }
        }

        @Test func `a progress topic that deletes its rows is refused at the start, and taken once it is compacted`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("q")
                let progress = TopicName("mm2-offsets.\(mirror.aliases[0]).internal")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write([.sample(topic, 0, key: "k", value: "v")], to: mirror.address(0))
                try await mirror.clusters[1].createTopic(
                    progress, partitions: 5, configuration: [("cleanup.policy", "delete")])
                let run = try CommandLineRun(mirror.file())
                let check = await run("check")
                #expect(check.status == 1)
                #expect(check.output.contains("\(progress) on \(mirror.aliases[1]) has cleanup.policy=delete, where"))
                #expect(
                    check.output.contains(
                        "tern topic alter \(progress) -c \(mirror.aliases[1]) -s cleanup.policy=compact"))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("a refusal", of: daemon) {
                        $0.flows[0].state == .failed
                            && $0.flows[0].reason?.contains("has cleanup.policy=delete, where compact is expected")
                                == true
                    }
                    #expect(mirror.log.lines.count { $0.contains("flow.failed") } == 1)
                    let cure = await run(
                        "topic", "alter", progress.rawValue, "-c", mirror.aliases[1], "-s", "cleanup.policy=compact",
                        "--allow", "change-cleanup-policy")
                    #expect(cure.status == 0, "\(cure.output)\(cure.diagnostics)")
                    try await until("the record", of: daemon) { $0.isCaughtUp(after: 1) }
                    #expect(daemon.status.flows[0].state == .running)
                }
                let after = await run("check")
                #expect(after.status == 0, "\(after.output)")
            }
        }
    }
}
