// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import TopicAdministration
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Synchronization
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// `tern topic` on a current and an older Kafka at once.
    @Suite struct TopicsCommandTests {
        private func files(_ count: Int, prefix: String, in folder: TemporaryFolder) throws {
            for number in 0..<count {
                try folder.write(
                    "\(prefix)\(number).yaml",
                    """
                    name: \(prefix).\(number)
                    partitions: \(1 + number % 3)
                    settings:
                      retention.ms: \(1 + number % 7)d
                      max.message.bytes: 2MiB
                    clusters:
                      us: {settings: {cleanup.policy: compact}}
                    """)
            }
        }

        @Test func `a folder of 50 files converges in one apply, and a second plan is empty`() async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            let topics = try TemporaryFolder()
            defer { topics.remove() }
            try files(50, prefix: "cli50", in: topics)
            let applied = await tern("topic", "apply", "-f", topics.path, "-c", "@all", "-o", "json")
            #expect(applied.status == 0, "\(applied.diagnostics)")
            let results = applied.document?["data"]?["results"]?.array ?? []
            #expect(results.count == 100)
            #expect(results.allSatisfy { $0["outcome"]?.string == "done" })
            let second = await tern("topic", "plan", "-f", topics.path, "-c", "@all", "--exit-code", "-q")
            #expect(second.status == 0)
            #expect(second.output == "Plan: 0 to create, 0 to change, 0 to delete, 100 unchanged.\n")
            try await exportPlansToNothing(tern)
            try await driftIsMended(tern, topics)
        }

        /// What is exported is what is there.
        private func exportPlansToNothing(_ tern: CommandLineRun) async throws {
            let folder = tern.folder.path("exported")
            let export = await tern("topic", "export", "--topics", "cli50.*", "-c", "@all", "--out", folder)
            #expect(export.status == 0, "\(export.diagnostics)")
            let plan = await tern("topic", "plan", "-f", folder, "-c", "@all", "--exit-code")
            #expect(plan.status == 0, "\(plan.output)")
            let again = await tern("topic", "export", "--topics", "cli50.*", "-c", "@all", "--out", folder)
            #expect(again.status == 4)
        }

        /// Drift made with Kafka's own tools, on both clusters.
        private func driftIsMended(_ tern: CommandLineRun, _ topics: TemporaryFolder) async throws {
            let (eu, us) = (try await Brokers.first(), try await Brokers.third())
            for (cluster, topic) in [(eu, "cli50.1"), (us, "cli50.4")] {
                try await tool(
                    cluster, "kafka-configs.sh", "--alter", "--entity-type", "topics", "--entity-name", topic,
                    "--add-config", "retention.ms=99999999,segment.ms=3600000")
            }
            for (cluster, topic) in [(eu, "cli50.7"), (us, "cli50.2")] {
                try await tool(cluster, "kafka-topics.sh", "--delete", "--topic", topic)
            }
            let saved = tern.folder.path("plan.json")
            _ = await tern("topic", "plan", "-f", topics.path, "-c", "@all", "--out", saved)
            let diff = await tern("topic", "diff", "-f", topics.path, "--exit-code", "-o", "tsv")
            #expect(diff.status == 3)
            #expect(
                diff.output == """
                    eu\tcli50.1\tretention.ms\t172800000\t99999999\t-
                    eu\tcli50.1\tsegment.ms\t604800000\t3600000\t-
                    eu\tcli50.7\tpresence\tpresent\tmissing\t-
                    us\tcli50.2\tpresence\tpresent\tmissing\t-
                    us\tcli50.4\tretention.ms\t432000000\t99999999\t-
                    us\tcli50.4\tsegment.ms\t604800000\t3600000\t-

                    """)
            let shown = await tern("topic", "diff", "-f", topics.path)
            #expect(shown.output.contains("eu       cli50.1  segment.ms    7d (default)  1h "), "\(shown.output)")
            let mended = await tern("topic", "apply", saved)
            #expect(mended.status == 0, "\(mended.output)\(mended.diagnostics)")
            let empty = await tern("topic", "diff", "-f", topics.path, "--exit-code")
            #expect(empty.status == 0, "\(empty.output)")
            try await partitionsNeedAnotherTool(tern, topics)
            try await staleIsRefused(tern, topics)
        }

        /// Runs one of Kafka's own tools to its end.
        private func tool(_ cluster: RealCluster, _ script: String, _ arguments: String...) async throws {
            let distribution = try await Brokers.first().distribution
            let result = try await distribution.run(
                script, ["--bootstrap-server", cluster.bootstrapServers] + arguments)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }

        /// Partitions that somebody added stay: what can be done is said, and everything else goes on.
        private func partitionsNeedAnotherTool(_ tern: CommandLineRun, _ topics: TemporaryFolder) async throws {
            let us = try await Brokers.third()
            try await tool(us, "kafka-topics.sh", "--alter", "--topic", "cli50.5", "--partitions", "5")
            let diff = await tern("topic", "diff", "-f", topics.path, "-o", "tsv")
            #expect(diff.output.hasPrefix("us\tcli50.5\tpartitions\t3\t5\tKafka never removes partitions: "))
            let applied = await tern("topic", "apply", "-f", topics.path, "-c", "us")
            #expect(applied.status == 1)
            #expect(applied.output == "Nothing was changed.\n")
            #expect(applied.diagnostics.contains("✗ has 5 partitions, and 3 are wanted; Kafka never removes"))
            let file = try #require(try topics.read("cli505.yaml"))
            try topics.write("cli505.yaml", file.replacing("us: {settings:", with: "us: {partitions: 5, settings:"))
            #expect(await tern("topic", "plan", "-f", topics.path, "-c", "@all", "--exit-code").status == 0)
        }

        /// Somebody changes a topic between the plan and its application.
        private func staleIsRefused(_ tern: CommandLineRun, _ topics: TemporaryFolder) async throws {
            let saved = tern.folder.path("stale.json")
            #expect(await tern("topic", "alter", "cli50.3", "-c", "eu", "-s", "retention.ms=30d").status == 0)
            _ = await tern("topic", "plan", "-f", topics.path, "-c", "eu", "--out", saved)
            #expect(await tern("topic", "alter", "cli50.3", "-c", "eu", "-s", "retention.ms=40d").status == 0)
            let refused = await tern("topic", "apply", saved, "--allow", "reduce-retention")
            #expect(refused.status == 4)
            #expect(refused.diagnostics.contains("cli50.3"))
            #expect(refused.diagnostics.contains("retention.ms was 30d when planned, now 40d"))
            let risky = await tern("topic", "apply", "-f", topics.path, "-c", "eu", "-q")
            #expect(risky.status == 4)
            #expect(risky.diagnostics.contains("--allow reduce-retention"))
            let other = try CommandLineRun(try await Brokers.third(), try await Brokers.first())
            defer { other.folder.remove() }
            let elsewhere = await other("topic", "apply", saved, "--allow", "reduce-retention")
            #expect(elsewhere.status == 4)
            #expect(elsewhere.diagnostics.contains("the plan was made for cluster"))
        }

        @Test(arguments: ["eu", "us"])
        func `an apply that was killed is finished by running it again`(name: String) async throws {
            let executable = try #require(TernProcess.executable)
            let (eu, us) = (try await Brokers.first(), try await Brokers.third())
            let cluster = name == "eu" ? eu : us
            let tern = try CommandLineRun(eu, us)
            defer { tern.folder.remove() }
            let topics = try TemporaryFolder()
            defer { topics.remove() }
            try files(150, prefix: "clikill", in: topics)
            let child = try ChildProcess([
                executable, "topic", "apply", "-f", topics.path, "-c", name, "--config",
                tern.folder.path("mirror.properties"),
            ])
            try await eventually(within: .seconds(60), "some topics") {
                let known = try await cluster.withAdmin { try await $0.topics(within: .seconds(20)) }
                return known.contains { $0.name.rawValue.hasPrefix("clikill.") }
            }
            child.send(signal: 9)
            let status = try child.wait(within: .seconds(20))
            #expect(status == 128 + 9 || status == 0)
            let again = await tern("topic", "apply", "-f", topics.path, "-c", name, "-q")
            #expect(again.status == 0, "\(again.output)\(again.diagnostics)")
            let plan = await tern("topic", "plan", "-f", topics.path, "-c", name, "--exit-code")
            #expect(plan.status == 0, "\(plan.output)")
            let gone = await tern(
                "topic", "delete", "-c", name, "--regex", "clikill[.].*", "--execute", "--confirm", "clikill[.].*", "-q"
            )
            #expect(gone.status == 0, "\(gone.diagnostics)")
        }

        @Test func `a cluster is read with a few requests, never one a topic`() async throws {
            let cluster = try await Brokers.first()
            try await cluster.createTopics(
                (0..<60).map { NewTopic(name: TopicName("cli.many-\($0)"), partitionCount: 1, replicationFactor: 1) })
            let properties = ClientProperties.testing(
                cluster.bootstrapServers, ["debug": "protocol", "log_level": "7"])
            let lines = Mutex<[ClientLogLine]>([])
            ClientLog.follow { line in lines.withLock { $0.append(line) } }
            defer { ClientLog.follow(nil) }
            let admin = try AdminClient(properties, clientID: "count")
            defer { admin.close() }
            let observer = TopicObserver(alias: nil, admin: admin, limit: .seconds(20))
            let topics = try await observer.observe().cluster.topics
            #expect(topics.values.count { !$0.settings.isEmpty } >= 60)
            let sent = lines.withLock { $0.filter { $0.client.hasPrefix("count#") && $0.text.contains("Sent ") } }
            #expect(sent.count { $0.text.contains("DescribeConfigs") } == 1, "\(sent)")
            #expect(sent.count < 15, "\(sent)")
        }

        @Test(arguments: ["eu", "us"])
        func `topics are created, changed without touching other settings, and deleted`(cluster: String) async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            let created = await tern(
                "topic", "create", "cli.one", "-c", cluster, "--partitions", "2", "-s", "retention.ms=7d", "-s",
                "compression.type=lz4", "-q")
            #expect(created.status == 0, "\(created.diagnostics)")
            let altered = await tern("topic", "alter", "cli.one", "-c", cluster, "-s", "retention.ms=8d", "-q")
            #expect(altered.status == 0, "\(altered.diagnostics)")
            let settings = await tern("topic", "describe", "cli.one", "-c", cluster, "--show", "settings", "-o", "tsv")
            #expect(settings.output.contains("cli.one\tcompression.type\tlz4\ttopic\t-\n"))
            #expect(settings.output.contains("cli.one\tretention.ms\t691200000\ttopic\t-\n"))
            let unset = await tern("topic", "alter", "cli.one", "-c", cluster, "--unset", "compression.type", "-q")
            #expect(unset.status == 0, "\(unset.diagnostics)")
            let plan = await tern("topic", "alter", "-c", cluster, "--regex", "cli[.]one", "--partitions", "4")
            #expect(plan.status == 0)
            #expect(plan.output.contains("--execute --allow add-partitions"))
            let unconfirmed = await tern("topic", "delete", "cli.one", "-c", cluster)
            #expect(unconfirmed.status == 4)
            let deleted = await tern("topic", "delete", "cli.one", "-c", cluster, "--confirm", "cli.one", "-q")
            #expect(deleted.status == 0, "\(deleted.diagnostics)")
            #expect(deleted.output.contains("cli.one  delete     done"))
            let unknown = await tern("topic", "describe", "cli.one", "-c", cluster)
            #expect(unknown.status == 1)
            #expect(unknown.diagnostics.hasPrefix("tern: there is no topic 'cli.one'"))
        }
    }
}
