// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Synchronization
import Telemetry
import TernConfiguration

/// Runs the jobs of one owner, a flow or the daemon, side by side: each one round at a time.
///
/// What it promises, per job:
///
/// A. There is never a second round while one goes on. A job that is woken meanwhile has one more round afterwards, however
///    often it was woken: retries do not multiply.
/// B. A round that takes longer than its limit is cancelled. When it goes on all the same, no further one begins, the other
///    jobs go on, and its ``JobStatus`` is overdue, which `/livez` shows.
/// C. After ``stop()`` no round begins.
final class JobRunner: Sendable {
    /// How late a job may be before it counts as stopped.
    static let grace = Duration.seconds(30)
    /// How often a job that is due asks whether its owner and its clusters are there.
    static let conditionInterval = Duration.seconds(1)

    private struct Progress {
        var turnedAt: Duration
        /// When it must have come round; `nil` while it waits for somebody to wake it.
        var mustTurnBy: Duration?
        var isRunning = false
        var lastRoundAt: Int64?
        var failuresInARow = 0
        var failedRounds: Int64 = 0
        var problem: String?
    }

    private final class Entry: Sendable {
        let job: Job
        let signal = WakeSignal()
        let progress: Mutex<Progress>

        init(_ job: Job, at now: Duration) {
            self.job = job
            progress = Mutex(Progress(turnedAt: now, mustTurnBy: now + JobRunner.grace))
        }
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var ownsFirstLane = false
        var isStopped = false
    }

    private let flow: FlowName?
    private let clock: JobClock
    private let log: Log
    private let limiter = LogLimiter()
    private let clustersUp: @Sendable () -> Job.Needs
    private let state = Mutex(State())
    private let added: AsyncStream<Entry>
    private let add: AsyncStream<Entry>.Continuation

    /// - Parameters:
    ///   - flow: whose jobs they are; `nil`: the daemon's own.
    ///   - clustersUp: asked before each round.
    init(
        of flow: FlowName?, clock: JobClock, log: Log, clustersUp: @escaping @Sendable () -> Job.Needs = { .both }
    ) {
        self.flow = flow
        self.clock = clock
        self.log = log
        self.clustersUp = clustersUp
        (added, add) = AsyncStream.makeStream()
    }

    /// Adds a job, which begins as soon as ``run()`` is under way. One of the same name is not replaced.
    func add(_ job: Job) {
        let entry = Entry(job, at: clock.sinceStart())
        let isNew = state.withLock { state in
            guard !state.isStopped, state.entries[job.name] == nil else { return false }
            state.entries[job.name] = entry
            return true
        }
        if isNew { add.yield(entry) }
    }

    /// Makes a job due now, or right after the round that is under way.
    func wake(_ name: String) {
        guard let entry = state.withLock({ $0.entries[name] }) else { return }
        let deadline = clock.sinceStart() + Self.grace
        entry.progress.withLock { progress in
            if !progress.isRunning { progress.mustTurnBy = min(progress.mustTurnBy ?? deadline, deadline) }
        }
        entry.signal.set()
    }

    /// Whether this process owns lane 0. Who has just taken it over begins at once with the jobs of its owner.
    func setOwnsFirstLane(_ ownsFirstLane: Bool) {
        let woken = state.withLock { state in
            defer { state.ownsFirstLane = ownsFirstLane }
            guard ownsFirstLane, !state.ownsFirstLane else { return [String]() }
            return state.entries.values.filter { $0.job.place == .firstLaneOwner }.map(\.job.name)
        }
        for name in woken { wake(name) }
    }

    /// Runs until ``stop()`` or until the task is cancelled, which cancels rounds; returns when no round goes on any more.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await entry in added { group.addTask { await self.turn(entry) } }
        }
    }

    /// From here on no round begins; those that are under way go on to their ends.
    func stop() {
        let entries = state.withLock { state in
            state.isStopped = true
            defer { state.entries = [:] }
            return Array(state.entries.values)
        }
        add.finish()
        for entry in entries { entry.signal.set() }
    }

    var hasStopped: Bool { state.withLock(\.isStopped) }

    /// How the jobs are doing, by name.
    var statuses: [JobStatus] {
        let now = clock.sinceStart()
        let entries = state.withLock { $0.entries }
        return entries.sorted { $0.key < $1.key }.map { name, entry in
            let progress = entry.progress.withLock { $0 }
            return JobStatus(
                flow: flow, name: name, lastRoundAt: progress.lastRoundAt, failedRounds: progress.failedRounds,
                problem: progress.problem, isRunning: progress.isRunning,
                quietSeconds: (now - progress.turnedAt) / .seconds(1),
                allowedSeconds: progress.mustTurnBy.map { ($0 - progress.turnedAt) / .seconds(1) })
        }
    }

    // MARK: one job

    private func turn(_ entry: Entry) async {
        let job = entry.job
        if !job.startsAtOnce { await pause(entry, for: job.interval) }
        while isToGoOn {
            guard mayRun(job) else {
                await pause(entry, for: Self.conditionInterval)
                continue
            }
            begin(entry)
            let outcome = await round(of: job)
            if outcome == .over { break }
            await pause(entry, for: end(entry, outcome))
        }
        state.withLock { state in
            if state.entries[job.name] === entry { state.entries[job.name] = nil }
        }
    }

    private var isToGoOn: Bool { !Task.isCancelled && !hasStopped }

    private func mayRun(_ job: Job) -> Bool {
        guard job.place == .everyProcess || state.withLock(\.ownsFirstLane) else { return false }
        return job.needs.isSubset(of: clustersUp())
    }

    private func begin(_ entry: Entry) {
        let now = clock.sinceStart()
        entry.progress.withLock { progress in
            progress.isRunning = true
            progress.mustTurnBy = now + entry.job.limit + Self.grace
        }
    }

    /// - Returns: the pause before the next round.
    private func end(_ entry: Entry, _ outcome: Job.Outcome) -> Duration? {
        let job = entry.job
        return entry.progress.withLock { progress in
            progress.isRunning = false
            progress.lastRoundAt = WallClock.milliseconds()
            switch outcome {
            case .failed(let problem, let retryAfter):
                progress.failuresInARow += 1
                progress.failedRounds += 1
                progress.problem = problem
                return retryAfter ?? backOff(of: job, after: progress.failuresInARow) ?? job.interval
            case .done, .again, .over:
                progress.failuresInARow = 0
                progress.problem = nil
            }
            return if case .again(let pause) = outcome { pause } else { job.interval }
        }
    }

    private func backOff(of job: Job, after failures: Int) -> Duration? {
        job.backOff?.pause(after: failures, of: "\(flow.map { "\($0)" } ?? "") \(job.name)")
    }

    private func pause(_ entry: Entry, for duration: Duration?) async {
        let now = clock.sinceStart()
        entry.progress.withLock { progress in
            progress.turnedAt = now
            progress.mustTurnBy = duration.map { now + $0 + Self.grace }
        }
        await entry.signal.pause(for: duration, clock)
    }

    /// One round, cancelled at its limit.
    private func round(of job: Job) async -> Job.Outcome {
        await withTaskGroup(of: Job.Outcome?.self) { group in
            group.addTask { await job.round() }
            group.addTask { [clock] in
                try? await clock.sleep(job.limit)
                return nil
            }
            if let outcome = await group.next() ?? nil {
                group.cancelAll()
                return outcome
            }
            group.cancelAll()
            if !Task.isCancelled, limiter.admit(job.name) != nil {
                log.error(
                    .jobCancelled,
                    [LogField("job", job.name), .reason("its round took longer than \(job.limit)")])
            }
            _ = await group.next()
            return .failed("its round took longer than \(job.limit) and was cancelled")
        }
    }
}
