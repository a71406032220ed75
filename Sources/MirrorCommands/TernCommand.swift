// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Platform

extension CommandTable {
    /// Every command of Tern. A family adds its rows here, and is then parsed, helped, completed and documented.
    package static let standard: CommandTable = {
        let table: @Sendable () -> CommandTable = { standard }
        return CommandTable(
            [
                RunCommand.command,
                CheckCommand.command,
                DemoCommand.command,
                ExplainCommand.command,
                StatusCommand.command,
                LagCommand.command,
                TrafficCommand.command,
                EventsCommand.command,
                HealthcheckCommand.command,
                VerifyCommand.command,
                RepairCommand.command,
                ReplayCommand.command,
                PlanCommand.command,
            ] + [ReloadCommand.command] + FlowFamily.commands + ProgressFamily.commands + QuarantineFamily.commands
                + LedgerFamily.commands + OffsetsFamily.commands + FailoverFamily.commands
                + TopicFamily.commands
                + GroupFamily.commands + [
                    VersionCommand.command,
                    HelpCommand.command(table),
                    CompletionCommand.command(table),
                ])
    }()
}

/// The program.
package enum TernCommand {
    /// Runs the command line of the process, and ends it.
    ///
    /// - Parameters:
    ///   - allocator: the version of jemalloc, which only executables are linked with; "" without it.
    ///   - daemon: what `tern run` runs.
    ///
    /// The main thread waits here; commands run on Swift's own. An asynchronous `main` would park it in `dispatch_main`,
    /// which ends the thread that debuggers and process lists name the process by.
    package static func main(allocator: String = "", daemon: DaemonRunner? = nil) -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let table = CommandTable.standard
        // `tern lag | head -1` must end, not be killed; librdkafka's TLS writes without MSG_NOSIGNAL too.
        FileDescriptors.ignoreBrokenPipes()
        let stopRequests = StopRequests(force: { _exit(ExitStatus.interrupted.rawValue) })
        if table.drainsOnSignals(arguments) { stopRequests.install() }
        var context = CommandContext(
            variables: ProcessInfo.processInfo.environment, output: StandardOutput.output,
            diagnostics: StandardOutput.diagnostics, allocator: allocator, daemon: daemon, stopRequests: stopRequests)
        if FileDescriptors.isTerminal(0), FileDescriptors.isTerminal(2) {
            context.ask = { question in
                StandardOutput.diagnostics.write(question)
                return readLine(strippingNewline: true)
            }
        }
        Task.detached { [context] in
            let status = await CommandLineTool(table: table).run(arguments, context)
            if let failure = StandardOutput.failure {
                context.complain(
                    CommandFailure(.failed, code: "OUTPUT_LOST", "stdout cannot be written: \(failure.reason)"))
                exit((status == .done ? .failed : status).rawValue)
            }
            exit(status.rawValue)
        }
        while true { pause() }
    }
}

extension CommandTable {
    fileprivate func drainsOnSignals(_ arguments: [String]) -> Bool {
        guard case .run(let invocation)? = try? OptionParser(table: self).parse(arguments) else { return false }
        return invocation.command.drainsOnSignals
    }
}
