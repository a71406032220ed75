// SPDX-License-Identifier: Apache-2.0
package import Mirroring
package import TernAPI

extension FailoverControllerState {
    package init(_ status: FailoverControllerStatus, isActing: Bool?) {
        let state = status.state
        self.init(state: state.phase.rawValue, since: DateTime(milliseconds: state.since))
        self.isActing = isActing
        owner = status.owner
        badChecks = Int64(state.badChecks)
        goodChecks = Int64(state.goodChecks)
        reason = state.reason
        failedOverAt = state.failedOverAt.map { DateTime(milliseconds: $0) }
        attempt = Int64(state.attempt)
        problem = status.problem ?? state.problem
        report = state.report
        pausedBy = status.pause?.by
        pausedSince = status.pause.map { DateTime(milliseconds: $0.at) }
        pauseReason = status.pause?.reason
        hooks = state.hooks.map(HookRun.init)
    }
}

extension HookRun {
    package init(_ run: FailoverController.HookRun) {
        self.init(
            stage: run.stage.rawValue, command: run.command, attempt: Int64(run.attempt),
            startedAt: DateTime(milliseconds: run.startedAt), endedAt: run.endedAt.map { DateTime(milliseconds: $0) },
            isSuccessful: run.outcome?.isSuccess, outcome: run.words, output: run.output)
    }
}
