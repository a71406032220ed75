// SPDX-License-Identifier: Apache-2.0

/// The steps of a failover or failback: which may follow, what a crash leaves, what is repeated.
///
///     planned     check → source-still → copied → groups → verify
///     emergency   check → groups → verify
///
/// A step begins when all before it are done. A step that failed ends the procedure until it is resumed. What was under way
/// when a process died, and what only holds while somebody looks (`check`, `source-still`, `copied`), is done again.
public struct FailoverProcedure: Sendable, Equatable {
    public enum Mode: String, Sendable, CaseIterable {
        /// The source lives: nothing is lost, nothing is read again.
        case planned
        /// The source is gone, or counts as gone: it is not asked.
        case emergency

        public var steps: [Step] {
            switch self {
            case .planned: Step.allCases
            case .emergency: [.check, .groups, .verify]
            }
        }
    }

    public enum Step: String, Sendable, CaseIterable {
        /// The clusters answer, the target's topics can be written, the map can be read.
        case check
        /// No producer writes to the source's topics.
        case sourceStill = "source-still"
        /// Everything that the source holds is on the target.
        case copied
        /// The groups' offsets are written on the target.
        case groups
        /// They are read back.
        case verify

        /// Whether it stays done when nobody looks.
        var lasts: Bool { self == .groups || self == .verify }
    }

    public enum StepState: Sendable, Equatable {
        case pending
        /// Milliseconds since 1970.
        case running(since: Int64)
        case done(since: Int64, at: Int64)
        case failed(since: Int64, at: Int64, reason: String)

        public var word: String {
            switch self {
            case .pending: "pending"
            case .running: "running"
            case .done: "done"
            case .failed: "failed"
            }
        }
    }

    /// An event that cannot follow.
    public struct Misstep: Error, Sendable, Equatable {
        public var step: Step
        public var state: StepState
    }

    public let mode: Mode
    /// When it began, milliseconds since 1970.
    public let startedAt: Int64
    public private(set) var states: [Step: StepState]

    public init(_ mode: Mode, startedAt: Int64) {
        self.mode = mode
        self.startedAt = startedAt
        states = Dictionary(uniqueKeysWithValues: mode.steps.map { ($0, .pending) })
    }

    /// One that a report tells of. Steps that the mode does not have are ignored.
    public init(_ mode: Mode, startedAt: Int64, states: [Step: StepState]) {
        self.init(mode, startedAt: startedAt)
        for (step, state) in states where self.states[step] != nil { self.states[step] = state }
    }

    public func state(of step: Step) -> StepState { states[step] ?? .pending }

    /// What may begin now; nil while a step runs, after a failure, and at the end.
    public var next: Step? {
        for step in mode.steps {
            switch state(of: step) {
            case .done: continue
            case .pending: return step
            case .running, .failed: return nil
            }
        }
        return nil
    }

    public var isDone: Bool { mode.steps.allSatisfy { if case .done = state(of: $0) { true } else { false } } }

    /// What did not go on, and why.
    public var failure: (step: Step, reason: String)? {
        for step in mode.steps { if case .failed(_, _, let reason) = state(of: step) { return (step, reason) } }
        return nil
    }

    public mutating func begin(_ step: Step, at now: Int64) throws(Misstep) {
        guard next == step else { throw Misstep(step: step, state: state(of: step)) }
        states[step] = .running(since: now)
    }

    public mutating func finish(_ step: Step, at now: Int64) throws(Misstep) {
        states[step] = .done(since: try running(step), at: now)
    }

    public mutating func fail(_ step: Step, reason: String, at now: Int64) throws(Misstep) {
        states[step] = .failed(since: try running(step), at: now, reason: reason)
    }

    private func running(_ step: Step) throws(Misstep) -> Int64 {
        guard case .running(let since) = state(of: step) else { throw Misstep(step: step, state: state(of: step)) }
        return since
    }

    /// Makes what did not get done, and what has to be looked at again, pending. A procedure that is done stays so.
    public mutating func resume() {
        guard !isDone else { return }
        for step in mode.steps {
            if case .done = state(of: step), step.lasts { continue }
            states[step] = .pending
        }
        // Offsets that were written while producers may have come back are written again; nothing is rewound by it.
        if case .pending = state(of: .groups) { states[.verify] = .pending }
    }

    /// From the beginning to the end of the last step, in seconds: what the failover took.
    public var seconds: Double? {
        guard isDone else { return nil }
        let ends = states.values.compactMap { if case .done(_, let at) = $0 { at } else { nil } }
        return ends.max().map { Double(max(0, $0 - startedAt)) / 1000 }
    }
}
