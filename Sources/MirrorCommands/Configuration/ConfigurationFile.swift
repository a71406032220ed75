// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Platform

/// The properties file of a command: named by an argument, by `--config` or by `TERN_CONFIG`, in this order.
struct ConfigurationFile: Sendable {
    static let variable = "TERN_CONFIG"
    static let argument = Argument(
        name: "FILE", kind: .file, summary: "the properties file; else --config or TERN_CONFIG names it")

    /// As it was written, and as problems name it.
    let path: String
    let loaded: LoadedConfiguration

    /// The path that the command line or the environment names; `nil` when neither does.
    static func path(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) -> String? {
        if let argument = invocation.argument(argument.name) {
            guard !invocation.has(.config) else {
                throw .usage("the properties file is named twice: FILE and --config")
            }
            return argument
        }
        if let path = invocation[.config] { return path }
        return context.variables[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads the file that was named.
    ///
    /// - Throws: a usage failure when none was, or when it cannot be read. Problems in the file are not thrown.
    init(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) {
        guard let path = try Self.path(invocation, context) else {
            throw .usage(
                "no properties file is named",
                hint:
                    "name it as in 'tern \(invocation.command.name) mirror.properties', by --config, or by \(Self.variable)"
            )
        }
        try self.init(path: path, invocation, context)
    }

    /// - Parameter needsFlow: whether a file that only names clusters is an error.
    init(
        path: String, needsFlow: Bool = true, _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) {
        let text = try context.bytes(of: path)
        self.path = path
        loaded = Self.load(path, text, needsFlow: needsFlow, invocation, context)
    }

    /// What holds without any file: the defaults, and what the environment and `--set` say.
    static func withoutFile(_ invocation: Invocation, _ context: CommandContext) -> LoadedConfiguration {
        load("", [], needsFlow: true, invocation, context)
    }

    private static func load(
        _ path: String, _ text: [UInt8], needsFlow: Bool, _ invocation: Invocation, _ context: CommandContext
    ) -> LoadedConfiguration {
        let takesClusters = invocation.command.flag(named: Flag.clusters.name) != nil
        return ConfigurationLoader.load(
            file: path, text: text, environment: context.variables, overrides: invocation.all(.set),
            clusters: takesClusters ? invocation.list(.clusters)?.map { ClusterAlias($0) } : nil,
            needsFlow: needsFlow, readFile: { path in try? context.readFile(path) })
    }

    /// The configuration, when there is no error in the file.
    ///
    /// - Throws: a usage failure that counts the errors; they have been printed on stderr.
    func configuration(
        printingProblemsFor invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) -> MirrorConfiguration {
        for problem in loaded.problems where problem.severity == .error || !invocation.isQuiet {
            // Notes are for `tern check`.
            if problem.severity != .note { context.diagnostics.write("\(problem.severity.rawValue): \(problem)\n") }
        }
        guard let configuration = loaded.configuration else { throw invalid }
        return configuration
    }

    /// That the file cannot be used, in one line.
    var invalid: CommandFailure {
        let count = loaded.problems.count { $0.severity == .error }
        return CommandFailure(
            .usage, code: "INVALID_FILE", "\(path): \(count) \(count == 1 ? "error" : "errors")", resource: path,
            hint: "'tern check \(path)' lists them with everything else")
    }
}
