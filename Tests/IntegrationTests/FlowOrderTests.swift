// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import Testing
import Text

extension RealBrokers {
    /// What people order of a running flow, from the command line to the copy.
    @Suite struct FlowOrderTests {
        private func samples(_ topic: TopicName, _ range: Range<Int>) -> [OwnedRecord] {
            range.map { .sample(topic, 0, key: "k\($0)", value: "v\($0)") }
        }

        private func tern(_ mirror: RealMirror, _ lines: String = "") throws -> CommandLineRun {
            try CommandLineRun(mirror.file([(0, 1)], lines))
        }

        @Test(arguments: ["", "exactly.once.source.support = enabled"])
        func
            `a paused topic keeps its place and its lag over a restart, while the others flow, and goes on without a repeat`(
                lines: String
            ) async throws
        {
            try await RealMirror.withPair { mirror in
                let lines = lines.isEmpty ? "" : "\(mirror.aliases[1]).\(lines)"
                let (resting, other) = (mirror.topic("resting"), mirror.topic("other"))
                for topic in [resting, other] { try await mirror.clusters[0].createTopic(topic) }
                try Onlooker.write(samples(resting, 0..<20) + samples(other, 0..<20), to: mirror.address(0))
                let tern = try tern(mirror, lines)
                let first = try mirror.daemon([(0, 1)], lines)
                try await running(first) {
                    try await until("40 records", of: first) { $0.isCaughtUp(after: 40) }
                    let paused = await tern(
                        "pause", "--flow", mirror.flow(0, 1), "--topic", "\(resting)", "--reason", "bad deploy")
                    #expect(paused.status == 0, "\(paused.diagnostics)")
                    #expect(paused.output.contains("\(resting) is paused"))
                    try await until("PAUSED", of: first) { $0.flows[0].partition(resting, 0)?.state == .paused }
                    try Onlooker.write(samples(resting, 20..<30) + samples(other, 20..<30), to: mirror.address(0))
                    try await until("a lag of 10, and the other topic", of: first) { status in
                        status.flows[0].partition(resting, 0)?.lagRecords == 10
                            && status.flows[0].partition(other, 0)?.replicatedOffset == 30
                    }
                    #expect(first.status.flows[0].pauses.first?.order.reason == "bad deploy")
                }
                let second = try mirror.daemon([(0, 1)], lines)
                try await running(second) {
                    try await until("PAUSED after a restart", of: second) { status in
                        let partition = status.flows[0].partition(resting, 0)
                        return partition?.state == .paused && partition?.lagRecords == 10
                    }
                    let resumed = await tern("resume", "--flow", mirror.flow(0, 1), "--topic", "\(resting)")
                    #expect(resumed.status == 0, "\(resumed.diagnostics)")
                    try await until("all of it", of: second) { status in
                        status.flows[0].partition(resting, 0)?.replicatedOffset == 30
                            && status.flows[0].partition(resting, 0)?.lagRecords == 0
                    }
                }
                let copied = try mirror.records(of: mirror.copy("resting"), at: 1).map(\.text)
                #expect(copied == (0..<30).map { "v\($0)" })
            }
        }

        @Test(arguments: ["", "exactly.once.source.support = enabled"])
        func `progress that is set while the daemon runs is taken up at once, in both directions, and shown`(
            lines: String
        ) async throws {
            try await RealMirror.withPair { mirror in
                let lines = lines.isEmpty ? "" : "\(mirror.aliases[1]).\(lines)"
                let topic = mirror.topic("moved")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<20), to: mirror.address(0))
                let tern = try tern(mirror, lines)
                let daemon = try mirror.daemon([(0, 1)], lines)
                let place = ["--flow", mirror.flow(0, 1), "--topic", "\(topic)", "--partition", "0"]
                try await running(daemon) {
                    try await until("20 records", of: daemon) { $0.isCaughtUp(after: 20) }
                    try await eventually(within: .seconds(20), "a row") {
                        await tern(["progress", "show"] + place + ["-o", "tsv"]).output.contains("\t19\t")
                    }
                    let plan = await tern(["progress", "set"] + place + ["--offset", "14"])
                    #expect(plan.status == 0, "\(plan.diagnostics)")
                    #expect(plan.output.contains("offsets 15 to 19 are copied again"))
                    #expect(plan.output.contains("Nothing was changed"))
                    let done = await tern(["progress", "set"] + place + ["--offset", "14", "--execute", "-o", "json"])
                    #expect(done.status == 0, "\(done.diagnostics)")
                    #expect(done.document?["data"]?["partitions"]?.array?.first?["outcome"]?.string == "done")
                    try await until("5 records again", of: daemon) { $0.isCaughtUp(after: 25) }
                    let shown = await tern(["progress", "show"] + place + ["-o", "tsv"])
                    #expect(shown.output.contains("\(topic)\t0\t19\t0\t20\t0"))
                    // Skipped, while it is paused: what is paused stays paused.
                    _ = await tern(["pause"] + place)
                    try await until("PAUSED", of: daemon) { $0.flows[0].partition(topic, 0)?.state == .paused }
                    try Onlooker.write(samples(topic, 20..<30), to: mirror.address(0))
                    let skipped = await tern(["progress", "set"] + place + ["--to", "latest", "--execute"])
                    #expect(skipped.status == 0, "\(skipped.diagnostics)")
                    #expect(skipped.output.contains("offsets 20 to 29 are never copied"))
                    try await until("no lag, and PAUSED", of: daemon) { status in
                        let partition = status.flows[0].partition(topic, 0)
                        return partition?.state == .paused && partition?.lagRecords == 0
                    }
                    _ = await tern(["resume"] + place)
                    try Onlooker.write(samples(topic, 30..<35), to: mirror.address(0))
                    try await until("what came after it", of: daemon) { $0.isCaughtUp(after: 30) }
                }
                let copied = try mirror.records(of: mirror.copy("moved"), at: 1).map(\.text)
                #expect(copied == (Array(0..<20) + Array(15..<20) + Array(30..<35)).map { "v\($0)" })
                let outside = await tern(["progress", "set"] + place + ["--offset", "99", "--execute"])
                #expect(outside.status == 4)
            }
        }

        @Test func `an order that no daemon takes waits for the next one, and one for another cluster is refused`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("waits")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<20), to: mirror.address(0))
                let tern = try tern(mirror)
                let place = ["--flow", mirror.flow(0, 1), "--topic", "\(topic)", "--partition", "0"]
                let ordered = await tern(["progress", "set"] + place + ["--offset", "9", "--execute"])
                #expect(ordered.status == 0, "\(ordered.diagnostics)")
                #expect(ordered.output.contains("No daemon runs"))
                let shown = await tern(["progress", "show"] + place)
                #expect(shown.output.contains("waits for a daemon"))
                let daemon = try mirror.daemon()
                try await running(daemon) {
                    try await until("10 records", of: daemon) { $0.isCaughtUp(after: 10) }
                    let desk = ControlRow.key(.init(.progress, .partition(TopicPartition(topic, 0))))
                    let foreign = ProgressOrder(
                        id: "f", order: ControlOrder(by: "mallory", at: 1), offset: -1, sourceID: "elsewhere")
                    try Onlooker.write(
                        [
                            .sample(
                                TopicName("mm2-tern-control.\(mirror.aliases[0]).internal"), 0,
                                key: String(decoding: desk, as: UTF8.self),
                                value: String(decoding: ControlRow.value(foreign), as: UTF8.self))
                        ], to: mirror.address(1))
                    try await eventually(within: .seconds(20), "a refusal in the log") {
                        mirror.log.lines.contains { $0.contains("progress.refused") && $0.contains("mallory") }
                    }
                }
                #expect(
                    try mirror.records(of: mirror.copy("waits"), at: 1).map(\.text) == (10..<20).map { "v\($0)" })
            }
        }

        @Test func `a partition that lost data goes on by the command that its message names`() async throws {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("lossy")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(samples(topic, 0..<10), to: mirror.address(0))
                let first = try mirror.daemon()
                try await running(first) {
                    try await until("10 records", of: first) { $0.isCaughtUp(after: 10) }
                }
                try Onlooker.write(samples(topic, 10..<30), to: mirror.address(0))
                try await mirror.deleteRecords(of: topic, before: 20, at: 0)
                let tern = try tern(mirror)
                let second = try mirror.daemon()
                try await running(second) {
                    try await until("LOST_DATA", of: second) { $0.flows[0].partition(topic, 0)?.state == .lostData }
                    let text = second.status.flows[0].partition(topic, 0)?.stop?.text ?? ""
                    let command = try #require(text.split(separator: ": tern ", maxSplits: 1).last)
                    let words = command.split(separator: " ").map { String($0).replacing("'", with: "") }
                    let outcome = await tern(words)
                    #expect(outcome.status == 0, "\(outcome.diagnostics)")
                    #expect(outcome.output.contains("10 offsets that the source no longer has are given up"))
                    try await until("what is left", of: second) { $0.isCaughtUp(after: 10) }
                    // A restart of everything repeats nothing.
                    _ = await tern("restart", "--flow", mirror.flow(0, 1))
                    try await eventually(within: .seconds(20), "a restart") {
                        mirror.log.lines.contains { $0.contains("flow.restarted") }
                    }
                    try Onlooker.write(samples(topic, 30..<33), to: mirror.address(0))
                    try await until("what came after it", of: second) { $0.isCaughtUp(after: 13) }
                }
                let copied = try mirror.records(of: mirror.copy("lossy"), at: 1).map(\.text)
                #expect(copied == (Array(0..<10) + Array(20..<33)).map { "v\($0)" })
            }
        }
    }
}
