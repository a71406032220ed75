// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

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
            let tools = eu.distribution
            let configured = try await tools.run(
                "kafka-configs.sh",
                [
                    "--bootstrap-server", eu.bootstrapServers, "--alter", "--entity-type", "topics", "--entity-name",
                    "cli50.1", "--add-config", "retention.ms=99999999,segment.ms=3600000",
                ])
            #expect(configured.status == 0, "\(configured.errors)")
            let deleted = try await tools.run(
                "kafka-topics.sh", ["--bootstrap-server", us.bootstrapServers, "--delete", "--topic", "cli50.2"])
            #expect(deleted.status == 0, "\(deleted.errors)")
            let saved = tern.folder.path("plan.json")
            _ = await tern("topic", "plan", "-f", topics.path, "-c", "@all", "--out", saved)
            let diff = await tern("topic", "diff", "-f", topics.path, "--exit-code", "-o", "tsv")
            #expect(diff.status == 3)
            #expect(
                diff.output == """
                    eu\tcli50.1\tretention.ms\t2d\t99999999ms\t-
                    eu\tcli50.1\tsegment.ms\t7d (default)\t1h\t-
                    us\tcli50.2\t–\tpresent\tmissing\t-

                    """)
            let mended = await tern("topic", "apply", saved)
            #expect(mended.status == 0, "\(mended.output)\(mended.diagnostics)")
            let empty = await tern("topic", "diff", "-f", topics.path, "--exit-code")
            #expect(empty.status == 0, "\(empty.output)")
            try await staleIsRefused(tern, topics)
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

        @Test func `an apply that was killed is finished by running it again`() async throws {
            let executable = try #require(TernProcess.executable)
            let eu = try await Brokers.first()
            let tern = try CommandLineRun(eu, try await Brokers.third())
            defer { tern.folder.remove() }
            let topics = try TemporaryFolder()
            defer { topics.remove() }
            try files(150, prefix: "clikill", in: topics)
            let child = try ChildProcess([
                executable, "topic", "apply", "-f", topics.path, "-c", "eu", "--config",
                tern.folder.path("mirror.properties"),
            ])
            try await eventually(within: .seconds(60), "some topics") {
                let known = try await eu.withAdmin { try await $0.topics(within: .seconds(20)) }
                return known.contains { $0.name.rawValue.hasPrefix("clikill.") }
            }
            child.send(signal: 9)
            let status = try child.wait(within: .seconds(20))
            #expect(status == 128 + 9 || status == 0)
            let again = await tern("topic", "apply", "-f", topics.path, "-c", "eu", "-q")
            #expect(again.status == 0, "\(again.output)")
            let plan = await tern("topic", "plan", "-f", topics.path, "-c", "eu", "--exit-code")
            #expect(plan.status == 0, "\(plan.output)")
            let gone = await tern(
                "topic", "delete", "-c", "eu", "--regex", "clikill[.].*", "--execute", "--confirm", "clikill[.].*", "-q"
            )
            #expect(gone.status == 0, "\(gone.diagnostics)")
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

        @Test func `what brokers refuse is said in their words`() async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            #expect(await tern("topic", "create", "cli.dot", "-c", "eu", "-q").status == 0)
            let collision = await tern("topic", "create", "cli_dot", "-c", "eu", "-q")
            #expect(collision.status == 1)
            #expect(collision.diagnostics.contains("cannot be created beside \"cli.dot\""))
            let tiered = await tern(
                "topic", "create", "cli.tiered", "-c", "eu", "-s", "remote.storage.enable=true", "-q")
            #expect(tiered.status == 1)
            #expect(tiered.output.contains("INVALID_CONFIG"), "\(tiered.output)")
            let dropped = await tern(
                "topic", "create", "cli.old", "-c", "eu", "-s", "message.downconversion.enable=true", "-q")
            #expect(dropped.status == 1)
            #expect(dropped.diagnostics.contains("which this cluster's brokers do not know"))
            let fewer = await tern("topic", "alter", "cli.dot", "-c", "eu", "--partitions", "1", "-q")
            #expect(fewer.status == 0)
            _ = await tern("topic", "alter", "cli.dot", "-c", "eu", "--partitions", "3", "--allow", "add-partitions")
            let shrunk = await tern("topic", "alter", "cli.dot", "-c", "eu", "--partitions", "2", "-q")
            #expect(shrunk.status == 1)
            #expect(shrunk.diagnostics.contains("Kafka never removes partitions"))
            let validated = await tern(
                "topic", "alter", "cli.dot", "-c", "eu", "-s", "remote.storage.enable=true", "--dry-run")
            #expect(validated.status == 1)
        }
    }
}
