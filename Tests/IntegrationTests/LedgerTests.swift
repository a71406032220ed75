// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import TernConfiguration
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// What is lost is recorded on the target when it is found, and what became of it.
    @Suite struct LedgerTests {
        private func events(_ outcome: CommandLineRun.Outcome) -> [JSONValue] {
            outcome.document?["data"]?["events"]?.array ?? []
        }

        @Test
        func `a loss is recorded once, the lag is unknown while it is open, and it ends where a person continues`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, other) = (mirror.topic("lost"), mirror.topic("recreated"))
                for name in [topic, other] { try await mirror.clusters[0].createTopic(name) }
                let records = (0..<10).flatMap { number in
                    [topic, other].map { OwnedRecord.sample($0, 0, key: "k", value: "v\(number)") }
                }
                try Onlooker.write(records, to: mirror.address(0))
                let text = mirror.file()
                let first = try mirror.daemon(of: text)
                try await running(first) {
                    try await until("20 records", of: first) { $0.isCaughtUp(after: 20) }
                }
                let tern = try CommandLineRun(text)
                defer { tern.folder.remove() }
                let none = await tern("ledger", "list")
                #expect(none.status == 0 && none.output == "Nothing is open.\n", "\(none.output) \(none.diagnostics)")
                try Onlooker.write(records, to: mirror.address(0))
                try await mirror.deleteRecords(of: topic, before: 15, at: 0)
                try await mirror.clusters[0].withAdmin { admin in
                    _ = try await admin.deleteTopics([other], within: .seconds(20))
                }
                try await eventually(within: .seconds(20), "the topic's creation") { () async throws -> Bool in
                    (try? await mirror.clusters[0].createTopic(other)) != nil
                }
                try Onlooker.write(
                    (0..<12).map { .sample(other, 0, key: "k", value: "new \($0)") }, to: mirror.address(0))
                // The second start finds the same.
                for _ in 0..<2 {
                    let daemon = try mirror.daemon(of: text)
                    try await running(daemon) {
                        try await until("two stops", of: daemon) {
                            $0.flows[0].partition(topic, 0)?.state == .lostData
                                && $0.flows[0].partition(other, 0)?.state == .rewound
                        }
                        try await until("both in the status", of: daemon) { $0.flows[0].openLosses == 2 }
                        for name in [topic, other] {
                            #expect(daemon.status.flows[0].partition(name, 0)?.lagRecords == nil)
                            #expect(daemon.status.flows[0].partition(name, 0)?.lagSeconds == nil)
                        }
                    }
                }
                try await acknowledge(tern, topic, other)
                try await goOn(mirror, tern, text, topic)
            }
        }

        private func acknowledge(_ tern: CommandLineRun, _ topic: TopicName, _ other: TopicName) async throws {
            let listed = await tern("ledger", "list", "-o", "json")
            #expect(listed.status == 0, "\(listed.diagnostics)")
            #expect(try SchemaFile(kind: "LedgerReport").problems(in: listed.document ?? .null) == [])
            let found = events(listed).sorted { ($0["cause"]?.string ?? "") < ($1["cause"]?.string ?? "") }
            #expect(found.map { $0["cause"]?.string } == ["log_start_moved", "recreated"], "\(listed.output)")
            #expect(found.first?["first_offset"]?.integer == 10 && found.first?["end_offset"]?.integer == 15)
            #expect(found.first?["count"]?.integer == 5)
            let shown = await tern("ledger", "show", "--event", "\(topic)/0:10")
            #expect(shown.output.contains("count     at most 5\n") && shown.output.contains("state     open\n"))
            let unknown = await tern("ledger", "acknowledge", "--event", "\(topic)/0:3")
            #expect(unknown.status == 1 && unknown.diagnostics.contains("the ledger has no event \(topic)/0:3"))
            let done = await tern("ledger", "acknowledge", "--event", "\(other)/0:10", "--note", "OPS-17")
            #expect(done.status == 0, "\(done.diagnostics)")
            let left = await tern("ledger", "list", "-o", "json")
            #expect(events(left).map { $0["topic"]?.string } == [topic.rawValue])
        }

        /// As docs/operations.md says: a progress row, and a restart.
        private func goOn(
            _ mirror: RealMirror, _ tern: CommandLineRun, _ text: String, _ topic: TopicName
        ) async throws {
            let key = SourceOffsetRow.key(
                .init(connector: "MirrorSourceConnector", cluster: .init(mirror.aliases[0]), topic: topic, partition: 0)
            )
            try Onlooker.write(
                [
                    OwnedRecord(
                        topic: TopicName("mm2-offsets.\(mirror.aliases[0]).internal"),
                        partition: Murmur2.partition(of: key, count: 25), offset: 0,
                        timestamp: Timestamp(milliseconds: -1, kind: .none), key: key,
                        value: SourceOffsetRow.value(offset: 14))
                ], to: mirror.address(1))
            let daemon = try mirror.daemon(of: text)
            try await running(daemon) {
                try await until("the rest", of: daemon) { $0.flows[0].partition(topic, 0)?.lagRecords == 0 }
                try await eventually(within: .seconds(20), "the end of the event") {
                    mirror.log.lines.contains { $0.contains("loss.ended") }
                }
            }
            let all = await tern("ledger", "list", "--every", "--topic", topic.rawValue, "-o", "json")
            #expect(events(all).map { $0["state"]?.string } == ["ended"], "\(all.output)")
            #expect(events(all).first?["ended_position"]?.integer ?? 0 > 14)
        }
    }
}
