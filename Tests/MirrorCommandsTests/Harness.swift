// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Testing
import Text

@testable import MirrorCommands

/// What one command line did, in this process.
struct Outcome {
    let status: MirrorCommands.ExitStatus
    let output: String
    let diagnostics: String

    /// The document on stdout; fails the test when there is not exactly one.
    func document(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        try JSONValue(parsing: output.utf8)
    }
}

/// Runs a command line against memory.
///
/// - Parameter columns: the width of the terminal on both outputs; `nil` is a pipe.
func tern(
    _ arguments: String..., table: CommandTable = .standard, variables: [String: String] = [:], columns: Int? = nil,
    change: (inout CommandContext) -> Void = { _ in }
) async -> Outcome {
    let output = MemoryOutput(terminalColumns: columns)
    let diagnostics = MemoryOutput(terminalColumns: columns)
    var context = CommandContext(
        variables: variables, output: output, diagnostics: diagnostics, allocator: "5.3.0")
    change(&context)
    let status = await CommandLineTool(table: table).run(arguments, context)
    return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
}

/// Compares with a golden file; `TERN_UPDATE_SNAPSHOTS=1` writes it instead.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
    if ProcessInfo.processInfo.environment["TERN_UPDATE_SNAPSHOTS"] == "1" {
        do { try Data(text.utf8).write(to: file) } catch {
            Issue.record("cannot write \(name): \(error)", sourceLocation: sourceLocation)
        }
        return
    }
    let expected = (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) }
    #expect(text == expected, "Snapshots/\(name); TERN_UPDATE_SNAPSHOTS=1 rewrites it", sourceLocation: sourceLocation)
}

/// How the golden file of a format ends.
func snapshotEnding(_ format: String) -> String {
    ["json": "json", "yaml": "yaml", "tsv": "tsv"][format] ?? "txt"
}

/// A program of this machine, found by the usual search path.
func program(_ name: String) -> URL? {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
        let path = "\(folder)/\(name)"
        if FileManager.default.isExecutableFile(atPath: path) { return URL(filePath: path) }
    }
    return nil
}

/// Runs a program to its end.
func runProcess(
    _ executable: URL, _ arguments: [String], input: String = "", environment: [String: String]? = nil
) throws -> (status: Int32, output: String, diagnostics: String) {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if let environment { process.environment = environment }
    let folder = FileManager.default.temporaryDirectory.appending(path: "tern-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: a full pipe would stop the program while this waits for its end.
    let files = ["in", "out", "err"].map { folder.appending(path: $0) }
    for file in files { try Data(file.lastPathComponent == "in" ? input.utf8 : "".utf8).write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    // Not waitUntilExit: it turns the run loop of a thread of the pool, and now and then it does not see the end.
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    ended.wait()
    let text = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (process.terminationStatus, text[1], text[2])
}
