// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealBrokers {
    /// Exactly once, lanes read what is stored up to the end, and a transaction that stays open there keeps them from it.
    @Suite struct OpenProgressTests {
        @Test func `a transaction that stays open on the progress topic is named, and lanes start when it ends`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("waiting")
                try await mirror.clusters[0].createTopic(topic)
                let progress = TopicName("mm2-offsets.\(mirror.aliases[0]).internal")
                try await mirror.clusters[1].createTopic(
                    progress, partitions: 25, configuration: [("cleanup.policy", "compact")])
                let open = try await Scribe.open(1, to: progress, of: mirror.clusters[1], in: mirror.folder)
                try Onlooker.write([.sample(topic, 0, value: "kept back")], to: mirror.address(0))
                let daemon = try mirror.daemon(of: mirror.exactlyOnceFile("admin.timeout.ms = 3000"))
                try await running(daemon) {
                    try await until("the reason", of: daemon) { status in
                        guard status.flows[0].state == .degraded, let reason = status.flows[0].reason else {
                            return false
                        }
                        return reason.contains("\(progress)/0 has a transaction open at offset 0")
                            && reason.contains("kafka-transactions.sh") && !reason.contains("in time")
                    }
                    try await open.commit()
                    try await until("the copy", of: daemon) { $0.isCaughtUp(after: 1) && $0.flows[0].state == .running }
                }
            }
        }
    }
}
