// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Platform
internal import Telemetry

/// What a command may touch of the world outside, so that tests can hand it another one.
package struct CommandContext: Sendable {
    var variables: [String: String]
    var output: any TextOutput
    var diagnostics: any TextOutput
    /// The version of the allocator that serves this process, or "" for the C library's own.
    var allocator: String
    /// The whole content of a file.
    var readFile: @Sendable (String) throws(SystemFailure) -> [UInt8] = { path throws(SystemFailure) in
        try FileDescriptors.contents(ofFile: path)
    }
    /// Asks the person at the terminal for a line; `nil` where there is none. The answer is `nil` at the end of input.
    var ask: (@Sendable (String) -> String?)?
    /// The wall clock, in milliseconds since 1970.
    var milliseconds: @Sendable () -> Int64 = { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
    /// What `tern run` runs.
    var daemon: DaemonRunner?
    /// Where `tern run` logs; `nil` is stderr.
    var logSink: (any LogSink)?
    /// The signals of the process, for commands that drain.
    var stopRequests: StopRequests?

    package init(
        variables: [String: String], output: any TextOutput, diagnostics: any TextOutput, allocator: String = "",
        daemon: DaemonRunner? = nil, stopRequests: StopRequests? = nil
    ) {
        self.variables = variables
        self.output = output
        self.diagnostics = diagnostics
        self.allocator = allocator
        self.daemon = daemon
        self.stopRequests = stopRequests
    }

    /// Writes a file whole, or not at all.
    func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
            throw CommandFailure(
                .failed, code: "FILE_UNWRITABLE", "cannot write '\(path)': \(Self.reason(error))",
                resource: path)
        }
    }

    /// The system's words, where there are any: Foundation's own are for windows.
    static func reason(_ error: any Error) -> String {
        let posix = (error as? CocoaError)?.underlying as? POSIXError ?? error as? POSIXError
        return posix.map { unsafe String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
    }

    /// Something for people, on stderr; nothing with `--quiet`.
    func say(_ text: String, _ invocation: Invocation) {
        if !invocation.isQuiet { diagnostics.write(text + "\n") }
    }

    func paints(_ invocation: Invocation) -> Bool { paints(invocation, on: output) }

    /// Each stream for itself: one may be a terminal while the other is a pipe.
    func paints(_ invocation: Invocation, on stream: any TextOutput) -> Bool {
        switch invocation[.color] {
        case "always": true
        case "never": false
        default: stream.isTerminal && variables["NO_COLOR", default: ""].isEmpty && variables["TERM"] != "dumb"
        }
    }

    /// The width that tables must fit; `nil` in a pipe, where nothing is cut. `COLUMNS` overrides the terminal.
    var tableWidth: Int? {
        guard output.isTerminal else { return nil }
        return variables["COLUMNS"].flatMap { Int($0) } ?? output.terminalColumns
    }
}

extension CommandContext {
    /// What is in a file that somebody named.
    /// - Throws: a usage failure that names it.
    func bytes(of path: String) throws(CommandFailure) -> [UInt8] {
        do { return try readFile(path) } catch {
            throw CommandFailure(
                .usage, code: "FILE_UNREADABLE", "cannot read '\(path)': \(error.reason)", resource: path)
        }
    }
}
