// SPDX-License-Identifier: Apache-2.0
import TopicAdministration
import TopicPlanning
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Testing
import TopicFiles

/// What `tern topic apply` does, through what is public: the program in docs/topics.md.
private enum Program {
    // docs/topics.md begins
    /// Makes a cluster as a folder of topic files says.
    static func converge(_ folder: String, on servers: String) async throws -> Bool {
        let admin = try AdminClient(["bootstrap.servers": servers], clientID: "converge")
        defer { admin.close() }
        let observer = TopicObserver(alias: nil, admin: admin, limit: .seconds(10))

        let files = TopicFolder.read([folder])
        guard !files.hasErrors else {
            for problem in files.problems { print(problem) }  // file:line:column: what; what to do
            return false
        }
        let cluster = try await observer.observe().cluster
        let plan = TopicPlanner(cluster).plan(files.specifications(on: nil))

        // A plan is a value. It can be saved, and held against the cluster as it is later.
        let saved = try TopicPlanDocument(createdAt: 0, clusters: [plan]).encoded()
        let read = try TopicPlanDocument(decoding: saved).clusters[0]
        let now = try await observer.observe().cluster
        guard read.refusal(now: now) == nil else { return false }  // stale, or another cluster
        guard read.refusals(allowing: RiskAllowance([.addPartitions])).isEmpty else { return false }

        let progress = await TopicApplier([observer]).apply([read.remaining(now: now)], planned: [read])
        for row in progress.rows { print(row.operation.topic, row.operation.kind, row.outcome) }
        return progress.succeeded
    }
    // docs/topics.md ends
}

extension RealBrokers {
    @Suite struct TopicsAsLibraryTests {
        @Test func `a program of a few lines converges a folder, and stops at a risk that it did not agree to`()
            async throws
        {
            let cluster = try await Brokers.first()
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            func converge(_ text: String) async throws -> Bool {
                try folder.write("one.yaml", text)
                return try await Program.converge(folder.path, on: cluster.bootstrapServers)
            }
            #expect(try await converge("{name: library.one, partitions: 2, settings: {retention.ms: 2d}}"))
            #expect(try await converge("{name: library.one, partitions: 4, settings: {retention.ms: 2d}}"))
            #expect(try await !converge("{name: library.one, partitions: 4, settings: {retention.ms: 1d}}"))
            #expect(try await !converge("{name: library.one, partitons: 4}"))
        }

        @Test func `the program in the documentation is the one that is tested`() throws {
            var root = URL(filePath: #filePath)
            for _ in 0..<3 { root.deleteLastPathComponent() }
            let page = try String(contentsOf: root.appending(path: "docs/topics.md"), encoding: .utf8)
            let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            let begin = try #require(lines.firstIndex { $0.hasSuffix("// docs/topics.md begins") })
            let end = try #require(lines.firstIndex { $0.hasSuffix("// docs/topics.md ends") })
            let program = lines[(begin + 1)..<end].map { $0.dropFirst(4) }.joined(separator: "\n")
            #expect(page.contains("\n\(program)\n"))
        }
    }
}
