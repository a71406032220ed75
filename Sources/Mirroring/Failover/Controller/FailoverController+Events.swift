// SPDX-License-Identifier: Apache-2.0

extension FailoverController {
    /// Takes an event.
    /// - Parameter now: milliseconds since 1970.
    /// - Returns: what became of it, for the log; in the order in which it happened.
    public mutating func take(_ event: Event, at now: Int64) -> [Notice] {
        var notices: [Notice] = []
        switch event {
        case .good(let isCaughtUp): takeGood(isCaughtUp, now, &notices)
        case .bad(let reason): takeBad(reason, now, &notices)
        case .inconclusive: takeInconclusive(now)
        case .began: begin(now)
        case .moved(let problem, let report): takeMoved(problem, report, now, &notices)
        case .hookEnded(let outcome, let output): takeHook(outcome, output, now, &notices)
        case .ownership(let isOwner):
            self.isOwner = isOwner
            isActing = false
        case .paused(let isPaused): self.isPaused = isPaused
        case .rearmed where !isActing:
            guard state.phase != .watching else { break }
            state = State(since: now)
            waits = false
            notices.append(.rearmed)
        case .rearmed: break
        }
        if !isActing { skipFinishedStages(now, &notices) }
        return notices
    }

    private mutating func enter(_ phase: Phase, _ now: Int64) {
        state.phase = phase
        state.since = now
        state.attempt = 0
        state.problem = nil
        waits = false
        if phase.stage != nil { state.hooks = [] }
        // A move that is tried again goes on with its own report, and with no other.
        if phase == .failingOver || phase == .failingBack { state.report = nil }
    }

    // MARK: checks

    private mutating func takeGood(_ isCaughtUp: Bool, _ now: Int64, _ notices: inout [Notice]) {
        guard !isActing else { return }
        state.goodChecks += 1
        state.badChecks = 0
        waits = false
        let isWell = state.goodChecks >= settings.recoveryThreshold
        switch state.phase {
        case .suspecting:
            enter(.watching, now)
            state.reason = nil
            notices.append(.cleared)
        case .failingOver where isWell:
            // Nothing has been moved for as long as that: the applications are still where they were.
            state = State(since: now)
            notices.append(.givenUp)
        case .failedOver:
            enter(.recovering, now)
            notices.append(.recovering)
            if isWell, isCaughtUp { recover(now, &notices) }
        case .recovering where isWell && isCaughtUp: recover(now, &notices)
        case .recovered where settings.failsBack && isWell && isCaughtUp: recover(now, &notices)
        default: break
        }
    }

    private mutating func recover(_ now: Int64, _ notices: inout [Notice]) {
        if settings.failsBack {
            enter(.prepareHooks, now)
            notices.append(.failingBack)
        } else {
            enter(.recovered, now)
            notices.append(.asksPerson)
        }
    }

    private mutating func takeBad(_ reason: String, _ now: Int64, _ notices: inout [Notice]) {
        guard !isActing else { return }
        state.badChecks += 1
        state.goodChecks = 0
        waits = false
        switch state.phase {
        case .watching, .suspecting:
            if state.phase == .watching {
                enter(.suspecting, now)
                notices.append(.suspected)
            }
            state.reason = reason
            guard state.badChecks >= settings.failureThreshold, isOwner, !isPaused else { return }
            enter(.failingOver, now)
            notices.append(.failingOver)
        case .recovering, .recovered:
            enter(.failedOver, now)
            notices.append(.lostAgain)
        case .prepareHooks, .failingBack:
            guard state.badChecks >= settings.failureThreshold else { return }
            // The applications on the target may have been stopped by now: the hooks of a failover bring them back.
            enter(.failoverHooks, now)
            state.reason = reason
            notices.append(.lostAgain)
        case .failingOver, .failoverHooks, .failedOver, .failbackHooks: break
        }
    }

    /// The row of checks is broken, on both sides.
    private mutating func takeInconclusive(_ now: Int64) {
        guard !isActing else { return }
        state.badChecks = 0
        state.goodChecks = 0
        switch state.phase {
        case .suspecting: enter(.watching, now)
        case .recovering: enter(.failedOver, now)
        default: break
        }
    }

    // MARK: actions

    private mutating func begin(_ now: Int64) {
        guard let action = due else { return }
        isActing = true
        switch action {
        case .failOver(let attempt), .failBack(let attempt): state.attempt = attempt
        case .hook(let stage, let index, let attempt):
            var run = HookRun(stage: stage, command: settings.hooks[stage]?[index] ?? "", startedAt: now)
            run.attempt = attempt
            state.hooks = Array(state.hooks.prefix(index)) + [run]
        }
    }

    private mutating func takeMoved(
        _ problem: String?, _ report: String?, _ now: Int64, _ notices: inout [Notice]
    ) {
        guard isActing, state.phase == .failingOver || state.phase == .failingBack else { return }
        isActing = false
        state.report = report ?? state.report
        if let problem {
            state.problem = problem
            waits = true
            notices.append(.moveFailed)
            return
        }
        if state.phase == .failingOver {
            state.failedOverAt = now
            enter(.failoverHooks, now)
        } else {
            enter(.failbackHooks, now)
        }
    }

    private mutating func takeHook(
        _ outcome: HookRun.Outcome, _ output: String, _ now: Int64, _ notices: inout [Notice]
    ) {
        guard isActing, let index = state.hooks.indices.last, state.hooks[index].outcome == nil else { return }
        isActing = false
        state.hooks[index].outcome = outcome
        state.hooks[index].endedAt = now
        state.hooks[index].output = output
        notices.append(.hookEnded(state.hooks[index]))
    }

    /// A stage whose hooks have all run, or that has none.
    private mutating func skipFinishedStages(_ now: Int64, _ notices: inout [Notice]) {
        while let stage = state.phase.stage, state.hooks.allSatisfy({ $0.outcome != nil }),
            state.hooks.count >= (settings.hooks[stage]?.count ?? 0)
        {
            switch stage {
            case .failover:
                enter(.failedOver, now)
                notices.append(.failedOver)
            case .prepare: enter(.failingBack, now)
            case .failback:
                let (report, hooks) = (state.report, state.hooks)
                state = State(since: now)
                (state.report, state.hooks) = (report, hooks)
                waits = false
                notices.append(.failedBack)
            }
        }
    }
}
