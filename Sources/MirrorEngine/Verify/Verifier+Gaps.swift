// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// The second reading, of what differs.
extension Verifier {
    /// Records of both sides that are held at once.
    private static let recordsAtOnce: Int64 = 200_000

    private struct GapTask: Sendable {
        var side: Int
        var source: Range<Int64>
        var target: Range<Int64>
        var count: Int64
    }

    func compareGaps(_ sides: inout [BothSides], _ said: @Sendable (String) -> Void) async throws {
        var tasks: [GapTask] = []
        for (index, side) in sides.enumerated() {
            for gap in side.gaps { tasks.append(Self.task(index, side, gap)) }
        }
        if !tasks.isEmpty { said("comparing \(tasks.count) ranges record by record") }
        var batch: [GapTask] = []
        var count: Int64 = 0
        for task in tasks {
            if task.count > Self.recordsAtOnce {
                try await compareLarge(task, &sides)
                continue
            }
            if count + task.count > Self.recordsAtOnce {
                try await compare(batch, &sides)
                (batch, count) = ([], 0)
            }
            batch.append(task)
            count += task.count
        }
        try await compare(batch, &sides)
    }

    private static func task(_ index: Int, _ side: BothSides, _ gap: RangeAlignment.Gap) -> GapTask {
        func offsets(_ ranges: ArraySlice<RangeDigest>) -> Range<Int64> {
            guard let first = ranges.first, let last = ranges.last else { return 0..<0 }
            return first.first..<(last.last + 1)
        }
        let (left, right) = (side.source[gap.source], side.target[gap.target])
        return GapTask(
            side: index, source: offsets(left), target: offsets(right),
            count: left.reduce(0) { $0 + $1.count } + right.reduce(0) { $0 + $1.count })
    }

    private func compare(_ tasks: [GapTask], _ sides: inout [BothSides]) async throws {
        guard !tasks.isEmpty else { return }
        let read = try await readRecords(tasks, sides, limit: .max)
        for (index, task) in tasks.enumerated() {
            sides[task.side].note(read[index])
            sides[task.side].comparison.add(read[index].originals, read[index].copies)
            sides[task.side].comparison.finish()
        }
    }

    /// One that does not fit into memory: window by window.
    private func compareLarge(_ task: GapTask, _ sides: inout [BothSides]) async throws {
        var task = task
        while true {
            let read = try await readRecords([task], sides, limit: Int(Self.recordsAtOnce) / 4)[0]
            sides[task.side].note(read)
            sides[task.side].comparison.add(read.originals, read.copies)
            task.source = max(task.source.lowerBound, read.nextSource)..<max(task.source.upperBound, read.nextSource)
            task.target = max(task.target.lowerBound, read.nextTarget)..<max(task.target.upperBound, read.nextTarget)
            if (task.source.isEmpty && task.target.isEmpty) || read.failure != nil { break }
            sides[task.side].comparison.settle()
        }
        sides[task.side].comparison.finish()
    }

    struct Stretch: Sendable {
        var originals: [OriginalRecord] = []
        var copies: [CopiedRecord] = []
        var nextSource: Int64 = 0
        var nextTarget: Int64 = 0
        var outside: [NotCompared: Int64] = [:]
        var failure: String?
    }

    private func readRecords(_ tasks: [GapTask], _ sides: [BothSides], limit: Int) async throws -> [Stretch] {
        async let left = readOriginals(tasks, sides, limit)
        async let right = readCopies(tasks, sides, limit)
        let (originals, copies) = try await (left, right)
        return zip(originals, copies).map { original, copy in
            var stretch = original
            (stretch.copies, stretch.nextTarget, stretch.outside) = (copy.copies, copy.nextTarget, copy.outside)
            stretch.failure = stretch.failure ?? copy.failure
            return stretch
        }
    }

    private func readOriginals(_ tasks: [GapTask], _ sides: [BothSides], _ limit: Int) async throws -> [Stretch] {
        struct State: Sendable {
            var readers: [OriginalReader]
            var stretches: [Stretch]
            var counts = PartitionCounts()
        }
        let state = State(
            readers: tasks.map { task in
                let side = sides[task.side]
                return OriginalReader(topics[side.topic], partition: side.report.scope.source.partition)
            }, stretches: tasks.map { _ in Stretch() })
        var (read, ends) = try await source.read(
            tasks.map { .init(place: sides[$0.side].report.scope.source, offsets: $0.source, limit: limit) },
            keeping: state
        ) { state, index, record in
            if let original = state.readers[index].original(record, &state.counts) {
                state.stretches[index].originals.append(original)
            }
        }
        for index in tasks.indices {
            read.stretches[index].nextSource = ends[index].next
            read.stretches[index].failure = ends[index].failure.map { "source: \($0)" }
        }
        return read.stretches
    }

    private func readCopies(_ tasks: [GapTask], _ sides: [BothSides], _ limit: Int) async throws -> [Stretch] {
        struct State: Sendable {
            var readers: [CopyReader]
            var stretches: [Stretch]
            var report: PartitionReport
        }
        let state = State(
            readers: tasks.map { task in
                let side = sides[task.side]
                return CopyReader(topics[side.topic], side.report.scope, byContent: byContent, always: true)
            }, stretches: tasks.map { _ in Stretch() },
            report: PartitionReport(scope: sides[tasks[0].side].report.scope))
        var (read, ends) = try await target.read(
            tasks.map { .init(place: sides[$0.side].report.scope.target, offsets: $0.target, limit: limit) },
            keeping: state
        ) { state, index, record in
            if let copy = state.readers[index].copy(record, &state.report) {
                state.stretches[index].copies.append(copy)
            }
            if !state.report.notCompared.isEmpty {
                state.stretches[index].outside.merge(state.report.notCompared) { $0 + $1 }
                state.report.notCompared = [:]
            }
        }
        for index in tasks.indices {
            read.stretches[index].nextTarget = ends[index].next
            read.stretches[index].failure = ends[index].failure.map { "target: \($0)" }
        }
        return read.stretches
    }
}

extension BothSides {
    fileprivate mutating func note(_ read: Verifier.Stretch) {
        if let failure = read.failure { report.problem = report.problem ?? failure }
        // The first reading may not have looked at labels: then this is the first to know what is outside.
        if !CopyReader.readsLabels(report.scope, always: false) {
            report.notCompared.merge(read.outside) { $0 + $1 }
            report.counts.copies -= read.outside.values.reduce(0, +)
        }
    }
}
