// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

extension RealBrokers {
    /// Daemons with the same file share its lanes: two never both copy.
    @Suite(.needsExecutable) struct SharedLanesTests {
        private static let partitions = 8

        /// Two daemons that run a lane each, under load.
        private struct Pair {
            let mirror: RealMirror
            let text: String
            let first: TernProcess
            let second: TernProcess
            let writer: SteadyWriter
            let copy: TopicName

            func lanes(_ tern: TernProcess) async -> Double? {
                await tern.metric("tern_flow_tasks", #"state="owned""#, #"target="\#(mirror.aliases[1])""#)
            }

            func replicated(_ tern: TernProcess) async -> Double {
                await tern.metric("tern_replicated_records_total", mirror.tag) ?? 0
            }

            /// Waits until these daemons together have every partition at its end: a lag of 0 may be a second old.
            func untilAtEnd(_ daemons: TernProcess..., count: Int) async throws {
                try await daemons[0].until("\(count) records of each partition") {
                    var sum = 0.0
                    for tern in daemons { sum += await tern.metric("tern_replicated_offset", mirror.tag) ?? 0 }
                    return Int(sum) == count * partitions
                }
            }

            /// How the copies of each partition run.
            func runs(_ count: Int) throws -> [Run] {
                let copies = try mirror.records(of: copy, at: 1, partitions: partitions)
                return (0..<partitions).map { partition in
                    Run(of: copies.filter { $0.partition == Int32(partition) }.map { $0.bornAt ?? -1 }, count: count)
                }
            }
        }

        /// - Parameter further: lines of the file besides.
        private func pair(
            _ mirror: RealMirror, _ name: String, flows: [(Int, Int)] = [(0, 1)], addresses: [Int: String] = [:]
        ) async throws -> Pair {
            let topic = mirror.topic(name)
            try await mirror.clusters[0].createTopic(topic, partitions: Int32(Self.partitions))
            let text = mirror.file(
                flows, "tasks.max = 2\n\(mirror.aliases[1]).offset.flush.interval.ms = 200", addresses: addresses)
            let first = try TernProcess(text, in: mirror.folder, name: "first")
            let writer = SteadyWriter(topic, partitions: Self.partitions, at: mirror.address(0))
            // The same file, by another path: what counts is what it says.
            let second = try TernProcess(text, in: mirror.folder, name: "second")
            let pair = Pair(
                mirror: mirror, text: text, first: first, second: second, writer: writer, copy: mirror.copy(name))
            try await first.until("a lane each") {
                let (one, other) = (await pair.lanes(first), await pair.lanes(second))
                return one == 1 && other == 1
            }
            if writer.isResting { try await writer.writeMore(1000) }
            try await first.until("copies by both") {
                let (one, other) = (await pair.replicated(first), await pair.replicated(second))
                return one > 0 && other > 0
            }
            return pair
        }

        @Test func `two daemons under load copy half of the partitions each, and no record twice`() async throws {
            try await RealMirror.withPair { mirror in
                let pair = try await pair(mirror, "shared")
                _ = try await pair.writer.stop()
                try await pair.untilAtEnd(pair.first, pair.second, count: pair.writer.perPartition)
                let (one, other) = (await pair.replicated(pair.first), await pair.replicated(pair.second))
                try await pair.writer.writeMore(1000)
                try await pair.first.until("more from both") {
                    let (more, others) = (await pair.replicated(pair.first), await pair.replicated(pair.second))
                    return more > one && others > other
                }
                let count = try await pair.writer.stop()
                try await pair.untilAtEnd(pair.first, pair.second, count: count)
                for tern in [pair.first, pair.second] {
                    try await tern.until("lag 0") { await tern.isCaughtUp(mirror.tag, partitions: Self.partitions / 2) }
                }
                // The counters of a lane that moved are not forgotten, nor taken along.
                let total = await pair.replicated(pair.first) + pair.replicated(pair.second)
                #expect(Int(total) == count * Self.partitions)
                for run in try pair.runs(count) {
                    #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack.isEmpty, "\(run)")
                }
                #expect(try await pair.first.stop() == 0)
                #expect(try await pair.second.stop() == 0)
            }
        }

        @Test func `a daemon that gets SIGTERM under load hands its lane on, and nothing is repeated`() async throws {
            try await RealMirror.withPair { mirror in
                let pair = try await pair(mirror, "handed")
                #expect(try await pair.first.stop() == 0)
                try await pair.second.until("both lanes") { await pair.lanes(pair.second) == 2 }
                // And back, when it is started again.
                let again = try TernProcess(pair.text, in: mirror.folder, name: "again")
                try await again.until("a lane each") {
                    let (one, other) = (await pair.lanes(again), await pair.lanes(pair.second))
                    return one == 1 && other == 1
                }
                let before = await pair.replicated(pair.second)
                let count = try await pair.writer.stop()
                try await pair.untilAtEnd(again, pair.second, count: count)
                for tern in [again, pair.second] {
                    try await tern.until("lag 0") { await tern.isCaughtUp(mirror.tag, partitions: Self.partitions / 2) }
                }
                #expect(await pair.replicated(pair.second) >= before)
                for run in try pair.runs(count) {
                    #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack.isEmpty, "\(run)")
                }
                // The one that stays reads what the other has written since it ran everything itself.
                #expect(try await again.stop() == 0)
                try await pair.writer.writeMore(1000)
                let all = try await pair.writer.stop()
                try await pair.untilAtEnd(pair.second, count: all)
                for run in try pair.runs(all) {
                    #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack.isEmpty, "\(run)")
                }
                #expect(try await pair.second.stop() == 0)
            }
        }

        @Test func `tasks.max changes from 2 to 4 and back, one daemon at a time under load, and nothing is repeated`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let pair = try await pair(mirror, "rolling")
                let more = pair.text.replacing("tasks.max = 2", with: "tasks.max = 4")
                var daemons = [pair.first, pair.second]
                for (round, text) in [more, more, pair.text, pair.text].enumerated() {
                    #expect(try await daemons.removeFirst().stop() == 0)
                    let renewed = try TernProcess(text, in: mirror.folder, name: "round\(round)")
                    daemons.append(renewed)
                    try await pair.writer.writeMore(1000)
                    // A topic of lanes does not shrink, so four they are from the first change on.
                    try await renewed.until("four lanes, shared by two daemons") {
                        let (one, other) = (await pair.lanes(daemons[0]), await pair.lanes(daemons[1]))
                        return one == 2 && other == 2
                    }
                }
                try await pair.writer.writeMore(1000)
                let count = try await pair.writer.stop()
                try await pair.untilAtEnd(daemons[0], daemons[1], count: count)
                for run in try pair.runs(count) {
                    #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack.isEmpty, "\(run)")
                }
                for tern in daemons { #expect(try await tern.stop() == 0) }
            }
        }

        @Test func `the lane of a daemon that is killed is taken over, while a third cluster is out of reach`()
            async throws
        {
            let (a, b) = (try await Brokers.first(), try await Brokers.second())
            try await RealMirror.with([a, b, a]) { mirror in
                let nowhere = "127.0.0.1:\(try unusedPort())"
                let pair = try await pair(mirror, "taken", flows: [(2, 1), (0, 1), (0, 2)], addresses: [2: nowhere])
                try await pair.first.kill()
                try await pair.second.until("both lanes") { await pair.lanes(pair.second) == 2 }
                let count = try await pair.writer.stop()
                try await pair.untilAtEnd(pair.second, count: count)
                try await pair.second.until("lag 0") {
                    await pair.second.isCaughtUp(mirror.tag, partitions: Self.partitions)
                }
                let runs = try pair.runs(count)
                for run in runs { #expect(run.missing == 0 && run.gaps == 0 && run.stepsBack.count <= 1, "\(run)") }
                // Only the lane of the one that was killed can have been in doubt.
                #expect(runs.count { !$0.stepsBack.isEmpty } <= Self.partitions / 2, "\(runs)")
                #expect(try await pair.second.get("/readyz").status == 200)
                #expect(try await pair.second.stop() == 0)
            }
        }
    }
}
