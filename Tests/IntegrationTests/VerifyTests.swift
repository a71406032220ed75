// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// `tern verify` says what is wrong with a copy, and nothing else; `tern repair` appends what is missing.
    @Suite struct VerifyTests {
        /// Mirrors what is there, and ends.
        private func mirrorOnce(_ mirror: RealMirror, _ text: String, records: Int64) async throws {
            let daemon = try mirror.daemon(of: text)
            try await running(daemon) {
                try await until("all copies", of: daemon) { $0.isCaughtUp(after: records) }
            }
        }

        /// The records are of any time: none may expire.
        private static let kept = [("retention.ms", "-1")]

        private func partition(_ outcome: CommandLineRun.Outcome, _ number: Int = 0) -> JSONValue? {
            let all = outcome.document?["data"]?["partitions"]?.array ?? []
            return all.indices.contains(number) ? all[number] : nil
        }

        @Test func `a hundred faults planted by hand are all found and named, and what is missing is repaired`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("proven"), mirror.copy("proven"))
                let (holed, holedCopy) = (mirror.topic("holed"), mirror.copy("holed"))
                try await mirror.clusters[0].createTopic(topic, partitions: 3, configuration: Self.kept)
                try await mirror.clusters[0].createTopic(holed, configuration: Self.kept)
                var mixed = MixedRecords(seed: 15)
                for partition in 0..<Int32(3) {
                    try Onlooker.write(mixed.records(1200, of: topic, partition: partition), to: mirror.address(0))
                }
                try Onlooker.write(mixed.records(500, of: holed, partition: 0), to: mirror.address(0))
                try await mirrorOnce(mirror, mirror.file(), records: 4100)
                let tern = try CommandLineRun(mirror.file())
                defer { tern.folder.remove() }
                let same = await tern("verify", "-o", "json")
                #expect(same.status == 0, "\(same.diagnostics) \(same.output.suffix(3000))")
                #expect(same.document?["data"]?["same"]?.bool == true)

                var faulty = FaultyCopy(try mirror.records(of: copy, at: 1, partitions: 3), partitions: 3)
                faulty.plant(100)
                try await faulty.write(to: copy, of: mirror.clusters[1])
                let differs = await tern("verify", "--topic", topic.rawValue, "-o", "json")
                #expect(differs.status == 3, "\(differs.diagnostics)")
                let found = FaultyCopy.named(in: differs)
                let (more, fewer) = (
                    Set(found).subtracting(faulty.faults).sorted(), faulty.faults.subtracting(found).sorted()
                )
                #expect(more.isEmpty && fewer.isEmpty, "more: \(more), fewer: \(fewer)")
                #expect(found.count == 100)
                #expect(try SchemaFile(kind: "VerificationReport").problems(in: differs.document ?? .null) == [])
                let counted = await tern("verify", "--topic", topic.rawValue, "--mode", "hashes")
                #expect(counted.status == 3 && counted.output.contains("differs from target"))

                try await repair(mirror, tern, holed, holedCopy)
            }
        }

        /// Records are taken out of a copy, and are back after a repair.
        private func repair(
            _ mirror: RealMirror, _ tern: CommandLineRun, _ topic: TopicName, _ copy: TopicName
        ) async throws {
            var holed = FaultyCopy(try mirror.records(of: copy, at: 1), partitions: 1)
            holed.remove([10..<20, 33..<34, 498..<500])
            try await holed.write(to: copy, of: mirror.clusters[1])
            let report = tern.folder.path("report.json")
            let verify = ["verify", "--topic", topic.rawValue]
            let missing = await tern(verify + ["--report", report])
            #expect(missing.status == 3)
            #expect(missing.output.contains("! \(topic)/0: 10 records missing, source 10..19\n"), "\(missing.output)")

            let repair = ["repair", "--plan", report]
            let asked = await tern(repair)
            #expect(asked.status == 4 && asked.diagnostics.contains("nobody agreed"), "\(asked.diagnostics)")
            let shown = await tern(repair + ["--dry-run", "-o", "json"])
            #expect(shown.status == 0, "\(shown.diagnostics)")
            #expect(shown.document?["data"]?["records"]?.integer == 13)
            #expect(shown.document?["data"]?["written"]?.integer == 0)
            let done = await tern(repair + ["--yes", "-o", "json"])
            #expect(done.status == 0, "\(done.diagnostics)")
            #expect(done.document?["data"]?["written"]?.integer == 13)
            #expect(try SchemaFile(kind: "RepairReport").problems(in: done.document ?? .null) == [])
            let again = await tern(repair + ["--yes", "-o", "json"])
            #expect(again.document?["data"]?["written"]?.integer == 0, "\(again.output) \(again.diagnostics)")
            #expect(again.document?["data"]?["already_there"]?.integer == 13)

            let clean = await tern(verify + ["-o", "json"])
            #expect(clean.status == 0, "\(clean.output.suffix(2000))")
            #expect(partition(clean)?["counts"]?["repaired"]?.integer == 13)
            let copies = try mirror.records(of: copy, at: 1)
            #expect(copies.suffix(13).allSatisfy { $0.header("tern.repair") != nil && $0.bornAt != nil })

            try await replay(mirror, tern, topic)

            // The copy begins again: the report is about another log.
            holed.remove([0..<100])
            try await holed.write(to: copy, of: mirror.clusters[1])
            let stale = await tern(repair + ["--yes"])
            #expect(stale.status == 4 && stale.diagnostics.contains("is stale"), "\(stale.diagnostics)")
        }

        /// A range is written into a topic of its own.
        private func replay(_ mirror: RealMirror, _ tern: CommandLineRun, _ topic: TopicName) async throws {
            let other = TopicName("other-\(mirror.tag)")
            let replay = ["replay", "--offsets", "\(topic)/0:5-10", "--into", other.rawValue, "--yes", "-o", "json"]
            let absent = await tern(replay)
            #expect(absent.status == 1 && absent.diagnostics.contains("has no topic"), "\(absent.diagnostics)")
            try await mirror.clusters[1].createTopic(other, configuration: Self.kept)
            let done = await tern(replay)
            #expect(done.status == 0 && done.document?["data"]?["written"]?.integer == 5, "\(done.diagnostics)")
            let (written, originals) = (try mirror.records(of: other, at: 1), try mirror.records(of: topic, at: 0))
            #expect(written.map(\.bornAt) == [5, 6, 7, 8, 9])
            #expect(written.map(\.value) == originals[5..<10].map(\.value))
        }

        @Test
        func `equal names both ways: each flow is the same, its rules and the target's own records are told apart`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("both")
                for cluster in mirror.clusters {
                    try await cluster.createTopic(topic, partitions: 2, configuration: Self.kept)
                }
                var mixed = MixedRecords(seed: 3)
                for cluster in 0..<2 {
                    for partition in 0..<Int32(2) {
                        try Onlooker.write(
                            mixed.records(300 + 50 * cluster, of: topic, partition: partition),
                            to: mirror.address(cluster))
                    }
                }
                let text = mirror.file(
                    [(0, 1), (1, 0)],
                    "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy")
                try await mirrorOnce(mirror, text, records: 1300)
                let tern = try CommandLineRun(text)
                defer { tern.folder.remove() }
                for (source, target, own, foreign) in [(0, 1, 300, 350), (1, 0, 350, 300)] {
                    let outcome = await tern("verify", "--flow", mirror.flow(source, target), "-o", "json")
                    #expect(outcome.status == 0, "\(outcome.diagnostics) \(outcome.output.suffix(2000))")
                    let counts = partition(outcome)?["counts"]
                    #expect(counts?["expected"]?.integer == Int64(own))
                    #expect(counts?["left_out"]?["cycle"]?.integer == Int64(foreign))
                    #expect(counts?["born_on_target"]?.integer == Int64(foreign))
                }
                let unknown = await tern("verify")
                #expect(unknown.status == 2 && unknown.diagnostics.contains("which flow?"), "\(unknown.diagnostics)")
            }
        }

        @Test func `copies without labels, keys of compacted topics, transactions and parts of a log are compared`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (plain, keys, written) = (mirror.topic("plain"), mirror.topic("keys"), mirror.topic("written"))
                for name in ["plain", "keys", "written"] {
                    let settings = name == "keys" ? [("cleanup.policy", "compact")] : Self.kept
                    try await mirror.clusters[0].createTopic(mirror.topic(name), configuration: settings)
                    try await mirror.clusters[1].createTopic(mirror.copy(name), configuration: settings)
                }
                // As MirrorMaker copies, after a restart that repeated fifty records.
                var mixed = MixedRecords(seed: 8)
                let records = mixed.records(800, of: plain, partition: 0)
                try Onlooker.write(records, to: mirror.address(0))
                let copied = (records[..<600] + records[550...]).map { record in
                    var copy = record
                    copy.topic = mirror.copy("plain")
                    return copy
                }
                try Onlooker.write(copied, to: mirror.address(1))
                let latest = (0..<60).map {
                    OwnedRecord.sample(keys, 0, key: "k\($0 % 20)", value: "v\($0)", timestamp: 1_700_000_000_000)
                }
                try Onlooker.write(latest, to: mirror.address(0))
                let values = latest.suffix(20).dropFirst().map { record in
                    var copy = record
                    copy.topic = mirror.copy("keys")
                    if copy.key == Array("k7".utf8) { copy.value = Array("older".utf8) }
                    return copy
                }
                try Onlooker.write(Array(values), to: mirror.address(1))
                try await Scribe.write(
                    ["p:50", "c:20", "a:10", "p:30"], to: written, of: mirror.clusters[0], in: mirror.folder)
                let visible = try mirror.records(of: written, at: 0).map { record in
                    var copy = record
                    copy.topic = mirror.copy("written")
                    return copy
                }
                try Onlooker.write(visible, to: mirror.address(1))
                let tern = try CommandLineRun(mirror.file())
                defer { tern.folder.remove() }

                let repeated = await tern("verify", "--topic", plain.rawValue)
                #expect(repeated.status == 3)
                #expect(repeated.output.contains("repeated"), "\(repeated.output)")
                #expect(!repeated.output.contains("foreign") && !repeated.output.contains("missing"))
                let part = await tern("verify", "--offsets", "\(plain)/0:600-700", "-o", "json")
                #expect(part.status == 0, "\(part.output.suffix(2500)) \(part.diagnostics)")
                #expect(partition(part)?["matched"] == nil && partition(part)?["counts"]?["matched"]?.integer == 100)
                let compacted = await tern("verify", "--topic", keys.rawValue, "-o", "json")
                #expect(compacted.status == 3)
                #expect(partition(compacted)?["difference_counts"] == ["missing": 1, "stale-key": 1])
                let committed = await tern("verify", "--topic", written.rawValue, "-o", "json")
                #expect(committed.status == 0, "\(committed.output.suffix(2000))")
                #expect(partition(committed)?["counts"]?["expected"]?.integer == 100)
                #expect(partition(committed)?["counts"]?["offsets_without_record"]?.integer == 12)
                let absent = await tern("verify", "--topic", "nowhere")
                #expect(absent.status == 1 && absent.diagnostics.contains("has no such topic"), "\(absent.diagnostics)")
            }
        }
    }
}
