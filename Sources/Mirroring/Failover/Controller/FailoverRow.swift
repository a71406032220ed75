// SPDX-License-Identifier: Apache-2.0
internal import Text

/// What the controller that acts for a flow keeps on the target: a row of the control topic with the key `{"kind":"failover"}`.
public struct FailoverRow: Sendable, Equatable {
    /// Grows by one with each change of the owner.
    public var epoch: Int64
    /// The process that acts; `nil` when it has stopped and said so.
    public var owner: String?
    /// Milliseconds since 1970.
    public var at: Int64
    /// Orders to begin again that the owner has carried out: up to this offset of the topic.
    public var rearmedUpTo: Int64 = -1
    public var state: FailoverController.State

    public init(epoch: Int64, owner: String?, at: Int64, state: FailoverController.State) {
        self.epoch = epoch
        self.owner = owner
        self.at = at
        self.state = state
    }

    /// Whether this row counts, behind another one. Who claims a flow writes the next epoch; of two that claim the same one the
    /// first in the topic has won, and a row of an owner that has been replaced counts no more.
    public func follows(_ earlier: FailoverRow?) -> Bool {
        guard let earlier else { return true }
        if epoch == earlier.epoch { return owner == earlier.owner || owner == nil }
        return epoch > earlier.epoch
    }
}

extension FailoverRow {
    var json: JSONValue {
        let hooks: [JSONValue] = state.hooks.map(\.json)
        return .object([
            .init(name: "epoch", value: .integer(epoch)), .init(name: "owner", value: .optional(owner)),
            .init(name: "at", value: .integer(at)), .init(name: "rearmed_up_to", value: .integer(rearmedUpTo)),
            .init(name: "phase", value: .string(state.phase.rawValue)),
            .init(name: "since", value: .integer(state.since)),
            .init(name: "bad_checks", value: .integer(Int64(state.badChecks))),
            .init(name: "good_checks", value: .integer(Int64(state.goodChecks))),
            .init(name: "reason", value: .optional(state.reason)),
            .init(name: "failed_over_at", value: .optional(state.failedOverAt)),
            .init(name: "attempt", value: .integer(Int64(state.attempt))),
            .init(name: "problem", value: .optional(state.problem)),
            .init(name: "report", value: .optional(state.report)), .init(name: "hooks", value: .array(hooks)),
        ])
    }

    /// `nil` for what cannot be read: nobody fails over by guessing.
    init?(_ json: JSONValue) {
        guard let epoch = json["epoch"]?.integer, let at = json["at"]?.integer,
            let phase = json["phase"]?.string.flatMap(FailoverController.Phase.init(rawValue:)),
            let since = json["since"]?.integer
        else { return nil }
        var state = FailoverController.State(since: since)
        state.phase = phase
        state.badChecks = Int(clamping: json["bad_checks"]?.integer ?? 0)
        state.goodChecks = Int(clamping: json["good_checks"]?.integer ?? 0)
        state.reason = json["reason"]?.string
        state.failedOverAt = json["failed_over_at"]?.integer
        state.attempt = Int(clamping: json["attempt"]?.integer ?? 0)
        state.problem = json["problem"]?.string
        state.report = json["report"]?.string
        state.hooks = (json["hooks"]?.array ?? []).compactMap(FailoverController.HookRun.init)
        self.init(epoch: epoch, owner: json["owner"]?.string, at: at, state: state)
        rearmedUpTo = json["rearmed_up_to"]?.integer ?? -1
    }
}

extension FailoverController.HookRun {
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "stage", value: .string(stage.rawValue)), .init(name: "command", value: .string(command)),
            .init(name: "attempt", value: .integer(Int64(attempt))),
            .init(name: "started_at", value: .integer(startedAt)),
            .init(name: "ended_at", value: .optional(endedAt)), .init(name: "output", value: .string(output)),
        ]
        switch outcome {
        case .exited(let status): members.append(.init(name: "status", value: .integer(Int64(status))))
        case .signalled(let signal): members.append(.init(name: "signal", value: .integer(Int64(signal))))
        case .timedOut: members.append(.init(name: "timed_out", value: true))
        case .failed(let reason): members.append(.init(name: "failure", value: .string(reason)))
        case nil: break
        }
        return .object(members)
    }

    init?(_ json: JSONValue) {
        guard let stage = json["stage"]?.string.flatMap(FailoverController.HookStage.init(rawValue:)),
            let startedAt = json["started_at"]?.integer
        else { return nil }
        self.init(stage: stage, command: json["command"]?.string ?? "", startedAt: startedAt)
        attempt = Int(clamping: json["attempt"]?.integer ?? 1)
        endedAt = json["ended_at"]?.integer
        output = json["output"]?.string ?? ""
        if let status = json["status"]?.integer {
            outcome = .exited(Int32(clamping: status))
        } else if let signal = json["signal"]?.integer {
            outcome = .signalled(Int32(clamping: signal))
        } else if json["timed_out"]?.bool == true {
            outcome = .timedOut
        } else if let reason = json["failure"]?.string {
            outcome = .failed(reason)
        }
    }

    /// In words, such as `exit status 1`.
    public var words: String {
        switch outcome {
        case .exited(0): "done"
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "ended by signal \(signal)"
        case .timedOut: "not done in time, and ended"
        case .failed(let reason): "could not be started: \(reason)"
        case nil: "running"
        }
    }
}

/// What a hook has on its standard input.
public struct HookInput: Sendable {
    public var source: String
    public var target: String
    public var stage: FailoverController.HookStage
    public var state: FailoverController.State
    /// From 1.
    public var index: Int
    public var count: Int
    public var attempt: Int
    /// Milliseconds since 1970.
    public var time: Int64

    public init(
        source: String, target: String, stage: FailoverController.HookStage, state: FailoverController.State,
        index: Int,
        count: Int, attempt: Int, time: Int64
    ) {
        self.source = source
        self.target = target
        self.stage = stage
        self.state = state
        self.index = index
        self.count = count
        self.attempt = attempt
        self.time = time
    }

    /// One line of JSON.
    public var bytes: [UInt8] {
        let json: JSONValue = .object([
            .init(name: "flow", value: .string("\(source)->\(target)")),
            .init(name: "source", value: .string(source)), .init(name: "target", value: .string(target)),
            .init(name: "stage", value: .string(stage.rawValue)),
            .init(name: "mode", value: .string(stage == .failover ? "emergency" : "planned")),
            .init(name: "reason", value: .optional(state.reason)),
            .init(name: "time", value: .string(UTCText.text(milliseconds: time))),
            .init(name: "hook", value: .integer(Int64(index))), .init(name: "hooks", value: .integer(Int64(count))),
            .init(name: "attempt", value: .integer(Int64(attempt))),
            .init(name: "report", value: .optional(state.report)),
        ])
        return Array((json.compactText + "\n").utf8)
    }
}
