// SPDX-License-Identifier: Apache-2.0

/// A hook that a failover controller ran.
public struct HookRun: Document {
    public static let name = "Hook of a failover"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case stage, command, attempt
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case seconds
        case isSuccessful = "successful"
        case outcome, output
    }
    public typealias Key = CodingKeys
    public static let members: [Member<HookRun>] = [
        .init(.stage, \.stage, "when it ran", words: ["failover", "failback-prepare", "failback"]),
        .init(.command, \.command, "the command and its arguments"),
        .init(.attempt, \.attempt, "how often it was begun: more than once after a crash"),
        .init(.startedAt, \.startedAt, "when it began"),
        .init(.endedAt, \.endedAt, "when it ended; null while it runs"),
        .init(.seconds, \.seconds, "how long it took; null while it runs"),
        .init(.isSuccessful, \.isSuccessful, "whether it ended with status 0; null while it runs"),
        .init(.outcome, \.outcome, "how it ended, in words"),
        .init(.output, \.output, "the last lines that it wrote, 20 and 4 KiB at most"),
    ]

    public var stage: String
    public var command: String
    public var attempt: Int64
    public var startedAt: DateTime
    public var endedAt: DateTime?
    public var seconds: Double?
    public var isSuccessful: Bool?
    public var outcome: String
    public var output: String

    public init(
        stage: String, command: String, attempt: Int64, startedAt: DateTime, endedAt: DateTime?, isSuccessful: Bool?,
        outcome: String, output: String
    ) {
        self.stage = stage
        self.command = command
        self.attempt = attempt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.isSuccessful = isSuccessful
        self.outcome = outcome
        self.output = output
        seconds = endedAt.map { Double(max(0, $0.milliseconds - startedAt.milliseconds)) / 1000 }
    }
}

/// What a flow's failover controller is doing.
public struct FailoverControllerState: Document {
    public static let name = "Failover controller"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case state, since
        case isActing = "acting"
        case owner
        case badChecks = "bad_checks"
        case goodChecks = "good_checks"
        case reason
        case failedOverAt = "failed_over_at"
        case attempt, problem, report
        case pausedBy = "paused_by"
        case pausedSince = "paused_since"
        case pauseReason = "pause_reason"
        case hooks
    }
    public typealias Key = CodingKeys
    public static let states = [
        "watching", "suspecting", "failing-over", "failover-hooks", "failed-over", "recovering", "recovered",
        "failback-prepare-hooks", "failing-back", "failback-hooks",
    ]
    public static let members: [Member<FailoverControllerState>] = [
        .init(.state, \.state, "how far it is", words: states),
        .init(.since, \.since, "since when"),
        .init(.isActing, \.isActing, "whether this process is the one that acts; null where no process was asked"),
        .init(.owner, \.owner, "the process that acts, as host/process/number; null while none does"),
        .init(.badChecks, \.badChecks, "checks of the source that failed in a row"),
        .init(.goodChecks, \.goodChecks, "checks of the source that succeeded in a row"),
        .init(.reason, \.reason, "why the source counts as lost, or may be; null while it does not"),
        .init(.failedOverAt, \.failedOverAt, "when the groups were on the target; null before"),
        .init(.attempt, \.attempt, "moves of groups that were begun in this state"),
        .init(.problem, \.problem, "what keeps it from its work, or what the last move failed at; null otherwise"),
        .init(.report, \.report, "the report of the last move, on the machine that made it"),
        .init(.pausedBy, \.pausedBy, "who has paused it; null while it is not"),
        .init(.pausedSince, \.pausedSince, "since when"),
        .init(.pauseReason, \.pauseReason, "why"),
        .init(.hooks, \.hooks, "the hooks of the last stage, in their order"),
    ]

    public var state: String
    public var since: DateTime
    public var isActing: Bool?
    public var owner: String?
    public var badChecks: Int64 = 0
    public var goodChecks: Int64 = 0
    public var reason: String?
    public var failedOverAt: DateTime?
    public var attempt: Int64 = 0
    public var problem: String?
    public var report: String?
    public var pausedBy: String?
    public var pausedSince: DateTime?
    public var pauseReason: String?
    public var hooks: [HookRun] = []

    public init(state: String, since: DateTime) {
        self.state = state
        self.since = since
    }
}

/// What `tern failover status` prints with `-o json`.
public struct FailoverControllerReport: ReportDocument {
    public static let name = "FailoverControllerReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case flow
        case heardAt = "heard_at"
        case controller
    }
    public typealias Key = CodingKeys
    public static let members: [Member<FailoverControllerReport>] = [
        .init(.flow, \.flow, "`source->target`"),
        .init(.heardAt, \.heardAt, "when the process that acts wrote last; it writes at each check"),
        .init(.controller, \.controller, "what it wrote"),
    ]

    public var flow: String
    public var heardAt: DateTime
    public var controller: FailoverControllerState

    public init(flow: String, heardAt: DateTime, controller: FailoverControllerState) {
        self.flow = flow
        self.heardAt = heardAt
        self.controller = controller
    }
}
