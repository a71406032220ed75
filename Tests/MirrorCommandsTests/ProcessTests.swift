// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Testing

@testable import MirrorCommands

/// The executable beside this test bundle; `nil` when it was not built.
let builtExecutable: URL? = {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    let file = URL(filePath: path).deletingLastPathComponent().appending(path: "tern")
    return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
}()

@Suite(.enabled(if: builtExecutable != nil, "the executable was not built"))
struct ProcessTests {
    private func tern(_ arguments: String...) throws -> (status: Int32, output: String, diagnostics: String) {
        try runProcess(try #require(builtExecutable), arguments, environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func `version names jemalloc, which only executables are linked with`() throws {
        let result = try tern("version", "-o", "tsv")
        #expect(result.status == 0)
        #expect(result.output.contains("jemalloc\t5"))
    }

    @Test func `an unknown command ends with 2 and one line on stderr`() throws {
        let result = try tern("vresion")
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.diagnostics == "tern: unknown command 'vresion'; did you mean 'tern version'?\n")
    }

    @Test func `a daemon that is not there is 1 and one line on stderr`() throws {
        for command in ["lag", "status"] {
            let result = try tern(command, "--url", "http://127.0.0.1:\(try unusedPort())")
            #expect(result.status == 1)
            #expect(result.output.isEmpty)
            #expect(result.diagnostics.hasPrefix("tern: no daemon answers at http://127.0.0.1:"))
            #expect(result.diagnostics.filter { $0 == "\n" }.count == 1)
        }
    }

    @Test func `an invalid file ends with 2 before anything starts`() throws {
        let result = try tern("run", "/dev/null")
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.diagnostics.hasPrefix("error: /dev/null: "))
    }

    @Test func `a reader that goes away is no crash`() throws {
        let bash = try #require(program("bash"))
        let path = try #require(builtExecutable).path
        let result = try runProcess(bash, ["-c", "'\(path)' help --json | head -c 1; echo \" ${PIPESTATUS[0]}\""])
        #expect(result.output == "{ 0\n")
    }

    @Test(arguments: ["version", "help --json", "completion bash"])
    func `what cannot be written to stdout is an error, not half a document`(command: String) throws {
        let bash = try #require(program("bash"))
        let path = try #require(builtExecutable).path
        let result = try runProcess(bash, ["-c", "'\(path)' \(command) > /dev/full"])
        #expect(result.status == 1)
        #expect(result.diagnostics == "tern: stdout cannot be written: No space left on device\n")
    }

    /// Foundation starts a process with the mask of its own worker thread, which blocks every signal: the daemon must
    /// take them all the same.
    @Test(arguments: [SIGTERM, SIGINT])
    func `a daemon whose clusters are down drains at a signal`(signal: Int32) async throws {
        let port = try unusedPort()
        let process = try start(port: port)
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try await eventually(within: .seconds(30), "a daemon that answers") {
            await MirrorCommandsTests.tern("status", "--url", "127.0.0.1:\(port)").status == .done
        }
        kill(process.processIdentifier, signal)
        try await eventually(within: .seconds(30), "the end of the daemon") { () async in !process.isRunning }
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }

    @Test(arguments: ["2", "3"])
    func `the demo proves in a pipe what it mirrored, and ends by itself`(clusters: String) throws {
        let result = try tern("demo", "--seconds", "3", "--clusters", clusters, "--listen", "127.0.0.1:0")
        #expect(result.status == 0, "\(result.diagnostics)")
        #expect(result.diagnostics.isEmpty)
        #expect(result.output.contains("HTTP: http://127.0.0.1:"))
        #expect(result.output.contains("3 s  eu->us "))
        #expect(!result.output.contains("\u{1B}"))
        let lines = result.output.split(separator: "\n")
        #expect(lines.last?.hasPrefix("Proved: each of the ") == true)
        let rows = lines.filter { $0.hasSuffix(" proved") }.map { row in
            // Numbers are grouped by thin spaces.
            row.replacing("\u{2009}", with: "").split(separator: " ").map(String.init)
        }
        let names = ["eu", "us", "ap"].prefix(Int(clusters) ?? 0)
        #expect(rows.count == names.count * 3)
        // What the table says was born adds up to what the verdict says was written, and each column of copies is
        // what the other clusters' rows say was born there.
        let verdict = try #require(lines.last).replacing("\u{2009}", with: "").split(separator: " ")
        #expect(rows.compactMap { Int($0[2]) }.reduce(0, +) == Int(verdict[4]))
        for row in rows {
            for (column, other) in names.enumerated() where other != row[0] {
                let home = try #require(rows.first { $0[0] == other && $0[1] == row[1] })
                #expect(row[3 + column] == home[2], "\(row)")
            }
        }
    }

    @Test(arguments: [
        ["--clusters", "4"], ["--bogus"], ["extra"], ["--seconds", "0"], ["--rate", "-1"], ["--listen", "nowhere"],
    ])
    func `a wrong flag of the demo is 2 and one line on stderr`(words: [String]) throws {
        let result = try runProcess(
            try #require(builtExecutable), ["demo"] + words, environment: ["PATH": "/usr/bin:/bin"])
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.diagnostics.hasPrefix("tern: "))
        #expect(result.diagnostics.filter { $0 == "\n" }.count == 1)
    }

    @Test func `the demo that is interrupted still proves what it mirrored`() async throws {
        let process = Process()
        let program: URL = try #require(builtExecutable)
        process.executableURL = program
        process.arguments = ["demo", "--seconds", "60", "--listen", "none"]
        let output = FileManager.default.temporaryDirectory.appending(path: "tern-demo-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try await eventually(within: .seconds(30), "two seconds of the demo") { () async throws in
            try String(contentsOf: output, encoding: .utf8).contains("2 s  ")
        }
        kill(process.processIdentifier, SIGINT)
        try await eventually(within: .seconds(60), "the end of the demo") { () async in !process.isRunning }
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOf: output, encoding: .utf8).contains("\nProved: "))
    }

    private func start(port: UInt16) throws -> Process {
        let file = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString).properties")
        let text = """
            clusters = a, b
            a.bootstrap.servers = 127.0.0.1:1
            b.bootstrap.servers = 127.0.0.1:1
            a->b.enabled = true
            http.listen = 127.0.0.1:\(port)
            """
        try Data(text.utf8).write(to: file)
        let process = Process()
        let program: URL = try #require(builtExecutable)
        process.executableURL = program
        process.arguments = ["run", file.path, "-q"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
