// SPDX-License-Identifier: Apache-2.0
import Glibc
import Kafka
import KafkaTypes
import Mirroring
import Platform
import Telemetry
import TernConfiguration
import Text

extension FailoverKeeper {
    // MARK: actions

    func perform(_ action: FailoverController.Action) async -> FailoverController.Event {
        guard let state = controller?.state else { return .moved(problem: "not the owner any more", report: nil) }
        switch action {
        case .failOver(let attempt):
            return event(
                await environment.failover?.failOver(flow, of: mirror, resuming: attempt > 1 ? state.report : nil))
        case .failBack(let attempt):
            guard mirror.hasFlow(backFrom: flow.name) else {
                return .moved(
                    problem: "\(flow.name.target)->\(flow.name.source) is not enabled: nothing carries back what "
                        + "\(flow.name.target) took", report: nil)
            }
            return event(
                await environment.failover?.failBack(flow, of: mirror, resuming: attempt > 1 ? state.report : nil))
        case .hook(let stage, let index, let attempt): return await runHook(stage, index, attempt, state)
        }
    }

    private func event(_ performance: FailoverPerformance?) -> FailoverController.Event {
        guard let performance else { return .moved(problem: "this process cannot move groups", report: nil) }
        return .moved(problem: performance.problem, report: performance.report)
    }

    private func runHook(
        _ stage: FailoverController.HookStage, _ index: Int, _ attempt: Int, _ state: FailoverController.State
    ) async -> FailoverController.Event {
        let commands = settings.commands(of: stage)
        let arguments = commands[index].arguments
        let input = HookInput(
            source: flow.name.source.rawValue, target: flow.name.target.rawValue, stage: stage, state: state,
            index: index + 1, count: commands.count, attempt: attempt, time: WallClock.milliseconds())
        let (bytes, limit) = (input.bytes, settings.hookTimeout)
        log.info(.failoverHookStarted, [LogField("command", commands[index].text), LogField("attempt", attempt)])
        let (end, output) = await ThreadExecutor.shared.run {
            HookProcess.run(arguments, input: bytes, environment: ["TERN_STAGE": stage.rawValue], within: limit)
        }
        let outcome: FailoverController.HookRun.Outcome =
            switch end {
            case .exited(let status): .exited(status)
            case .signalled(let signal): .signalled(signal)
            case .timedOut: .timedOut
            case .notStarted(let failure): .failed(failure.reason)
            }
        let text = HookOutput.lastLines(output)
        var run = controller?.state.hooks.last
        run?.outcome = outcome
        run?.endedAt = WallClock.milliseconds()
        run?.output = text
        if let report = state.report, let run, let earlier = controller?.state.hooks.dropLast() {
            await environment.failover?.note(earlier + [run], in: report)
        }
        return .hookEnded(outcome, output: text)
    }

    // MARK: what has been copied

    /// Whether all that was on either side at the check before is on the other now. A lag of 0 at one moment is rare where somebody
    /// writes; this is the same without the moment.
    func looksCaughtUp() async -> Bool {
        guard let forward = await CopyWatch.look(flow, of: mirror) else { return false }
        let back = FlowName(source: flow.name.target, target: flow.name.source)
        var looks = [forward]
        if let returning = mirror.flow(back), returning.isEnabled {
            guard let look = await CopyWatch.look(returning, of: mirror) else { return false }
            looks.append(look)
        }
        return progress.isCaughtUp(looks)
    }

    // MARK: events

    func tell(_ notice: FailoverController.Notice) {
        guard let state = controller?.state else { return }
        let reason: [LogField] = [.reason(state.reason ?? "unknown")]
        let source = LogField.cluster(flow.name.source)
        switch notice {
        case .suspected:
            log.warning(.failoverSuspected, [source, LogField("of", settings.failureThreshold)] + reason)
        case .cleared: log.info(.failoverCleared, [source])
        case .failingOver: log.error(.failoverBegun, [source, LogField("checks", state.badChecks)] + reason)
        case .failedOver:
            log.error(
                .failoverDone,
                [LogField("report", state.report ?? "none"), LogField("hooks", state.hooks.count)] + reason)
        case .givenUp:
            log.warning(.failoverGivenUp, [source, .reason("it answers again, and nothing was moved")])
        case .moveFailed:
            log.error(
                state.phase == .failingBack ? .failbackFailed : .failoverFailed,
                [LogField("attempt", state.attempt), .reason(state.problem ?? "unknown")])
        case .hookEnded(let run):
            let fields = [
                LogField("command", run.command), LogField("outcome", run.words),
                LogField("seconds", Double((run.endedAt ?? run.startedAt) - run.startedAt) / 1000),
                LogField("output", run.output),
            ]
            if run.outcome?.isSuccess == true {
                log.info(.failoverHookDone, fields)
            } else {
                countFailedHook()
                log.error(.failoverHookFailed, fields)
            }
        case .recovering: log.info(.failoverRecovering, [source, LogField("of", settings.recoveryThreshold)])
        case .lostAgain: log.error(.failoverLostAgain, [source] + reason)
        case .asksPerson:
            log.warning(
                .failoverRecovered,
                [
                    source,
                    .reason(
                        "it has recovered and everything is copied: tern failback plan --flow '\(flow.name)', then tern "
                            + "failover rearm"),
                ])
        case .failingBack: log.warning(.failbackBegun, [source])
        case .failedBack: log.warning(.failbackDone, [LogField("report", state.report ?? "none")])
        case .rearmed: log.warning(.failoverRearmed, [])
        }
    }
}

/// Whether copies follow what is written.
struct CopyWatch {
    /// The ends that the last look saw, by flow.
    private var ends: [FlowName: [TopicPartition: Int64]] = [:]

    struct Look: Sendable {
        var flow: FlowName
        var ends: [TopicPartition: Int64]
        /// The next offset to copy.
        var positions: [TopicPartition: Int64]
    }

    /// - Returns: `nil` when a cluster does not answer.
    static func look(_ flow: FlowConfiguration, of mirror: MirrorConfiguration) async -> Look? {
        guard let probe = try? FlowProbe(flow, of: mirror, within: .seconds(10), sourceWithin: .seconds(10)) else {
            return nil
        }
        let facts = await probe.look(.init(asksSource: true, groups: false, settings: false, ages: false))
        await probe.close()
        guard facts.sourceProblem == nil, facts.targetProblem == nil, facts.rowProblem == nil else { return nil }
        var look = Look(flow: flow.name, ends: [:], positions: [:])
        for (place, copy) in facts.copies where !flow.naming.isHeartbeats(place.topic) {
            guard let end = copy.end, let position = copy.position else { return nil }
            look.ends[place] = end
            look.positions[place] = position
        }
        return look
    }

    /// Takes what all flows say now.
    /// - Returns: whether each has copied what was there at the look before.
    mutating func isCaughtUp(_ looks: [Look]) -> Bool {
        defer { ends = Dictionary(uniqueKeysWithValues: looks.map { ($0.flow, $0.ends) }) }
        return looks.allSatisfy { look in
            guard let before = ends[look.flow] else { return false }
            return before.allSatisfy { place, end in (look.positions[place] ?? end) >= end }
        }
    }
}

/// What is kept of a hook's output.
enum HookOutput {
    private static let lines = 20

    /// The last lines, without what a terminal would act on.
    static func lastLines(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map { String($0).printable }.joined(separator: "\n")
    }
}

enum HostName {
    /// Of this machine, for people.
    static var current: String {
        let bytes = (try? FileDescriptors.contents(ofFile: "/proc/sys/kernel/hostname")) ?? []
        let name = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }
}

enum ProcessName {
    static var id: Int32 { getpid() }
}
