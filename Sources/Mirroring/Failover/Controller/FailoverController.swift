// SPDX-License-Identifier: Apache-2.0

/// What a flow's failover controller does next, without clock, client or process: events are its inputs, ``due`` is its output.
///
///     watching ⇄ suspecting → failing-over → failover-hooks → failed-over ⇄ recovering → recovered (a person is asked)
///        ▲                                                                     │ failback.mode=auto
///        └──────── failback-hooks ◄── failing-back ◄── failback-prepare-hooks ◄┘
///
/// Its ``State`` is written to the target before and after each action, so that another process goes on where one has died. An
/// action that was under way then is done again.
public struct FailoverController: Sendable, Equatable {
    public struct Settings: Sendable, Equatable {
        public var failureThreshold: Int
        public var recoveryThreshold: Int
        /// What each stage runs, as a person reads it.
        public var hooks: [HookStage: [String]]
        /// Whether groups go back without a person.
        public var failsBack: Bool

        public init(
            failureThreshold: Int = 3, recoveryThreshold: Int = 10, hooks: [HookStage: [String]] = [:],
            failsBack: Bool = false
        ) {
            self.failureThreshold = failureThreshold
            self.recoveryThreshold = recoveryThreshold
            self.hooks = hooks
            self.failsBack = failsBack
        }
    }

    /// When hooks run.
    public enum HookStage: String, Sendable, CaseIterable {
        case failover
        case prepare = "failback-prepare"
        case failback
    }

    public enum Phase: String, Sendable, CaseIterable {
        /// The source is well.
        case watching
        /// Its last checks failed, fewer than the threshold.
        case suspecting
        /// Groups are moved to the target.
        case failingOver = "failing-over"
        case failoverHooks = "failover-hooks"
        /// The target serves.
        case failedOver = "failed-over"
        /// The source answers again.
        case recovering
        /// It has answered for long enough and everything is copied both ways: a person is asked.
        case recovered
        case prepareHooks = "failback-prepare-hooks"
        /// Groups are moved back.
        case failingBack = "failing-back"
        case failbackHooks = "failback-hooks"

        /// The hooks that run in it.
        public var stage: HookStage? {
            switch self {
            case .failoverHooks: .failover
            case .prepareHooks: .prepare
            case .failbackHooks: .failback
            default: nil
            }
        }
    }

    /// One hook of the stage that runs, or has run last.
    public struct HookRun: Sendable, Equatable {
        public enum Outcome: Sendable, Equatable {
            case exited(Int32)
            case signalled(Int32)
            case timedOut
            /// It could not be started; why.
            case failed(String)

            public var isSuccess: Bool { self == .exited(0) }
        }

        public var stage: HookStage
        public var command: String
        /// How often it was begun: more than once after a crash.
        public var attempt = 1
        /// Milliseconds since 1970, of the last attempt.
        public var startedAt: Int64
        public var endedAt: Int64?
        public var outcome: Outcome?
        /// The last lines that it wrote.
        public var output = ""

        public init(stage: HookStage, command: String, startedAt: Int64) {
            self.stage = stage
            self.command = command
            self.startedAt = startedAt
        }
    }

    /// What outlives the process. Times are milliseconds since 1970.
    public struct State: Sendable, Equatable {
        public var phase = Phase.watching
        /// When the phase began.
        public var since: Int64
        /// Checks of the source that failed, and succeeded, in a row.
        public var badChecks = 0
        public var goodChecks = 0
        /// Why the last check failed; after a failover, the one that led to it.
        public var reason: String?
        public var failedOverAt: Int64?
        /// Moves of groups that were begun in this phase.
        public var attempt = 0
        /// Why the last of them did not get done.
        public var problem: String?
        /// The report of the last move.
        public var report: String?
        /// Of the last stage, in their order.
        public var hooks: [HookRun] = []

        public init(since: Int64) { self.since = since }
    }

    public enum Action: Sendable, Equatable {
        case failOver(attempt: Int)
        case hook(HookStage, index: Int, attempt: Int)
        case failBack(attempt: Int)
    }

    public enum Event: Sendable, Equatable {
        /// The source took a record and gave it back.
        /// - isCaughtUp: all that was on either side at the check before is on the other.
        case good(isCaughtUp: Bool)
        case bad(String)
        /// The check says nothing about the source, as where it refuses the record; or the target is not seen, so that this process may
        /// be the one that is cut off.
        case inconclusive(String)
        /// An action that was due begins.
        case began
        /// A move of groups ended: `nil` is done.
        case moved(problem: String?, report: String?)
        case hookEnded(HookRun.Outcome, output: String)
        /// This process became the one that acts, or is not any more.
        case ownership(Bool)
        /// A person's order.
        case paused(Bool)
        case rearmed
    }

    /// What is worth an event in the log.
    public enum Notice: Sendable, Equatable {
        case suspected, cleared, failingOver, failedOver, givenUp, moveFailed, hookEnded(HookRun)
        case recovering, lostAgain, asksPerson, failingBack, failedBack, rearmed
    }

    public internal(set) var state: State
    public var settings: Settings
    public internal(set) var isOwner = false
    public internal(set) var isPaused = false
    /// A move that failed is tried again after the next check.
    var waits = false
    /// An action is under way.
    public internal(set) var isActing = false

    public init(_ state: State, _ settings: Settings) {
        self.state = state
        self.settings = settings
    }

    /// What is to be done now. `nil` for whoever does not own the flow, while a person has paused it, and while an action is under way.
    public var due: Action? {
        guard isOwner, !isPaused, !isActing else { return nil }
        return pending
    }

    var pending: Action? {
        switch state.phase {
        case .failingOver: return waits ? nil : .failOver(attempt: state.attempt + 1)
        case .failingBack: return waits ? nil : .failBack(attempt: state.attempt + 1)
        case .failoverHooks, .prepareHooks, .failbackHooks:
            guard let stage = state.phase.stage else { return nil }
            let done = state.hooks.count { $0.outcome != nil }
            guard done < (settings.hooks[stage]?.count ?? 0) else { return nil }
            let attempt = done < state.hooks.count ? state.hooks[done].attempt + 1 : 1
            return .hook(stage, index: done, attempt: attempt)
        case .watching, .suspecting, .failedOver, .recovering, .recovered: return nil
        }
    }

    /// A rule that does not hold; `nil` always, unless there is a fault in here.
    public var violation: String? {
        if isActing, !isOwner { return "acts without owning the flow" }
        if state.badChecks > 0, state.goodChecks > 0 { return "checks are good and bad in a row" }
        if state.phase == .watching, state.badChecks > 0 { return "watches while checks fail" }
        if state.phase == .suspecting, state.badChecks == 0 { return "suspects without a failed check" }
        if state.phase == .recovering, state.goodChecks == 0 { return "recovers without a good check" }
        let open = state.hooks.firstIndex { $0.outcome == nil }
        if let open, open != state.hooks.count - 1 { return "a hook began before the one before it had ended" }
        if let stage = state.phase.stage {
            if state.hooks.contains(where: { $0.stage != stage }) { return "hooks of another stage are kept" }
            if state.hooks.count > (settings.hooks[stage]?.count ?? 0) { return "more hooks ran than there are" }
        }
        let isPast: Set<Phase> = [
            .failoverHooks, .failedOver, .recovering, .recovered, .prepareHooks, .failingBack, .failbackHooks,
        ]
        if isPast.contains(state.phase) != (state.failedOverAt != nil) { return "the time of the failover is amiss" }
        return nil
    }
}
