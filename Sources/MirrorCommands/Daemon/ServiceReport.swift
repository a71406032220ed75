// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Text

/// What a service manager is told of a daemon, and when, as a value: `READY=1` once, `WATCHDOG=1` for as long as every job comes
/// round, `STATUS=` when there is news, `STOPPING=1` once.
///
/// `READY=1` says that the configuration is read and the probes are served, not that clusters answer: a service manager that waited
/// for them would start the process over and over while a region is down.
struct ServiceReport {
    /// How long a change of nothing but numbers may go untold: each telling wakes whoever watches the service.
    static let quietPeriod = Duration.seconds(10)
    private static let longestStatus = 500

    /// How often the watchdog has to be fed; `nil` where there is none.
    let watchdogInterval: Duration?
    /// Between two calls of ``message(for:at:)``.
    let period: Duration
    /// The job that keeps the watchdog from being fed, the first of them; `nil` while all come round.
    private(set) var hangingJob: JobStatus?

    private var isReady = false
    private var isStopping = false
    private var fedAt: ContinuousClock.Instant?
    private var told: (headline: String, text: String, at: ContinuousClock.Instant)?

    init(watchdogInterval: Duration?) {
        self.watchdogInterval = watchdogInterval
        period = min(watchdogInterval ?? .seconds(1), .seconds(1))
    }

    /// The lines that are due now; `nil` where there are none. What could not be sent is due again after ``markLost()``.
    mutating func message(for status: MirrorStatus, at now: ContinuousClock.Instant) -> String? {
        var lines: [String] = []
        if !isReady { lines.append("READY=1") }
        isReady = true
        hangingJob = status.jobs.first(where: \.isOverdue)
        if let watchdogInterval, hangingJob == nil, fedAt.map({ now - $0 >= watchdogInterval - period / 2 }) ?? true {
            lines.append("WATCHDOG=1")
            fedAt = now
        }
        let (headline, text) = Self.words(for: status)
        let isNews = told.map { $0.headline != headline || $0.text != text && now - $0.at >= Self.quietPeriod } ?? true
        if isNews {
            lines.append("STATUS=\(text.printable.prefix(Self.longestStatus))")
            told = (headline, text, now)
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// The process is about to stop.
    ///
    /// - Parameter limit: how long that may take. A configuration may ask for more than the unit's `TimeoutStopSec` has, so the
    ///   service manager is asked for it.
    /// - Returns: `nil` where that was said already.
    mutating func stopping(within limit: Duration) -> String? {
        guard !isStopping else { return nil }
        isStopping = true
        return "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=\(Int64(limit / .microseconds(1)))"
    }

    /// The last message was not taken: everything is due again.
    mutating func markLost() { (isReady, fedAt, told) = (false, nil, nil) }

    // MARK: words

    /// - Returns: what is told at once when it changes, and the whole text.
    private static func words(for status: MirrorStatus) -> (headline: String, text: String) {
        let stuck = status.jobs.filter(\.isOverdue)
        if let job = stuck.first, let problem = job.problemOfLiveness {
            let others = stuck.count > 1 ? " (and \(stuck.count - 1) more)" : ""
            return ("\(job.fullName)\(others)", "job \(job.fullName) \(problem)\(others)")
        }
        if status.isDraining { return ("draining", "draining") }
        guard status.isStarted else { return ("starting", "starting") }
        let flows = status.flows.filter(\.isEnabled).sorted { $0.name < $1.name }
        if flows.isEmpty { return ("idle", "no flow is enabled") }
        let headlines = flows.map { flow in
            "\(flow.name) \(flow.state.rawValue)" + (flow.reason.map { ": \($0)" } ?? "")
        }
        if flows.count <= 3 {
            let texts = zip(headlines, flows).map { $0 + lag(of: [$1]) }
            return (headlines.joined(separator: "; "), texts.joined(separator: "; "))
        }
        let counts = FlowState.allCases.compactMap { state in
            let count = flows.count { $0.state == state }
            return count > 0 ? "\(count) \(state.rawValue)" : nil
        }
        let headline = "\(flows.count) flows: " + counts.joined(separator: ", ")
        return (headline, headline + lag(of: flows))
    }

    /// The worst lag of what this process carries; nothing while it is unknown.
    private static func lag(of flows: [FlowStatus]) -> String {
        let known = flows.compactMap(\.carriedLagSeconds)
        guard known.count == flows.count, let worst = known.max() else { return "" }
        return ", lag \(AgeText.age(seconds: worst))"
    }
}
