// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Telemetry
import Testing

extension RealBrokers {
    /// Copies that are gone while the progress says that everything was copied.
    @Suite struct MissingCopyTests {
        @Test func `a copy that is deleted while its source is idle is TARGET_RESET as soon as it is made again`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, never) = (mirror.topic("idle"), mirror.topic("never"))
                for name in [topic, never] { try await mirror.clusters[0].createTopic(name) }
                try Onlooker.write(
                    (0..<5).map { .sample(topic, 0, key: "k", value: "v\($0)") }, to: mirror.address(0))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("5 records", of: daemon) { $0.isCaughtUp(after: 5) }
                    try await mirror.clusters[1].withAdmin { admin in
                        _ = try await admin.deleteTopics(
                            [mirror.copy("idle"), mirror.copy("never")], within: .seconds(20))
                    }
                    try await until("TARGET_RESET without another record", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.stop?.text.contains("has been created anew, empty") == true
                    }
                    // Nothing had been copied of this one.
                    try await until("the other copy", of: daemon) {
                        $0.flows[0].partition(never, 0)?.targetEndOffset == 0
                    }
                    #expect(daemon.status.flows[0].partition(never, 0)?.stop == nil)
                }
            }
        }

        @Test func `progress that MirrorMaker left, and no copy, is TARGET_RESET`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("left")
                let progress = TopicName("mm2-offsets.\(mirror.aliases[0]).internal")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(
                    (0..<5).map { .sample(topic, 0, key: "k", value: "v\($0)") }, to: mirror.address(0))
                try await mirror.clusters[1].createTopic(progress, configuration: [("cleanup.policy", "compact")])
                let key =
                    #"["MirrorSourceConnector",{"cluster":"\#(mirror.aliases[0])","partition":0,"topic":"\#(topic)"}]"#
                try Onlooker.write([.sample(progress, 0, key: key, value: #"{"offset":4}"#)], to: mirror.address(1))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("TARGET_RESET", of: daemon) {
                        $0.flows[0].partition(topic, 0)?.state == .targetReset
                            && $0.flows[0].partition(topic, 0)?.stop?.offset == 5
                    }
                }
            }
        }
    }
}
