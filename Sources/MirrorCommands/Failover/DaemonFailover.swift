// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import KafkaTypes
package import MirrorEngine
package import Mirroring
internal import MirrorWeb
internal import TernAPI
package import TernConfiguration

/// Moves groups for the failover controllers of a daemon, by the steps and with the reports of `tern failover run`.
package struct DaemonFailover: FailoverPerforming {
    private let context: CommandContext
    /// How long producers are waited for, and copies; and how long logs must stand still.
    private static let options = (limit: Duration.seconds(300), window: Duration.seconds(3))

    /// - Parameter variables: of the environment; they say where reports are kept.
    package init(variables: [String: String] = ProcessInfo.processInfo.environment) {
        context = CommandContext(variables: variables, output: NoOutput(), diagnostics: NoOutput())
    }

    package func failOver(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, resuming earlier: String?
    ) async -> FailoverPerformance {
        let scene = FailoverScene(configuration, flow, timeout: .seconds(10))
        return await move(scene, "failover", .emergency, earlier, in: flow.failover.reportFolder, late: nil)
    }

    package func failBack(
        _ flow: FlowConfiguration, of configuration: MirrorConfiguration, resuming earlier: String?
    ) async -> FailoverPerformance {
        let back = FlowName(source: flow.name.target, target: flow.name.source)
        guard let returning = configuration.flow(back), returning.isEnabled else {
            return FailoverPerformance(problem: "\(back) is not enabled")
        }
        let scene = FailoverScene(configuration, returning, timeout: .seconds(10))
        let folder = flow.failover.reportFolder
        let late = await LateWritesCount(scene, in: folder ?? FailoverRecorder.stateFolder(context), context).counted()
        return await move(scene, "failback", .planned, earlier, in: folder, late: late)
    }

    package func note(_ hooks: [FailoverController.HookRun], in path: String) async {
        guard var report = try? FailoverRecorder.read(path, context) else { return }
        let stages = Set(hooks.map(\.stage.rawValue))
        report.hooks = (report.hooks ?? []).filter { !stages.contains($0.stage) } + hooks.map(TernAPI.HookRun.init)
        try? FailoverRecorder(resuming: path, context).save(report)
    }

    private func move(
        _ scene: FailoverScene, _ direction: String, _ mode: FailoverProcedure.Mode, _ earlier: String?,
        in folder: String?, late: LateWritesCount.Answer?
    ) async -> FailoverPerformance {
        let (recorder, report, procedure): (FailoverRecorder, FailoverReport, FailoverProcedure)
        do throws(CommandFailure) {
            (recorder, report, procedure) = try begin(scene, direction, mode, earlier, in: folder, late)
        } catch {
            return FailoverPerformance(problem: error.message)
        }
        let options = FailoverRunner.Options(
            direction: direction, mode: mode, limit: Self.options.limit, window: Self.options.window)
        do {
            let result = try await scene.probe { probe in
                var runner = FailoverRunner(scene, probe, options, report, procedure, recorder, context) { _ in }
                return try await runner.run()
            }
            let problem = result.isDone ? nil : result.failure ?? "it did not get to its end"
            return FailoverPerformance(report: recorder.path, problem: problem)
        } catch {
            return FailoverPerformance(
                report: recorder.path, problem: (error as? CommandFailure)?.message ?? "\(error)")
        }
    }

    private func begin(
        _ scene: FailoverScene, _ direction: String, _ mode: FailoverProcedure.Mode, _ earlier: String?,
        in folder: String?, _ late: LateWritesCount.Answer?
    ) throws(CommandFailure) -> (FailoverRecorder, FailoverReport, FailoverProcedure) {
        if let earlier, var report = try? FailoverRecorder.read(earlier, context), var procedure = report.procedure,
            report.direction == direction, procedure.mode == mode, !procedure.isDone
        {
            report.resumed += 1
            procedure.resume()
            return (FailoverRecorder(resuming: earlier, context), report, procedure)
        }
        var report = FailoverReport(
            direction: direction, mode: mode.rawValue, source: scene.flow.name.source.rawValue,
            target: scene.flow.name.target.rawValue, startedAt: .init(milliseconds: context.milliseconds()))
        report.lateWrites = late?.topics
        report.notes = late?.notes ?? []
        let procedure = FailoverProcedure(mode, startedAt: report.startedAt.milliseconds)
        report.take(procedure, [:])
        let wanted = folder ?? FailoverRecorder.stateFolder(context)
        do throws(CommandFailure) {
            return (try FailoverRecorder(report, in: wanted, context), report, procedure)
        } catch {
            // A folder that cannot be written must not keep a region down.
            report.notes.append("\(error.message): the report is in the folder for temporary files instead")
            let other = NSTemporaryDirectory() + "tern-failovers"
            return (try FailoverRecorder(report, in: other, context), report, procedure)
        }
    }
}

/// A daemon says in its log what people read on a terminal.
private struct NoOutput: TextOutput {
    func write(_ text: String) {}
    var isTerminal: Bool { false }
    var terminalColumns: Int? { nil }
}
