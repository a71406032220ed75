// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import Foundation
internal import Mirroring
internal import TernAPI
internal import Text

/// The report of a failover on disk, which a later run resumes from.
struct FailoverRecorder: Sendable {
    private let file: ReportFile
    var path: String { file.path }

    /// The folder that `--report` names, or the user's state folder.
    static func folder(_ invocation: Invocation, _ context: CommandContext) -> String {
        invocation[FailoverFamily.report] ?? stateFolder(context)
    }

    static func stateFolder(_ context: CommandContext) -> String {
        let home = context.variables["HOME"].map { $0 + "/.local/state" }
        let state = context.variables["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        return (state.map { $0 + "/tern" } ?? ".") + "/failovers"
    }

    /// A new report, named by its direction, flow and beginning.
    init(
        _ report: FailoverReport, in folder: String, _ context: CommandContext
    ) throws(CommandFailure) {
        file = try ReportFile(
            report.direction, from: report.source, to: report.target, at: report.startedAt, in: folder, context)
        try save(report)
    }

    /// One that exists, to go on with.
    init(resuming path: String, _ context: CommandContext) { file = ReportFile(at: path, context) }

    static func read(_ path: String, _ context: CommandContext) throws(CommandFailure) -> FailoverReport {
        let bytes = try context.bytes(of: path)
        do throws(DocumentProblem) { return try FailoverReport(json: bytes) } catch {
            throw CommandFailure(
                .usage, code: "INVALID_REPORT", "\(path) is no report of a failover: \(error)", resource: path,
                hint: "name the .json file that tern failover run has written")
        }
    }

    /// The newest report of a failover over a flow that got to its end.
    static func newest(
        of flow: String, in folder: String, _ context: CommandContext
    ) -> (path: String, report: FailoverReport)? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let reports = names.filter { $0.hasPrefix("failover-") && $0.hasSuffix(".json") }.compactMap { name in
            (try? read("\(folder)/\(name)", context)).map { ("\(folder)/\(name)", $0) }
        }
        return reports.filter { $0.1.flowName == flow && $0.1.isDone && $0.1.direction == "failover" }
            .max { $0.1.startedAt < $1.1.startedAt }
    }

    func save(_ report: FailoverReport) throws(CommandFailure) {
        try file.save(report, text: FailoverReportText(report).text)
    }
}

extension FailoverReport {
    /// Takes the states of the steps.
    mutating func take(_ procedure: FailoverProcedure, _ outcomes: [FailoverProcedure.Step: String]) {
        steps = procedure.mode.steps.map { step in
            let state = procedure.state(of: step)
            var row = Step(step: step.rawValue, state: state.word)
            row.outcome = outcomes[step]
            switch state {
            case .pending: row.outcome = nil
            case .running(let since): row.startedAt = DateTime(milliseconds: since)
            case .done(let since, let at): row.end(since, at)
            case .failed(let since, let at, let reason):
                row.end(since, at)
                row.outcome = reason
            }
            return row
        }
        isDone = procedure.isDone
        rtoSeconds = procedure.seconds
        failure = procedure.failure.map { "\($0.step.rawValue): \($0.reason)" }
        let ends = steps.compactMap(\.endedAt)
        endedAt = isDone || failure != nil ? ends.max() : nil
    }

    /// The procedure as far as the report tells of it; `nil` where it names no mode that is known.
    var procedure: FailoverProcedure? {
        guard let mode = FailoverProcedure.Mode(rawValue: mode) else { return nil }
        var states: [FailoverProcedure.Step: FailoverProcedure.StepState] = [:]
        for row in steps {
            guard let step = FailoverProcedure.Step(rawValue: row.step) else { continue }
            let since = row.startedAt?.milliseconds ?? startedAt.milliseconds
            let at = row.endedAt?.milliseconds ?? since
            switch row.state {
            case "running": states[step] = .running(since: since)
            case "done": states[step] = .done(since: since, at: at)
            case "failed": states[step] = .failed(since: since, at: at, reason: row.outcome ?? "")
            default: states[step] = .pending
            }
        }
        return FailoverProcedure(mode, startedAt: startedAt.milliseconds, states: states)
    }
}

extension FailoverReport.Step {
    fileprivate mutating func end(_ since: Int64, _ at: Int64) {
        startedAt = DateTime(milliseconds: since)
        endedAt = DateTime(milliseconds: at)
        seconds = Double(max(0, at - since)) / 1000
    }
}
