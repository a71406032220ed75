// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// `tern group` on a current and an older Kafka, and names for completion.
    @Suite struct GroupsCommandTests {
        /// `cligroups` on the first, its copy on the second, and a group on both that has read some of each.
        private func committed(_ group: GroupID) async throws -> CommandLineRun {
            let (eu, us) = (try await Brokers.first(), try await Brokers.third())
            let minuteAgo = Int64(Date().timeIntervalSince1970 * 1000) - 60_000
            for (cluster, topic, count) in [(eu, "cli.groups", 5), (us, "eu.cli.groups", 3)] {
                let name = TopicName(topic)
                try await cluster.createTopic(name, partitions: 2, configuration: [("retention.ms", "-1")])
                let records = (0..<count).map { number in
                    OwnedRecord.sample(name, 0, value: "\(number)", timestamp: minuteAgo)
                }
                try Onlooker.write(records, to: cluster.bootstrapServers)
                // A cluster's first group has to wait for the groups' own topic, and is refused until then.
                try await eventually(within: .seconds(60), "offsets that are written") {
                    let place = TopicPartition(name, 0)
                    let answers = try? await cluster.withAdmin { admin in
                        try await admin.alterGroupOffsets(
                            of: group, to: [place: GroupOffset(Int64(count - 2))], within: .seconds(20))
                    }
                    return answers?.values.allSatisfy { $0 == nil } == true
                }
            }
            return try CommandLineRun(eu, us)
        }

        @Test func `a group stands side by side on both clusters, under one name for its topic`() async throws {
            let tern = try await committed("cli.app")
            defer { tern.folder.remove() }
            let list = await tern("group", "list", "cli.app")
            #expect(list.status == 0)
            #expect(list.output == "GROUP    EU     US\ncli.app  empty  empty\n1 group.\n")
            let table = await tern("group", "describe", "cli.app", "-o", "tsv")
            let cells = table.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            #expect(cells.count == 1)
            #expect(cells.first?.prefix(6) == ["cli.app", "cli.groups", "0", "3", "5", "2"], "\(table.output)")
            #expect(cells.first?.dropFirst(7).prefix(3) == ["1", "3", "2"])
            let clusters = await tern("group", "describe", "cli.app", "-o", "json").document?["data"]?["groups"]?
                .array?.first?["clusters"]?.array
            #expect(clusters?.count == 2)
            for cluster in clusters ?? [] {
                #expect(cluster["state"] == "empty")
                #expect(cluster["members"] == [])
                #expect(cluster["lag_records"] == 2)
                // The next record to be read was written a minute ago, by its own time stamp.
                let seconds = cluster["offsets"]?.array?.first?["lag_seconds"]?.number ?? 0
                #expect(seconds >= 60, "\(cluster)")
            }
            let unknown = await tern("group", "describe", "cli.nobody")
            #expect(unknown.status == 1)
            #expect(unknown.diagnostics.hasPrefix("tern: there is no group 'cli.nobody'"))
        }

        @Test func `names for completion come from the clusters that the line names`() async throws {
            let tern = try CommandLineRun(try await Brokers.first(), try await Brokers.third())
            defer { tern.folder.remove() }
            #expect(await tern("topic", "create", "cli.here", "-c", "eu", "-q").status == 0)
            #expect(await tern("topic", "create", "cli.there", "-c", "us", "-q").status == 0)
            func names(_ words: String...) async -> Set<Substring> {
                let outcome = await tern(["__complete", "topic", "--"] + words)
                #expect(outcome.status == 0 && outcome.diagnostics.isEmpty)
                return Set(outcome.output.split(separator: "\n"))
            }
            try await eventually(within: .seconds(20), "names within the budget") {
                await names("topic", "describe", "-c", "eu").contains("cli.here")
            }
            #expect(await !names("topic", "describe", "-c", "eu").contains("cli.there"))
            try await eventually(within: .seconds(20), "names within the budget") {
                await names("topic", "describe", "--cluster", "us").contains("cli.there")
            }
            #expect(await tern("__complete", "cluster", "--", "topic", "list", "-c").output == "eu\nus\n@all\n")
            // A cluster that nobody answers for completes to nothing, without a word.
            #expect(await names("topic", "list", "--bootstrap", "127.0.0.1:1").isEmpty)
        }
    }
}
