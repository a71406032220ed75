// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Platform
import Synchronization
import Testing

/// The built `tern run`, as a process of its own.
final class TernProcess: Sendable {
    /// Beside this test bundle; nil when it was not built.
    static let executable: String? = {
        guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let file = URL(filePath: path).deletingLastPathComponent().appending(path: "tern").path
        return FileManager.default.isExecutableFile(atPath: file) ? file : nil
    }()

    let port: UInt16
    private let child: ChildProcess
    private let folder: TemporaryFolder
    private let logName: String

    /// - Parameter text: the properties file; `http.listen` is added, and wins.
    init(_ text: String, in folder: TemporaryFolder, name: String = "tern") throws {
        let executable = try #require(Self.executable)
        port = try unusedPort()
        self.folder = folder
        logName = "\(name).log"
        let file = "\(name).properties"
        try folder.write(file, text + "\nhttp.listen = 127.0.0.1:\(port)\n")
        child = try ChildProcess(
            [executable, "run", folder.path(file)], output: folder.path(logName), errors: folder.path(logName))
    }

    var log: String { (try? folder.read(logName)).flatMap { $0 } ?? "" }

    func send(_ signal: Int32) { child.send(signal: signal) }

    /// - Returns: the exit status, or 128 and the signal.
    func ended(within limit: Duration = .seconds(40)) async throws -> Int32 {
        let status = try await ThreadExecutor.shared.run { [child] () throws(any Error) in
            try child.wait(within: limit)
        }
        guard let status else {
            child.send(signal: SIGKILL)
            throw NeverHappened("the end of tern within \(limit): \(log.suffix(2000))")
        }
        return status
    }

    /// Ends it at once.
    func kill() async throws {
        send(SIGKILL)
        _ = try await ended()
    }

    /// Ends it in order.
    func stop() async throws -> Int32 {
        send(SIGTERM)
        return try await ended()
    }

    /// The answer to a GET request.
    func get(_ path: String) async throws -> (status: Int, body: String) {
        try await IntegrationTests.get(path, of: port)
    }

    /// The sum of the samples of a metric whose labels hold all the texts given; nil when there is none.
    func metric(_ name: String, _ labels: String...) async -> Double? {
        guard let page = try? await get("/metrics") else { return nil }
        let samples = page.body.split(separator: "\n").filter { line in
            (line.hasPrefix("\(name){") || line.hasPrefix("\(name) ")) && labels.allSatisfy { line.contains($0) }
        }
        guard !samples.isEmpty else { return nil }
        return samples.reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? .nan) }
    }

    /// Every partition's lag is known and 0, so many partitions being expected whose labels hold the text.
    func isCaughtUp(_ label: String, partitions: Int) async -> Bool {
        guard let page = try? await get("/metrics") else { return false }
        let samples = page.body.split(separator: "\n").filter {
            $0.hasPrefix("tern_lag_records{") && $0.contains(label)
        }
        return samples.count == partitions && samples.allSatisfy { $0.hasSuffix(" 0") }
    }

    /// Waits for something; the end of the log is part of the failure.
    func until(_ what: String, within limit: Duration = .seconds(40), _ question: () async throws -> Bool) async throws
    {
        do {
            try await eventually(within: limit, what, question)
        } catch {
            let status = (try? await get("/api/v1/status").body) ?? "no answer"
            if ProcessInfo.processInfo.environment["TERN_TEST_LLDB"] != nil {
                let b = try? await Command.run(["lldb", "-p", "\(child.processID)", "--batch", "-o", "bt all"])
                print(b?.output ?? "no lldb")
            }
            send(SIGKILL)
            throw NeverHappened("\(error); log: \(log.suffix(3000)); status: \(status.prefix(3000))")
        }
    }
}

extension Trait where Self == ConditionTrait {
    static var needsExecutable: Self { .enabled(if: TernProcess.executable != nil, "the executable was not built") }

    static func needsProgram(_ name: String) -> Self {
        .enabled(if: program(name) != nil, "\(name) is not installed")
    }
}

func program(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// The answer of what listens on a port of this machine to a GET request.
func get(_ path: String, of port: UInt16) async throws -> (status: Int, body: String) {
    try await ThreadExecutor.shared.run { () throws(any Error) in
        let deadline = ContinuousClock.now + .seconds(5)
        let connection = try TCPConnection.open(host: "127.0.0.1", port: port, by: deadline)
        try connection.send(
            Array("GET \(path) HTTP/1.0\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n".utf8), by: deadline
        )
        var bytes: [UInt8] = []
        while true {
            let chunk = try connection.receive(by: deadline)
            if chunk.isEmpty { break }
            bytes += chunk
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let code = text.split(separator: " ").dropFirst().first else {
            throw NeverHappened("an HTTP answer")
        }
        return (Int(code) ?? 0, String(text[end.upperBound...]))
    }
}
