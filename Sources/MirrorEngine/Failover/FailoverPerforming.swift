// SPDX-License-Identifier: Apache-2.0
public import Mirroring
public import TernConfiguration

/// Moves the groups of a flow for the controller, and keeps the reports: what people do by `tern failover run` and `tern failback run`.
public protocol FailoverPerforming: Sendable {
    /// An emergency failover.
    /// - Parameter earlier: the report of an attempt that did not get to its end; gone on with where it can be read.
    func failOver(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, resuming earlier: String?
    ) async -> FailoverPerformance

    /// The steps of a failback, by the flow in the other direction.
    func failBack(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, resuming earlier: String?
    ) async -> FailoverPerformance

    /// Adds what came of hooks to a report; one that is not on this machine stays as it is.
    func note(_ hooks: [FailoverController.HookRun], in report: String) async
}

/// What a move of groups came to.
public struct FailoverPerformance: Sendable, Equatable {
    /// The path of its report.
    public var report: String?
    /// Why it did not get done; `nil` when it is done.
    public var problem: String?

    public init(report: String? = nil, problem: String? = nil) {
        self.report = report
        self.problem = problem
    }
}
