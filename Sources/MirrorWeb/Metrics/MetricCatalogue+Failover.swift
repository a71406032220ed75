// SPDX-License-Identifier: Apache-2.0
internal import Telemetry

extension MetricCatalogue {
    static let failoverState = metric(
        "tern_failover_controller_state", labels: flow + ["state"],
        "1 for the state that the flow's failover controller is in, 0 for the others; absent where it is off.")
    static let failoverActing = metric(
        "tern_failover_controller_acting", labels: flow,
        "Whether this process is the one that fails over; absent where the controller is off.")
    static let failoverPaused = metric(
        "tern_failover_controller_paused", labels: flow,
        "Whether somebody has paused the failover controller; absent where it is off.")
    static let failoverBadChecks = metric(
        "tern_failover_controller_failed_checks", labels: flow,
        "Checks of the source that failed in a row; absent where the controller is off.")
    static let failoverProblem = metric(
        "tern_failover_controller_problem", labels: flow,
        "Whether something keeps the failover controller from its work, such as a target that is not seen; absent where it is off."
    )
    static let failoverHookFailures = metric(
        "tern_failover_hook_failures_total", .counter, labels: flow,
        "Hooks that ended otherwise than with status 0; absent where the controller is off.")
}
