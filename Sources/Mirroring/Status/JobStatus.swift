// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// How something that comes round is doing, such as the look at a flow's topics.
public struct JobStatus: Sendable {
    /// Whose job it is; `nil`: the daemon's own.
    public var flow: FlowName?
    /// What it is called in its flow, such as `topics`.
    public var name: String
    /// When its last round ended, milliseconds since 1970; `nil` before.
    public var lastRoundAt: Int64?
    public var failedRounds: Int64
    /// Why its last round failed.
    public var problem: String?
    public var isRunning: Bool
    /// Since it last came round, by a clock that does not step: whether or not there was anything to do.
    public var quietSeconds: Double
    /// What ``quietSeconds`` may reach; `nil` while it waits for somebody to wake it.
    public var allowedSeconds: Double?

    public init(
        flow: FlowName?, name: String, lastRoundAt: Int64? = nil, failedRounds: Int64 = 0, problem: String? = nil,
        isRunning: Bool = false, quietSeconds: Double, allowedSeconds: Double?
    ) {
        self.flow = flow
        self.name = name
        self.lastRoundAt = lastRoundAt
        self.failedRounds = failedRounds
        self.problem = problem
        self.isRunning = isRunning
        self.quietSeconds = quietSeconds
        self.allowedSeconds = allowedSeconds
    }

    /// It has stopped, and only a restart of the process brings it back.
    public var isOverdue: Bool { allowedSeconds.map { quietSeconds > $0 } ?? false }

    /// Unique in the process: `cluster-statuses`, or `eu->us/topics`.
    public var fullName: String { (flow.map { "\($0)/" } ?? "") + name }

    /// Why the process does not count as alive, in half a sentence; `nil` while the job comes round. `/livez` and the service
    /// manager's watchdog go by this alone.
    public var problemOfLiveness: String? {
        guard isOverdue, let allowedSeconds else { return nil }
        return "has not come round for \(Int(quietSeconds)) s; \(Int(allowedSeconds)) s are allowed"
    }
}
