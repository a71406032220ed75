// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// `errors.tolerance=all`: what the target refuses for good is kept aside, and its partition continues.
    @Suite struct QuarantineTests {
        /// What a target refuses: too large, too large for the quarantine topic as well, a timestamp, and one that is fine.
        private static let refused: [Int: String] = [
            30: "MSG_SIZE_TOO_LARGE", 31: "MSG_SIZE_TOO_LARGE", 45: "INVALID_TIMESTAMP",
        ]
        private static let limits = [
            ("max.message.bytes", "100000"), ("message.timestamp.after.max.ms", "3600000"),
        ]

        private func records(_ topic: TopicName) -> [OwnedRecord] {
            var records = (0..<60).map {
                OwnedRecord.sample(topic, 0, key: "k\($0)", value: "v\($0)", headers: [OwnedHeader("h", nil)])
            }
            // What compresses well is refused by the broker's word, not by the client's reckoning alone.
            records[30].value = (0..<120_000).map { _ in UInt8.random(in: 0...255) }
            records[31].value = (0..<900_000).map { _ in UInt8.random(in: 0...255) }
            records[45].timestamp = Timestamp(milliseconds: 4_000_000_000_000, kind: .create)
            return records
        }

        private func prepare(_ mirror: RealMirror) async throws -> TopicName {
            let topic = mirror.topic("aside")
            try await mirror.clusters[0].createTopic(
                topic,
                configuration: [("message.timestamp.after.max.ms", "9223372036854775807"), ("retention.ms", "-1")])
            try await mirror.clusters[1].createTopic(mirror.copy("aside"), configuration: Self.limits)
            try await mirror.clusters[1].createTopic(
                aside(mirror), configuration: [("cleanup.policy", "compact"), ("max.message.bytes", "500000")])
            try Onlooker.write(records(topic), to: mirror.address(0), properties: ["linger.ms": "50"])
            return topic
        }

        private func aside(_ mirror: RealMirror) -> TopicName {
            TopicName("mm2-tern-quarantine.\(mirror.aliases[0]).internal")
        }

        private static let tolerant = "errors.tolerance = all\nsync.topic.configs.enabled = false\n"

        private func entries(_ outcome: CommandLineRun.Outcome) -> [JSONValue] {
            outcome.document?["data"]?["entries"]?.array ?? []
        }

        @Test(arguments: [false, true])
        func `refused records are set aside in their turn, listed, and arrive by a replay once the target takes them`(
            isExactlyOnce: Bool
        ) async throws {
            try await RealMirror.withPair { mirror in
                let topic = try await prepare(mirror)
                let copy = mirror.copy("aside")
                let text =
                    isExactlyOnce ? mirror.exactlyOnceFile(Self.tolerant) : mirror.file([(0, 1)], Self.tolerant)
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("all but three", of: daemon) { $0.isCaughtUp(after: 57) }
                    let flow = daemon.status.flows[0]
                    #expect(flow.topics.first { $0.topic == topic }?.counters.quarantinedRecords == 3)
                    #expect(flow.replicated == 57 && flow.partition(topic, 0)?.stop == nil)
                }
                #expect(
                    mirror.log.lines.contains { $0.contains("record.quarantined") && $0.contains("MSG_SIZE_TOO_LARGE") }
                )
                let arrived = try mirror.records(of: copy, at: 1)
                #expect(
                    Set(arrived.compactMap(\.bornAt)) == Set(0..<60).subtracting(Self.refused.keys.map { Int64($0) }))
                if isExactlyOnce { #expect(arrived.count == 57) }
                // A second start finds nothing to do: progress is behind the records.
                let again = try mirror.daemon(of: text)
                try await running(again) {
                    try await until("a known lag", of: again) { $0.flows[0].lagRecords == 0 }
                    #expect(again.status.flows[0].topics.first { $0.topic == topic }?.counters.quarantinedRecords == 0)
                }
                let tern = try CommandLineRun(text)
                defer { tern.folder.remove() }
                try await list(tern, topic)
                try await account(mirror, tern, topic)
                try await replay(mirror, tern, topic)
            }
        }

        private func list(_ tern: CommandLineRun, _ topic: TopicName) async throws {
            let listed = await tern("quarantine", "list", "-o", "json")
            #expect(listed.status == 0, "\(listed.diagnostics)")
            #expect(try SchemaFile(kind: "QuarantineReport").problems(in: listed.document ?? .null) == [])
            let found = entries(listed)
            #expect(found.map { $0["offset"]?.integer } == [30, 31, 45])
            #expect(found.map { $0["code"]?.string } == Self.refused.sorted { $0.key < $1.key }.map(\.value))
            #expect(found.map { ($0["size"]?.integer ?? -1) > 0 } == [true, false, true], "the largest has no content")
            let shown = await tern("quarantine", "show", "--record", "\(topic)/0:45")
            #expect(
                shown.status == 0 && shown.output.contains("value      \"v45\""), "\(shown.output) \(shown.diagnostics)"
            )
            #expect(shown.output.contains("header     h = null\n"))
            let large = await tern("quarantine", "show", "--record", "\(topic)/0:31")
            #expect(large.output.contains("content    not kept here"), "\(large.output)")
            let unknown = await tern("quarantine", "show", "--record", "\(topic)/0:7")
            #expect(unknown.status == 1 && unknown.diagnostics.contains("\(topic)/0:7 is not set aside"))
        }

        /// What is set aside is not missing, and is said with its number.
        private func account(_ mirror: RealMirror, _ tern: CommandLineRun, _ topic: TopicName) async throws {
            let verified = await tern("verify", "--topic", topic.rawValue, "-o", "json")
            #expect(try SchemaFile(kind: "VerificationReport").problems(in: verified.document ?? .null) == [])
            let partition = verified.document?["data"]?["partitions"]?.array?.first
            #expect(partition?["counts"]?["quarantined"]?.integer == 3, "\(verified.output) \(verified.diagnostics)")
            #expect(partition?["counts"]?["expected"]?.integer == 57)
            #expect(partition?["difference_counts"]?["missing"] == nil, "\(verified.output)")
            let check = await tern("failover", "check", "--flow", mirror.flow(0, 1), "-o", "json")
            let topics = check.document?["data"]?["topics"]?.array ?? []
            let found = topics.first { $0["topic"]?.string == topic.rawValue }
            #expect(found?["quarantined_records"]?.integer == 3, "\(check.output) \(check.diagnostics)")
            let notes = check.document?["data"]?["notes"]?.array?.compactMap(\.string) ?? []
            #expect(notes.contains { $0.hasPrefix("3 records quarantined (3 of \(topic))") }, "\(notes)")
        }

        private func replay(_ mirror: RealMirror, _ tern: CommandLineRun, _ topic: TopicName) async throws {
            let replay = ["quarantine", "replay", "--all"]
            let copy = mirror.copy("aside")
            let shown = await tern(replay + ["--dry-run"])
            #expect(shown.status == 0 && shown.output.contains("Nothing was written."), "\(shown.output)")
            let asked = await tern(replay)
            #expect(asked.status == 4 && asked.diagnostics.contains("nobody agreed"))
            let dropped = await tern("quarantine", "drop", "--record", "\(topic)/0:45", "--yes", "-o", "json")
            #expect(dropped.status == 0 && entries(dropped).map { $0["result"]?.string } == ["dropped"])
            let early = await tern(replay + ["--yes", "-o", "json"])
            #expect(early.status == 1 && entries(early).map { $0["result"]?.string } == ["failed", "failed"])
            #expect(early.diagnostics.contains("(MSG_SIZE_TOO_LARGE); it stays set aside"), "\(early.diagnostics)")
            try await mirror.clusters[1].withAdmin { admin in
                _ = try await admin.alterConfigurations(
                    [copy: [("max.message.bytes", "2000000")]], within: .seconds(10))
            }
            let done = await tern(replay + ["--yes", "-o", "json"])
            #expect(done.status == 0, "\(done.diagnostics)")
            #expect(try SchemaFile(kind: "QuarantineReport").problems(in: done.document ?? .null) == [])
            #expect(entries(done).map { $0["result"]?.string } == ["replayed", "replayed"])
            let empty = await tern("quarantine", "list")
            #expect(empty.output.contains("Nothing is set aside."), "\(empty.output)")

            let originals = try mirror.records(of: topic, at: 0)
            let late = try mirror.records(of: copy, at: 1).suffix(2)
            for (record, offset) in zip(late, [30, 31]) {
                var copied = Content(record)
                copied.headers.removeAll { $0.name == Array("tern.repair".utf8) }
                #expect(copied == Content(originals[offset]), "with its timestamp and its null header")
                #expect(record.bornAt == Int64(offset) && record.header("tern.repair") != nil)
            }
        }
    }
}
