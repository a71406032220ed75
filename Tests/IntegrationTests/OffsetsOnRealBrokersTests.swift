// SPDX-License-Identifier: Apache-2.0
import Glibc
import Kafka
import KafkaTesting
import KafkaTypes
import Testing
import Text

extension RealBrokers {
    /// What people are told of groups, by the program and its commands.
    @Suite(.needsExecutable) struct OffsetsOnRealBrokersTests {
        private let tern: CommandLineRun

        init() throws { tern = try CommandLineRun(nil) }

        private func url(_ daemon: TernProcess) -> String { "http://127.0.0.1:\(daemon.port)" }

        /// The only flow, as `tern offsets groups` prints it.
        private func flow(_ daemon: TernProcess) async -> JSONValue? {
            let outcome = await tern("offsets", "groups", "--url", url(daemon), "-o", "json")
            return outcome.document?["data"]?["flows"]?.array?.first
        }

        private func translate(
            _ daemon: TernProcess, _ flow: String, _ topic: TopicName, _ offset: Int
        ) async -> CommandLineRun.Outcome {
            await tern(
                "offsets", "translate", "--url", url(daemon), "--flow", flow, "--topic", topic.rawValue, "--partition",
                "0",
                "--offset", "\(offset)", "-o", "tsv", "--columns", "translation,target-topic,target-offset,read-again")
        }

        @Test func `of two daemons the owner of lane 0 tells where groups go on, and the other one once it is gone`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("told"), mirror.copy("told"))
                try await mirror.clusters[0].createTopic(topic, partitions: 4)
                try Onlooker.write(
                    (0..<40).map { .sample(topic, 0, key: "k\($0)", value: "v") }, to: mirror.address(0))
                let group = GroupID("\(mirror.tag)-told")
                try await mirror.clusters[0].withAdmin {
                    _ = try await $0.alterGroupOffsets(
                        of: group, to: [TopicPartition(topic, 0): GroupOffset(30)], within: .seconds(20))
                }
                let text = mirror.file(
                    [(0, 1)],
                    """
                    tasks.max = 2
                    groups = \(mirror.tag)-.*
                    emit.checkpoints.interval.seconds = 1
                    sync.group.offsets.enabled = true
                    sync.group.offsets.interval.seconds = 1
                    """)
                let daemons = [
                    try TernProcess(text, in: mirror.folder, name: "first"),
                    try TernProcess(text, in: mirror.folder, name: "second"),
                ]
                try await daemons[0].until("a lane each, and a group that is ready") {
                    let flows = [await flow(daemons[0]), await flow(daemons[1])]
                    let states = flows.compactMap { $0?["groups"]?.array?.first?["state"]?.string }
                    return flows.contains { $0?["translated"] == "elsewhere" } && states == ["ready"]
                }
                let isFirst = await flow(daemons[0])?["translated"] == "here"
                let (owner, other) = isFirst ? (daemons[0], daemons[1]) : (daemons[1], daemons[0])
                let name = mirror.flow(0, 1)
                #expect(await translate(owner, name, topic, 30).output == "exact\t\(copy)\t30\t-\n")
                #expect(await translate(owner, name, topic, 44).output == "ahead\t\(copy)\t40\t4\n")
                let refusal = await translate(other, name, topic, 30)
                #expect(refusal.status == 1)
                #expect(
                    refusal.diagnostics.contains(
                        "this daemon does not carry lane 0 of \(name): ask the daemon of the flow that does"))
                let absent = await translate(owner, name, "nowhere", 30)
                #expect(absent.status == 1)
                #expect(absent.diagnostics.contains("\(name) does not mirror the topic 'nowhere'"))

                try await owner.kill()
                try await other.until("the other one's answer") {
                    await translate(other, name, topic, 30).output == "exact\t\(copy)\t30\t-\n"
                }
                #expect(try await other.stop() == 0)
            }
        }
    }
}
