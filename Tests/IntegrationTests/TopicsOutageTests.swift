// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@testable import MirrorCommands

extension RealBrokers {
    /// `tern topic apply` on a cluster of its own, which goes away and comes back.
    @Suite struct TopicsOutageTests {
        @Test
        func `a cluster that goes away in the middle of an apply ends it with a table, and the next does the rest`()
            async throws
        {
            let cluster = try await RealCluster.start(try #require(KafkaDistribution.found))
            let run = try CommandLineRun(nil)
            defer { run.folder.remove() }
            let place = ["--bootstrap", cluster.bootstrapServers]
            func tern(_ arguments: String...) async -> CommandLineRun.Outcome { await run(arguments + place) }
            let topics = (0..<400).map { "  - {name: gone.\($0), partitions: 1}\n" }.joined()
            try run.folder.write("topics.yaml", "topics:\n\(topics)")
            let file = run.folder.path("topics.yaml")
            async let applying = tern("topic", "apply", "-f", file, "--timeout", "4s", "-q")
            try await eventually(within: .seconds(30), "the first topics, and some of them read back") {
                let known = try await cluster.withAdmin { try await $0.topics(within: .seconds(5)) }
                return known.count { $0.name.rawValue.hasPrefix("gone.") } >= 40
            }
            try await cluster.kill()
            let broken = await applying
            #expect(broken.status == 1)
            #expect(broken.output.contains("  create     done       –\n"))
            #expect(broken.output.contains("  create     failed     "))
            #expect(broken.output.contains("  create     not-tried  the cluster does not answer any more: "))
            #expect(broken.output.hasSuffix(" not tried.\nRunning it again does the rest.\n"))
            let silent = await tern("topic", "plan", "-f", file, "--timeout", "2s")
            #expect(silent.status == 1)
            #expect(
                silent.diagnostics.hasPrefix("tern: cluster \(cluster.bootstrapServers): "), "\(silent.diagnostics)")
            try await cluster.restart()
            try await eventually(within: .seconds(60), "the rest") {
                await tern("topic", "apply", "-f", file, "-q").status == 0
            }
            let plan = await tern("topic", "plan", "-f", file, "--exit-code")
            #expect(plan.status == 0)
            #expect(plan.output == "Plan: 0 to create, 0 to change, 0 to delete, 400 unchanged.\n")
            try await pruningIsAgreedTo(run, place, file)
            try await cluster.close()
        }

        /// Nothing is deleted for being missing from the files, until that is asked for and agreed to.
        private func pruningIsAgreedTo(_ run: CommandLineRun, _ place: [String], _ file: String) async throws {
            func tern(_ arguments: String...) async -> CommandLineRun.Outcome { await run(arguments + place) }
            #expect(await tern("topic", "create", "stray", "heartbeats", "-q").status == 0)
            #expect(await tern("topic", "plan", "-f", file, "--exit-code").status == 0)
            let plan = await tern("topic", "plan", "-f", file, "--prune")
            #expect(plan.output.contains("- stray  delete\n"))
            #expect(plan.output.contains("Plan: 0 to create, 0 to change, 1 to delete, 400 unchanged. 1 risky.\n"))
            let next = "tern topic apply -f \(file) --prune \(place.joined(separator: " ")) --allow delete-topic"
            #expect(plan.output.hasSuffix("Apply with: \(next)\n"), "\(plan.output)")
            let refused = await tern("topic", "apply", "-f", file, "--prune", "-q")
            #expect(refused.status == 4)
            #expect(refused.diagnostics.contains("--allow delete-topic agrees"))
            // A dry run ends as the run itself would.
            let dry = await tern("topic", "apply", "-f", file, "--prune", "-n")
            #expect(dry.status == 4)
            #expect(dry.diagnostics.contains("--allow delete-topic agrees"), "\(dry.diagnostics)")
            let pruned = await tern("topic", "apply", "-f", file, "--prune", "--allow", "delete-topic", "-q")
            #expect(pruned.status == 0, "\(pruned.output)")
            #expect(await tern("topic", "list", "stray").status == 1)
            #expect(await tern("topic", "list", "heartbeats").status == 0)
            let group = await tern("group", "describe", "nobody")
            #expect(group.status == 1)
            #expect(group.diagnostics.hasPrefix("tern: there is no group 'nobody'"))
            #expect(await tern("group", "list").output == "0 groups.\n")
            // A handle that belongs to a group has the broker make the groups' own topic, just by looking.
            #expect(await tern("topic", "list", "__consumer_offsets").status == 1)
        }
    }
}
