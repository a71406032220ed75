// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTesting
import KafkaTypes
import Telemetry
import Testing

extension RealBrokers {
    /// The group on the source that tells people's lag tools how far a flow is.
    @Suite struct SourceGroupTests {
        private func samples(_ topic: TopicName) -> [OwnedRecord] {
            (0..<10).map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        }

        @Test func `the group on the source holds what was mirrored, after a clean stop all of it`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("told")
                try await mirror.clusters[0].createTopic(topic)
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("a flow", of: daemon) { $0.flows[0].topics.count == 1 }
                    try Onlooker.write(samples(topic), to: mirror.address(0))
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                }
                let group = GroupID("tern.\(mirror.flow(0, 1))")
                let offsets = try await mirror.clusters[0].withAdmin {
                    try await $0.groupOffsets(of: group, within: .seconds(10))
                }
                #expect(offsets[TopicPartition(topic, 0)]?.offset == 10)
            }
        }

        @Test func `a source that denies the group is mirrored all the same, and one line says what to grant`()
            async throws
        {
            let guarded = try await Brokers.first()
            try await RealMirror.with([guarded, try await Brokers.second()]) { mirror in
                let topic = mirror.topic("untold")
                try await guarded.createTopic(topic)
                let rules = [AccessRule(resource: .topic, resourceName: "*", principal: "User:tern", operation: .all)]
                try await guarded.withAdmin { _ = try await $0.createAccessRules(rules, within: .seconds(10)) }
                let login = """
                    \(mirror.aliases[0]).security.protocol = SASL_PLAINTEXT
                    \(mirror.aliases[0]).sasl.mechanism = PLAIN
                    \(mirror.aliases[0]).sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule \
                    required username="tern" password="tern-secret";
                    """
                let daemon = try mirror.daemon(
                    of: mirror.file([(0, 1)], login, addresses: [0: guarded.saslBootstrapServers]))
                func warnings() -> [String] { mirror.log.lines.filter { $0.contains("group.not_committed") } }
                try await running(daemon) {
                    try Onlooker.write(samples(topic), to: mirror.address(0))
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    // librdkafka 2.0.2 tries to find the group's coordinator for 45 s.
                    try await until("a warning", of: daemon, within: .seconds(80)) { _ in !warnings().isEmpty }
                }
                #expect(warnings().count == 1)
                let warning = try #require(warnings().first)
                #expect(warning.contains("grant Read on group tern.\(mirror.flow(0, 1))"), "\(warning)")
                try await guarded.withAdmin {
                    _ = try await $0.deleteAccessRules(rules.map { AccessRuleFilter($0) }, within: .seconds(10))
                }
                try mirror.expectEqual(topic, at: 0, mirror.copy("untold"), at: 1)
            }
        }
    }
}
