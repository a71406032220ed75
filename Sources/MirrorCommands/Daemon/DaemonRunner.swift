// SPDX-License-Identifier: Apache-2.0
package import KafkaTypes
package import TernConfiguration
package import Mirroring
package import MirrorWeb
package import Telemetry

/// A daemon as the command that runs it sees it.
package struct RunningDaemon: Sendable {
    /// How it ended.
    package enum End: Sendable, Equatable {
        /// Everything in flight was acknowledged, and progress written.
        case drained
        /// The deadline passed first; what was outstanding.
        case notDrained(String)
        /// It cannot go on; why.
        case failed(String)
        /// The configuration proved wrong once the clusters answered, as with one cluster under two aliases; how.
        case misconfigured(String)
    }

    /// Runs until it has stopped.
    package var run: @Sendable () async -> End
    /// Asks it to drain and stop; may be called at any time, from any thread, more than once.
    package var requestStop: @Sendable () -> Void
    /// What it is doing now.
    package var status: @Sendable () -> MirrorStatus
    /// Makes the region check fail whatever it finds, or ends that; `nil` where the daemon cannot.
    package var forceRegionUnhealthy: (@Sendable (_ forced: Bool, _ reason: String?) -> Void)?
    /// Has something called each second while it runs; to be set before `run`.
    package var onEachSecond: (@Sendable (@escaping @Sendable () -> Void) -> Void)?
    /// Has something come round while it runs, by its name, every so often; to be set before `run`. A round says why it failed.
    package var comeRound: (@Sendable (String, Duration, BackOff, @escaping @Sendable () async -> String?) -> Void)?
    /// Where a position is on a flow's target; `nil` where the daemon cannot tell.
    package var translate: (@Sendable (FlowName, TopicPartition, Int64) -> PositionAnswer)?
    /// Waits until a source record is on the target; `nil` where the daemon cannot.
    package var wait: MirrorWeb.Wait?

    /// Goes on by another configuration; `nil` where the daemon cannot.
    package var reload: (@Sendable (MirrorConfiguration) async throws -> ReloadOutcome)?
    /// Shows how a reload went: its outcome, or the problem.
    package var noteReload: (@Sendable (ReloadOutcome?, String?) -> Void)?
    /// Whoever orders something of its flows; `nil` where the daemon cannot.
    package var order: MirrorWeb.Order?

    package init(
        run: @escaping @Sendable () async -> End, requestStop: @escaping @Sendable () -> Void,
        status: @escaping @Sendable () -> MirrorStatus,
        forceRegionUnhealthy: (@Sendable (_ forced: Bool, _ reason: String?) -> Void)? = nil,
        onEachSecond: (@Sendable (@escaping @Sendable () -> Void) -> Void)? = nil,
        translate: (@Sendable (FlowName, TopicPartition, Int64) -> PositionAnswer)? = nil,
        wait: MirrorWeb.Wait? = nil
    ) {
        self.run = run
        self.requestStop = requestStop
        self.status = status
        self.forceRegionUnhealthy = forceRegionUnhealthy
        self.onEachSecond = onEachSecond
        self.translate = translate
        self.wait = wait
    }
}

/// Makes the daemon of `tern run`, so that the command can be tested without one.
package struct DaemonRunner: Sendable {
    package var make: @Sendable (MirrorConfiguration, Log) throws -> RunningDaemon

    package init(make: @escaping @Sendable (MirrorConfiguration, Log) throws -> RunningDaemon) { self.make = make }
}
