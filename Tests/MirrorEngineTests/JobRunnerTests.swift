// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import KafkaTypes
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration
import Testing

@testable import MirrorEngine

/// Jobs on a clock that the test moves.
private final class JobBench: Sendable {
    let clock = ManualClock()
    let log = MemorySink()
    let runner: JobRunner
    let clustersUp = Up()
    private let rounds = Mutex(0)
    private let gate = Mutex<[CheckedContinuation<Void, Never>]>([])

    init() {
        let up = clustersUp
        runner = JobRunner(
            of: FlowName(source: "A", target: "B"), clock: JobClock(clock),
            log: Log(level: .debug, format: .logfmt, sink: log), clustersUp: { up.value.withLock { $0 } })
    }

    final class Up: Sendable { let value = Mutex(Job.Needs.both) }

    var count: Int { rounds.withLock { $0 } }
    func countRound() { rounds.withLock { $0 += 1 } }

    /// A round that ends when the test says so, and heeds no cancellation.
    func hang() async {
        countRound()
        await withCheckedContinuation { continuation in gate.withLock { $0.append(continuation) } }
    }
    func release() {
        let waiting = gate.withLock { gate in
            defer { gate = [] }
            return gate
        }
        for continuation in waiting { continuation.resume() }
    }
    var isHanging: Bool { gate.withLock { !$0.isEmpty } }

    func status(_ name: String = "job") -> JobStatus? { runner.statuses.first { $0.name == name } }

    /// Runs the jobs while the test looks at them; the runner must end when it is stopped.
    func running(_ body: (JobBench) async throws -> Void) async throws {
        let run = Task { await runner.run() }
        defer { release() }
        do {
            try await body(self)
        } catch {
            run.cancel()
            throw error
        }
        runner.stop()
        release()
        await run.value
    }

    /// Moves the clock once the runner sleeps through `sleepers` pauses.
    func advance(by time: Duration, sleepers: Int = 1) async throws {
        try await eventually(within: .seconds(10), "\(sleepers) sleepers") { clock.sleeperCount >= sleepers }
        clock.advance(by: time)
    }
}

struct JobRunnerTests {
    @Test func `a round comes at once, and then an interval after the end of the last`() async throws {
        let bench = JobBench()
        bench.runner.add(
            Job(name: "job", interval: .seconds(10)) {
                bench.countRound()
                return .done
            })
        try await bench.running { bench in
            try await eventually { bench.status()?.lastRoundAt != nil }
            try await bench.advance(by: .seconds(9))
            #expect(bench.count == 1)
            try await bench.advance(by: .seconds(1))
            try await eventually { bench.count == 2 }
        }
    }

    @Test func `failures rest longer and longer, up to the longest, and a success forgets them`() async throws {
        let bench = JobBench()
        let fails = Mutex(true)
        let backOff = BackOff(first: .seconds(1), longest: .seconds(4))
        bench.runner.add(
            Job(name: "job", interval: .seconds(100), backOff: backOff) {
                bench.countRound()
                return fails.withLock { $0 } ? .failed("no broker") : .done
            })
        try await bench.running { bench in
            for round in 0..<4 {
                let pause = backOff.pause(after: round + 1, of: "A->B job")
                try await eventually { bench.count == round + 1 && bench.status()?.isRunning == false }
                #expect(bench.status()?.problem == "no broker")
                try await bench.advance(by: pause - .milliseconds(1))
                // Who is due no longer counts as a sleeper, even before the round has begun.
                #expect(bench.clock.sleeperCount == 1)
                #expect(bench.count == round + 1)
                if round == 3 { fails.withLock { $0 = false } }
                try await bench.advance(by: .milliseconds(1))
            }
            try await eventually { bench.count == 5 && bench.status()?.problem == nil }
            #expect(bench.status()?.failedRounds == 4)
            try await bench.advance(by: .seconds(99))
            #expect(bench.count == 5)
            fails.withLock { $0 = true }
            try await bench.advance(by: .seconds(1))
            try await eventually { bench.count == 6 && bench.status()?.isRunning == false }
            try await bench.advance(by: .seconds(1))
            try await eventually { bench.count == 7 }
        }
    }

    @Test func `a job that is woken many times during a round has one more, and retries do not multiply`() async throws
    {
        let bench = JobBench()
        bench.runner.add(
            Job(
                name: "job", interval: nil, backOff: BackOff(first: .seconds(2), longest: .seconds(2))
            ) {
                await bench.hang()
                return .failed("the progress topic is denied")
            })
        try await bench.running { bench in
            try await eventually { bench.isHanging }
            for _ in 0..<100 { bench.runner.wake("job") }
            #expect(bench.count == 1)
            bench.release()
            try await eventually { bench.count == 2 && bench.isHanging }
            bench.release()
            // From now on one round for each back-off, however often somebody asked.
            for round in 3...5 {
                try await eventually { bench.status()?.isRunning == false }
                #expect(bench.count == round - 1)
                try await bench.advance(by: .seconds(2))
                try await eventually { bench.count == round && bench.isHanging }
                bench.release()
            }
        }
    }

    @Test func `a round that hangs is overdue after its limit, has no second beside it, and others go on`() async throws
    {
        let bench = JobBench()
        bench.runner.add(
            Job(name: "stuck", interval: .seconds(1), limit: .seconds(60)) {
                await bench.hang()
                return .done
            })
        let others = Mutex(0)
        bench.runner.add(
            Job(name: "other", interval: .seconds(10)) {
                others.withLock { $0 += 1 }
                return .done
            })
        try await bench.running { bench in
            try await eventually { bench.isHanging }
            for round in 1...9 {
                try await eventually { others.withLock { $0 } == round && bench.status("other")?.isRunning == false }
                try await bench.advance(by: .seconds(10), sleepers: round < 7 ? 2 : 1)
            }
            // Allowed are the limit and the grace of half a minute.
            #expect(bench.status("stuck")?.isOverdue == false)
            try await eventually { others.withLock { $0 } == 10 && bench.status("other")?.isRunning == false }
            try await bench.advance(by: .milliseconds(1))
            let stuck = try #require(bench.status("stuck"))
            #expect(stuck.isOverdue && stuck.isRunning)
            #expect(stuck.allowedSeconds == 90)
            #expect(bench.count == 1)
            #expect(bench.status("other")?.isOverdue == false)
            #expect(bench.log.lines.count { $0.contains("event=job.cancelled") && $0.contains("job=stuck") } == 1)
            bench.release()
            try await eventually { bench.status("stuck")?.isOverdue == false }
            #expect(bench.status("stuck")?.problem?.contains("took longer") == true)
        }
    }

    @Test func `a round that heeds its cancellation is over at its limit, and counts as failed`() async throws {
        let bench = JobBench()
        bench.runner.add(
            Job(name: "job", interval: .seconds(5), limit: .seconds(60)) { [clock = bench.clock] in
                bench.countRound()
                try? await clock.sleep(for: .seconds(3600))
                return .done
            })
        try await bench.running { bench in
            try await bench.advance(by: .seconds(60), sleepers: 2)
            try await eventually { bench.status()?.failedRounds == 1 }
            try await bench.advance(by: .seconds(5))
            try await eventually { bench.count == 2 }
            bench.clock.advance(by: .seconds(3600))
        }
    }

    @Test func `a stop during a round lets it end, and no further one begins`() async throws {
        let bench = JobBench()
        bench.runner.add(
            Job(name: "job", interval: .zero) {
                await bench.hang()
                return .done
            })
        let hasEnded = Mutex(false)
        let run = Task {
            await bench.runner.run()
            hasEnded.withLock { $0 = true }
        }
        try await eventually { bench.isHanging }
        bench.runner.stop()
        bench.runner.wake("job")
        bench.runner.add(Job(name: "late", interval: nil) { .done })
        #expect(bench.runner.statuses.isEmpty)
        #expect(hasEnded.withLock { $0 } == false)
        bench.release()
        await run.value
        #expect(bench.count == 1)
    }

    @Test func `a stop ends a pause, however long`() async throws {
        let bench = JobBench()
        bench.runner.add(Job(name: "woken", interval: nil) { .done })
        bench.runner.add(Job(name: "rare", interval: .seconds(86_400)) { .done })
        try await bench.running { bench in try await eventually { bench.clock.sleeperCount == 2 } }
    }

    @Test func `a job waits for its clusters and for lane 0, and begins at once with the lane`() async throws {
        let bench = JobBench()
        bench.clustersUp.value.withLock { $0 = .source }
        bench.runner.add(
            Job(name: "job", interval: .seconds(600), place: .firstLaneOwner, needs: .both) {
                bench.countRound()
                return .done
            })
        try await bench.running { bench in
            try await bench.advance(by: .seconds(1))
            bench.clustersUp.value.withLock { $0 = .both }
            try await bench.advance(by: .seconds(1))
            try await bench.advance(by: .zero)
            #expect(bench.count == 0)
            #expect(bench.status()?.isOverdue == false)
            bench.runner.setOwnsFirstLane(true)
            try await eventually { bench.count == 1 && bench.status()?.isRunning == false }
            bench.runner.setOwnsFirstLane(true)
            bench.runner.setOwnsFirstLane(false)
            try await bench.advance(by: .seconds(600))
            try await bench.advance(by: .zero)
            #expect(bench.count == 1)
            bench.runner.setOwnsFirstLane(true)
            try await eventually { bench.count == 2 }
        }
    }

    @Test func `a job that is over has no further round, and is not overdue`() async throws {
        let bench = JobBench()
        bench.runner.add(
            Job(name: "job", interval: .seconds(1)) {
                bench.countRound()
                return .over
            })
        try await bench.running { bench in
            try await eventually { bench.count == 1 && bench.runner.statuses.isEmpty }
            bench.runner.wake("job")
            bench.clock.advance(by: .seconds(3600))
            #expect(bench.count == 1)
        }
    }

    @Test func `a job that nobody runs is overdue half a minute after it was woken`() {
        let bench = JobBench()
        bench.runner.add(Job(name: "job", interval: nil) { .done })
        bench.clock.advance(by: .seconds(30))
        #expect(bench.status()?.isOverdue == false)
        bench.clock.advance(by: .milliseconds(1))
        #expect(bench.status()?.isOverdue == true)
    }
}
