// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing
import Text

@testable import MirrorCommands

/// `tern check` against real brokers that let some things pass and refuse others.
@Suite(.enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)), .serialized)
struct CheckRealClusterTests {
    private let distribution = KafkaDistribution.found

    private func properties(
        _ source: RealCluster, _ target: RealCluster, user: String, password: String, mechanism: String
    )
        -> String
    {
        let module = mechanism == "PLAIN" ? "plain.PlainLoginModule" : "scram.ScramLoginModule"
        return """
            clusters = eu, us
            eu.bootstrap.servers = \(source.saslBootstrapServers)
            eu.security.protocol = SASL_PLAINTEXT
            eu.sasl.mechanism = \(mechanism)
            eu.sasl.jaas.config = org.apache.kafka.common.security.\(module) required username="\(user)" password="\(password)";
            us.bootstrap.servers = \(target.bootstrapServers)
            eu->us.enabled = true
            eu->us.topics = orders, secret, payments
            """
    }

    @Test func `permissions that are missing are found by trying`() async throws {
        let distribution: KafkaDistribution = try #require(distribution)
        async let first = RealCluster.start(distribution, .init(users: ["tern": "tern-secret"], authorizes: true))
        async let second = RealCluster.start(distribution)
        let (source, target) = (try await first, try await second)
        try await expectFindings(source, target)
        try await expectRefusals(source, target)
        try await source.close()
        try await target.close()
    }

    private func expectFindings(_ source: RealCluster, _ target: RealCluster) async throws {
        let admin = try AdminClient(.testing(source.bootstrapServers), clientID: "test")
        let topics: [TopicName] = ["orders", "secret", "payments"]
        _ = try await admin.createTopics(
            topics.map { NewTopic(name: $0, partitionCount: 2, replicationFactor: 1) }, within: .seconds(20))
        let rules = [
            ("orders", AccessRule.Operation.read), ("orders", .describeConfigs), ("secret", .describe),
        ].map {
            AccessRule(resource: .topic, resourceName: $0.0, principal: "User:tern", operation: $0.1)
        }
        for problem in try await admin.createAccessRules(rules, within: .seconds(20)) { #expect(problem == nil) }
        admin.close()
        let user = try AdminClient(source.properties(user: "tern", password: "tern-secret"), clientID: "test")
        try await eventually(within: .seconds(20), "rules that hold") {
            let visible = try? await user.topics(within: .seconds(5)).map(\.name)
            return visible.map { Set($0).isSuperset(of: ["orders", "secret"]) } ?? false
        }
        user.close()
        let text = properties(source, target, user: "tern", password: "tern-secret", mechanism: "PLAIN")
        let outcome = await tern("check", "f", "-o", "json", change: files(["f": text]))
        #expect(outcome.status == .failed)
        #expect(!outcome.output.contains("tern-secret"))
        let data = try #require(try outcome.document()["data"])
        let flow = try #require(data["flows"]?.array?.first)
        // "payments" may not be described: it is invisible.
        #expect(flow["topics"]?.array?.map { $0["topic"]?.string } == ["orders", "secret"])
        let findings = try #require(data["findings"]?.array).map {
            "\($0["severity"]?.string ?? "") \($0["message"]?.string ?? "")"
        }
        #expect(findings.contains { $0.hasPrefix("error eu refuses Read on the topic secret: ") }, "\(findings)")
        #expect(
            findings.contains { $0.hasPrefix("warning eu refuses DescribeConfigs on the topic secret: ") },
            "\(findings)")
        #expect(findings.contains { $0.hasPrefix("warning eu refuses Read on the group tern.eu->us: ") }, "\(findings)")
        // One broker cannot hold the two copies that MirrorMaker's defaults want.
        let factors = try #require(data["findings"]?.array).filter {
            $0["code"]?.string == "INVALID_REPLICATION_FACTOR"
        }
        #expect(
            factors.map { $0["hint"]?.string?.split(separator: " ").dropFirst().first } == [
                "replication.factor", "offset.storage.replication.factor",
            ], "\(findings)")
        // Only validated: nothing was created.
        let witness = try AdminClient(.testing(target.bootstrapServers), clientID: "test")
        #expect(try await witness.topics(within: .seconds(20)).allSatisfy { $0.name.rawValue.hasPrefix("__") })
        witness.close()
    }

    private func expectRefusals(_ source: RealCluster, _ target: RealCluster) async throws {
        let wrong = properties(source, target, user: "tern", password: "wrong", mechanism: "PLAIN")
        let refused = await tern("check", "f", "--timeout", "5s", change: files(["f": wrong]))
        #expect(refused.status == .failed)
        #expect(refused.output.contains("cluster eu  it refuses the credentials: "), "\(refused.output)")
        #expect(refused.output.contains("check the user and the password in sasl.jaas.config"))
        guard ConnectionDiagnosis.isOlder(Clients.libraryVersion, than: [2, 6, 1]) else { return }
        let scram = properties(source, target, user: "tern", password: "tern-secret", mechanism: "SCRAM-SHA-512")
        let old = await tern("check", "f", "--timeout", "5s", change: files(["f": scram]))
        #expect(old.output.contains("Kafka 4 refuses SCRAM-SHA-512 from librdkafka before 2.6.1"), "\(old.output)")
    }
}
