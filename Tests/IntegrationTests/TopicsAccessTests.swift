// SPDX-License-Identifier: Apache-2.0
import TopicAdministration
import TopicPlanning
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// Clusters that let nobody in, or not everywhere, and one that goes away.
    @Suite struct TopicsAccessTests {
        /// The current Kafka, and the older one.
        private func cluster(_ name: String) async throws -> RealCluster {
            name == "eu" ? try await Brokers.first() : try await Brokers.third()
        }

        @Test(arguments: ["eu", "us"])
        func `a wrong password and a silent address are told apart, with what to do`(name: String) async throws {
            let cluster = try await cluster(name)
            let tern = try CommandLineRun(nil)
            defer { tern.folder.remove() }
            let login = [
                "--bootstrap", cluster.saslBootstrapServers, "-X", "security.protocol=sasl_plaintext", "-X",
                "sasl.mechanisms=PLAIN", "-X", "sasl.username=tern", "-X",
            ]
            let wrong = await tern(["topic", "list", "--timeout", "3s"] + login + ["sasl.password=wrong"])
            #expect(wrong.status == 1)
            #expect(wrong.diagnostics.contains("it refuses the credentials"), "\(wrong.diagnostics)")
            let silent = await tern("topic", "list", "--bootstrap", "127.0.0.1:1", "--timeout", "3s", "-o", "json")
            #expect(silent.status == 1)
            #expect(silent.document?["ok"] == false)
            #expect(silent.diagnostics.contains("it cannot be reached"), "\(silent.diagnostics)")
            // A cluster that lets nobody in is not one without groups.
            for command in [["list"], ["describe", "billing"]] {
                let closed = await tern(["group"] + command + ["--timeout", "3s"] + login + ["sasl.password=wrong"])
                #expect(closed.status == 1)
                #expect(closed.diagnostics.contains("it refuses the credentials"), "\(closed.diagnostics)")
                #expect(!closed.diagnostics.contains("there is no group"))
            }
        }

        @Test(arguments: ["eu", "us"])
        func `not being allowed to see one topic of many leaves the others`(name: String) async throws {
            let cluster = try await cluster(name)
            try await cluster.createTopics(
                ["cliacl.open", "cliacl.closed"].map {
                    NewTopic(name: $0, partitionCount: 1, replicationFactor: 1)
                })
            let rules = [AccessRule.Operation.describe, .describeConfigs, .alterConfigs].map {
                AccessRule(
                    resource: .topic, resourceName: "cliacl.open", principal: "User:tern", operation: $0)
            }
            try await cluster.withAdmin { admin in
                for problem in try await admin.createAccessRules(rules, within: .seconds(20)) {
                    #expect(problem == nil)
                }
            }
            let tern = try CommandLineRun(nil)
            defer { tern.folder.remove() }
            let login = [
                "--bootstrap", cluster.saslBootstrapServers, "-X", "security.protocol=sasl_plaintext", "-X",
                "sasl.mechanisms=PLAIN", "-X", "sasl.username=tern", "-X", "sasl.password=tern-secret",
            ]
            try await eventually(within: .seconds(20), "rules that hold") {
                await tern(["topic", "list", "-o", "name"] + login).output.contains("cliacl.open\n")
            }
            let both = await tern(["topic", "describe", "cliacl.open", "cliacl.closed", "-o", "name"] + login)
            #expect(both.status == 1)
            #expect(both.output == "cliacl.open\n")
            #expect(both.diagnostics.contains("cliacl.closed"))
            #expect(both.diagnostics.contains("TOPIC_AUTHORIZATION_FAILED"))
            #expect(!both.diagnostics.contains("tern-secret"))
            try await expectHidden(cluster, tern, login)
            let altered = await tern(
                ["topic", "alter", "cliacl.open", "cliacl.closed", "-s", "segment.ms=1d", "-q"] + login)
            #expect(altered.status == 1)
            #expect(altered.output.contains("done"), "\(altered.output)\(altered.diagnostics)")
            #expect(altered.diagnostics.contains("cliacl.closed"), "\(altered.diagnostics)")
            let created = await tern(["topic", "create", "cliacl.new", "-q"] + login)
            #expect(created.status == 1)
            #expect(created.diagnostics.contains("TOPIC_AUTHORIZATION_FAILED"), "\(created.diagnostics)")
        }

        /// A topic whose settings may be read and which may not be described is there: nobody plans to create it.
        private func expectHidden(_ cluster: RealCluster, _ tern: CommandLineRun, _ login: [String]) async throws {
            try await cluster.createTopic("cliacl.hidden")
            let rule = AccessRule(
                resource: .topic, resourceName: "cliacl.hidden", principal: "User:tern", operation: .describeConfigs)
            try await cluster.grant([rule])
            try tern.folder.write("hidden.yaml", "name: cliacl.hidden\npartitions: 1\n")
            let file = tern.folder.path("hidden.yaml")
            try await eventually(within: .seconds(20), "an obstacle") {
                let plan = await tern(["topic", "plan", "-f", file] + login)
                return plan.output.contains("cannot be read: it is there, and may not be described")
                    && plan.output.contains("0 to create")
            }
        }

        @Test func `a broker that goes away ends an apply with what was not tried, and a second one does the rest`()
            async throws
        {
            let distribution = try #require(KafkaDistribution.found)
            let cluster = try await RealCluster.start(distribution)
            let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "apply")
            let observer = TopicObserver(alias: nil, admin: admin, limit: .seconds(4))
            let wanted = (0..<60).map { TopicSpecification(name: TopicName("gone.\($0)"), partitions: 1) }
            let plan = TopicPlanner(try await observer.observe().cluster).plan(wanted)
            async let applying = TopicApplier([observer], batch: 1).apply([plan])
            try await eventually(within: .seconds(30), "the first topics") {
                let known = try await cluster.withAdmin { try await $0.topics(within: .seconds(5)) }
                return known.count { $0.name.rawValue.hasPrefix("gone.") } >= 3
            }
            try await cluster.kill()
            let progress = await applying
            #expect(progress.isSettled)
            #expect(progress.count { $0 == .done } >= 1)
            #expect(progress.count { if case .failed = $0 { true } else { false } } == 1, "\(progress.rows)")
            #expect(progress.count { if case .notTried = $0 { true } else { false } } >= 1)
            try await cluster.restart()
            let patient = TopicObserver(alias: nil, admin: admin, limit: .seconds(30))
            try await eventually(within: .seconds(40), "the brokers take requests again") {
                let now = try? await patient.observe().cluster
                guard let now else { return false }
                return await TopicApplier([patient]).apply([plan.remaining(now: now)]).succeeded
            }
            let now = try await patient.observe().cluster
            #expect(TopicPlanner(now).plan(wanted).isEmpty)
            admin.close()
            try await cluster.close()
        }
    }
}
