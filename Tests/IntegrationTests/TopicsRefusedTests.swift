// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@testable import MirrorCommands

extension RealBrokers {
    /// What cannot be had, and what is wrong with a command line or a file, on a current and an older Kafka.
    @Suite struct TopicsRefusedTests {
        @Test(arguments: ["eu", "us"])
        func `what brokers refuse is said in their words`(cluster: String) async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            #expect(await tern("topic", "create", "cli.dot", "-c", cluster, "-q").status == 0)
            let collision = await tern("topic", "create", "cli_dot", "-c", cluster, "-q")
            #expect(collision.status == 1)
            #expect(collision.diagnostics.contains("cannot be created next to \"cli.dot\""))
            let tiered = await tern(
                "topic", "create", "cli.tiered", "cli.plain", "-c", cluster, "-s", "remote.storage.enable=true", "-q")
            #expect(tiered.status == 1)
            #expect(tiered.output.contains("(INVALID_CONFIG)"), "\(tiered.output)")
            let validated = await tern(
                "topic", "alter", "cli.dot", "-c", cluster, "-s", "remote.storage.enable=true", "--dry-run")
            #expect(validated.status == 1)
            #expect(validated.diagnostics.contains("(INVALID_CONFIG)"), "\(validated.diagnostics)")
            let unknown = await tern("topic", "alter", "cli.dot", "-c", cluster, "-s", "no.such.setting=1", "-q")
            #expect(unknown.status == 1)
            #expect(unknown.diagnostics.contains("which this cluster's brokers do not know"))
            // The broker would take both, when they are new at once.
            let both = await tern("topic", "create", "cli.x_y", "cli.x.y", "cli.x.y", "-c", cluster, "-q")
            #expect(both.status == 1)
            #expect(both.output.contains("cli.x_y  create     done"), "\(both.output)")
            #expect(both.diagnostics.contains("cli.x.y on \(cluster) cannot be created next to \"cli.x_y\""))
            #expect(await tern("topic", "list", "cli.x.y", "-c", cluster).status == 1)
            let nobody = await tern("topic", "delete", "cli.nobody-has-this", "-c", cluster, "-q")
            #expect(nobody.diagnostics.contains("does not exist; tern topic list shows what is there"))
            #expect(await tern("topic", "delete", "cli.dot", "-c", cluster, "--confirm", "cli.dot").status == 0)
        }

        @Test func `a setting that only older brokers know is refused by name, not by a creation that fails`()
            async throws
        {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            // What brokers know is read off a topic that is there.
            #expect(await tern("topic", "create", "cli.sample", "-c", "@all", "--if-not-exists", "-q").status == 0)
            let arguments = ["topic", "create", "cli.old", "-s", "message.downconversion.enable=true", "-q", "-c"]
            let dropped = await tern(arguments + ["eu"])
            #expect(dropped.status == 1)
            #expect(
                dropped.diagnostics.contains("message.downconversion.enable, which this cluster's brokers do not know"))
            guard KafkaDistribution.old != nil else { return }
            #expect(await tern(arguments + ["us"]).status == 0)
        }

        @Test(arguments: ["eu", "us"])
        func `what no call of Kafka can do is told with what can`(cluster: String) async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            #expect(await tern("topic", "create", "cli.cannot", "-c", cluster, "--partitions", "3", "-q").status == 0)
            let shrunk = await tern("topic", "alter", "cli.cannot", "-c", cluster, "--partitions", "2", "-q")
            #expect(shrunk.status == 1)
            #expect(shrunk.diagnostics.contains("Kafka never removes partitions"))
            let topics = try TemporaryFolder()
            defer { topics.remove() }
            try topics.write(
                "cannot.yaml",
                "{name: cli.cannot, partitions: 3, replication-factor: 2, settings: {segment.ms: 1d}}\n")
            let plan = await tern("topic", "plan", "-f", topics.path, "-c", cluster)
            #expect(plan.status == 1)
            #expect(plan.output.contains("kafka-reassign-partitions.sh moves and adds replicas"), "\(plan.output)")
            // What can be done is done.
            let applied = await tern("topic", "apply", "-f", topics.path, "-c", cluster)
            #expect(applied.status == 1)
            #expect(applied.output.contains("cli.cannot  alter      done"), "\(applied.output)")
            let minimum = await tern("topic", "alter", "cli.cannot", "-c", cluster, "-s", "min.insync.replicas=2", "-q")
            #expect(minimum.status == 1)
            #expect(minimum.diagnostics.contains("above its replication factor 1"))
        }

        @Test func `a topic that is not there is told with the one that was likely meant`() async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            #expect(await tern("topic", "create", "cli.payments", "-c", "eu", "-q").status == 0)
            let commands = [
                ["topic", "alter", "cli.payment", "-c", "eu", "-s", "segment.ms=1d", "-q"],
                ["topic", "delete", "cli.payment", "-c", "eu", "-q"], ["topic", "describe", "cli.payment", "-c", "eu"],
                ["topic", "export", "cli.payment", "-c", "eu"],
            ]
            for command in commands {
                let outcome = await tern(command)
                #expect(outcome.status == 1, "\(command)")
                #expect(outcome.diagnostics.contains("cli.payment"), "\(outcome.diagnostics)")
                #expect(outcome.diagnostics.contains("cli.payments"), "\(outcome.diagnostics)")
            }
        }

        @Test func `files for another cluster are refused before anything is changed`() async throws {
            let (eu, us) = (try await Brokers.first(), try await Brokers.third())
            let tern = try CommandLineRun(eu, us)
            defer { tern.folder.remove() }
            let topics = try TemporaryFolder()
            defer { topics.remove() }
            try topics.write("topic-defaults.yaml", "cluster-ids: {eu: \(us.clusterID)}\n")
            try topics.write("a.yaml", "{name: cli.elsewhere, partitions: 1}\n")
            for command in ["plan", "apply", "diff"] {
                let refused = await tern("topic", command, "-f", topics.path, "-c", "eu")
                #expect(refused.status == 4, "\(command)")
                #expect(refused.diagnostics.contains("eu is cluster \(eu.clusterID), and "), "\(refused.diagnostics)")
                #expect(refused.diagnostics.contains("topic-defaults.yaml:1:19 expects \(us.clusterID)"))
            }
            #expect(await tern("topic", "list", "cli.elsewhere", "-c", "eu").status == 1)
        }

        @Test func `what --regex finds is shown first, and a deletion wants the pattern once more`() async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            let create = ["topic", "create", "cli.re-1", "cli.re-2", "cli.other", "-q", "-c", "eu", "-c", "us"]
            #expect(await tern(create).status == 0)
            let pattern = ["-c", "@all", "--regex", "cli[.]re-."]
            let shown = await tern(["topic", "delete"] + pattern)
            #expect(shown.status == 0)
            #expect(shown.output.contains("Plan: 0 to create, 0 to change, 4 to delete"), "\(shown.output)")
            #expect(shown.output.hasSuffix("The same with --execute --confirm 'cli[.]re-.' does it.\n"))
            #expect(await tern(["topic", "delete", "--execute"] + pattern).status == 4)
            let none = await tern("topic", "delete", "-c", "eu", "--regex", "cli[.]nothing[.].*")
            #expect(none.status == 0)
            #expect(none.output.hasSuffix("unchanged.\nNo topic matches.\n"), "\(none.output)")
            #expect(await tern("topic", "describe", "--regex", "cli[.]nothing").output == "No topic matches.\n")
            #expect(await tern("group", "describe", "--regex", "cli[.]nothing").output == "No group matches.\n")
            #expect(await tern(["topic", "delete", "--execute", "--confirm", "cli.re-1"] + pattern).status == 4)
            let alter = ["topic", "alter", "-s", "retention.ms=1h"] + pattern
            #expect(await tern(alter).output.contains("The same with --execute --allow reduce-retention does it."))
            #expect(await tern(alter + ["--execute"]).status == 4)
            #expect(await tern(alter + ["--execute", "--allow", "reduce-retention"]).status == 0)
            let names = await tern("topic", "list", "--topics", "cli[.](re-.|other)", "-o", "name")
            #expect(names.output == "cli.other\ncli.re-1\ncli.re-2\n")
            let done = await tern(["topic", "delete", "--execute", "--confirm", "cli[.]re-."] + pattern)
            #expect(done.status == 0, "\(done.diagnostics)")
            #expect(await tern("topic", "list", "--topics", "cli[.](re-.|other)", "-o", "name").output == "cli.other\n")
        }
    }
}
