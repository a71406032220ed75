// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Platform

extension CommandTable {
    /// Every command of Tern. A family adds its rows here, and is then parsed, helped, completed and documented.
    package static let standard: CommandTable = {
        let table: @Sendable () -> CommandTable = { standard }
        return CommandTable(
            [
                StatusCommand.command,
                LagCommand.command,
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
    /// - Parameter allocator: the version of jemalloc, which only executables are linked with; "" without it.
    package static func main(allocator: String = "") async -> Never {
        // `tern lag | head -1` must end, not be killed; librdkafka's TLS writes without MSG_NOSIGNAL too.
        FileDescriptors.ignoreBrokenPipes()
        let context = CommandContext(
            variables: ProcessInfo.processInfo.environment, output: StandardOutput.output,
            diagnostics: StandardOutput.diagnostics, allocator: allocator)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await CommandLineTool(table: .standard).run(arguments, context)
        exit(status.rawValue)
    }
}
