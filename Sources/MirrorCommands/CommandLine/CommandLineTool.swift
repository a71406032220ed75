// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Runs one command line: parses it by the table, calls the command, and turns what goes wrong into a line on stderr,
/// a document on stdout where JSON was asked for, and an exit status.
package struct CommandLineTool: Sendable {
    let table: CommandTable

    package init(table: CommandTable) { self.table = table }

    package func run(_ arguments: [String], _ context: CommandContext) async -> ExitStatus {
        if arguments.first == CompletionScript.lookup {
            await NameLookup(table: table, context: context).run(Array(arguments.dropFirst()))
            return .done
        }
        do {
            switch try OptionParser(table: table).parse(arguments) {
            case .help(let path):
                context.output.write(HelpText(table: table).text(for: path))
                return .done
            case .version:
                context.output.write("tern \(TernVersion.current)\n")
                return .done
            case .run(let invocation):
                return await run(invocation, context)
            }
        } catch {
            if arguments.isEmpty {
                context.output.write(HelpText(table: table).text(for: []))
                return .done
            }
            let kind = table.match(arguments.filter { !$0.hasPrefix("-") })?.command.kind
            return fail(error, kind: kind, format: Self.formatAsked(in: arguments), context)
        }
    }

    private func run(_ invocation: Invocation, _ context: CommandContext) async -> ExitStatus {
        guard let body = invocation.command.body else { preconditionFailure("the parser lets no family pass") }
        do {
            return try await body(invocation, context)
        } catch let failure as CommandFailure {
            return fail(failure, kind: invocation.command.kind, format: Self.format(of: invocation), context)
        } catch is CancellationError {
            return .interrupted
        } catch {
            let failure = CommandFailure(.failed, code: "FAILED", "\(error)")
            return fail(failure, kind: invocation.command.kind, format: Self.format(of: invocation), context)
        }
    }

    private func fail(
        _ failure: CommandFailure, kind: String?, format: OutputFormat, _ context: CommandContext
    ) -> ExitStatus {
        context.complain(failure)
        let report = Report(kind: kind ?? "Error", data: .null, failures: [failure], status: failure.status)
        switch format {
        case .json: context.output.write(report.envelope.text + "\n")
        case .yaml: context.output.write(report.envelope.yaml)
        case .table, .wide, .tsv, .name: break
        }
        return failure.status
    }

    private static func format(of invocation: Invocation) -> OutputFormat {
        invocation.command.flag(named: Flag.output.name) == nil ? .table : invocation.format
    }

    /// A program that mistyped a flag still gets its document.
    private static func formatAsked(in arguments: [String]) -> OutputFormat {
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            if argument == "-o" || argument == "--output" {
                return index + 1 < arguments.count ? OutputFormat(rawValue: arguments[index + 1]) ?? .table : .table
            }
            for prefix in ["--output=", "-o=", "-o"] where argument.hasPrefix(prefix) {
                if let format = OutputFormat(rawValue: String(argument.dropFirst(prefix.count))) { return format }
            }
        }
        return .table
    }
}
