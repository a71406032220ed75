// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import Text

extension FlowOrder {
    private var endpoint: Endpoint {
        switch action {
        case .pause: .pause
        case .resume: .resume
        case .restart: .restart
        }
    }

    /// Has a daemon write the order, by whatever login `--token-file` holds.
    func order(of daemon: DaemonClient, _ scope: ControlScope) async throws -> ExitStatus {
        guard !invocation.has(ControlFlags.dryRun) else {
            throw CommandFailure.usage(
                "--dry-run asks the clusters, and no daemon", hint: "leave out --url, or --dry-run")
        }
        guard let flow = invocation[ControlFlags.flow]?.replacing("\u{2192}", with: "->") else {
            throw CommandFailure.usage("--flow is missing: \(ControlFlags.flow.summary)")
        }
        let reason = invocation[ControlFlags.reason]
        let answer = try await daemon.post(
            endpoint,
            AdminOrder(
                flow: flow, topic: scope.topic?.rawValue, partition: scope.partition.map { Int64($0) }, reason: reason))
        var report = Report(
            kind: "FlowOrder",
            data: [
                "flow": .string(flow), "action": .string(action.rawValue), "scope": .string(scope.word),
                "topic": .optional(scope.topic?.rawValue),
                "partition": .optional(scope.partition.map { Int64($0) }), "by": .string(answer.by ?? "unknown"),
                "reason": .optional(reason), "dry_run": false, "changed": true, "still_paused": [],
            ])
        let sentence = "\(flow): \(action.rawValue) of \(scope) is \(answer.outcome)"
        report.text = sentence.printable + "\n"
        return try context.print(report, for: invocation)
    }
}
