// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Kafka
internal import KafkaTesting
internal import KafkaTypes

/// Two mock clusters in a process of their own, so that what they cost is not the mirror's.
enum Host {
    /// Serves until the parent is gone or ends it.
    static func serve(topics: [String]) throws {
        let parent = getppid()
        let clusters = try [MockCluster(), MockCluster()]
        for topic in topics {
            let parts = topic.split(separator: ":")
            guard parts.count == 2, let partitions = Int(parts[1]) else {
                throw BenchUsage("--topic: NAME:PARTITIONS is expected, not '\(topic)'")
            }
            for cluster in clusters { try cluster.createTopic(TopicName(String(parts[0])), partitions: partitions) }
        }
        FileHandle.standardOutput.write(
            Data(clusters.map { $0.bootstrapServers + "\n" }.joined().utf8))
        while getppid() == parent { usleep(200_000) }
        // Theirs would be the last use otherwise, and they would close before anybody connects.
        for cluster in clusters { cluster.close() }
    }
}

/// A process that hosts mock clusters for this one.
final class HostProcess {
    let source: String
    let target: String
    private let process: ChildProcess
    private let output: String

    init(topics: [String]) throws {
        output = FileManager.default.temporaryDirectory.appending(path: "tern-bench-\(UUID().uuidString)").path
        process = try ChildProcess(
            [OwnExecutable.path, "host"] + topics.flatMap { ["--topic", $0] }, output: output, errors: nil)
        let path = output
        var lines: [String] = []
        do {
            try eventually(within: .seconds(20), "the address of the mock clusters") {
                usleep(5000)
                let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                lines = text.split(separator: "\n").map(String.init)
                return text.hasSuffix("\n") && lines.count == 2
            }
        } catch {
            process.send(signal: SIGKILL)
            throw error
        }
        (source, target) = (lines[0], lines[1])
    }

    func stop() {
        process.send(signal: SIGTERM)
        if (try? process.wait(within: .seconds(10))) == nil { process.send(signal: SIGKILL) }
        try? FileManager.default.removeItem(atPath: output)
    }
}

/// This program again.
enum OwnExecutable {
    static var path: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// Runs it to its end, and returns what it printed.
    ///
    /// - Throws: `BenchFailure` with its last words when it did not end with 0.
    static func run(_ arguments: [String], within limit: Duration) throws -> Data {
        let base = FileManager.default.temporaryDirectory.appending(path: "tern-bench-\(UUID().uuidString)").path
        let (output, errors) = (base + ".out", base + ".err")
        defer { for file in [output, errors] { try? FileManager.default.removeItem(atPath: file) } }
        let process = try ChildProcess([path] + arguments, output: output, errors: errors)
        guard let status = try process.wait(within: limit) else {
            process.send(signal: SIGKILL)
            _ = try? process.wait(within: .seconds(5))
            throw BenchFailure("\(arguments.first ?? "") did not end within \(limit)")
        }
        guard status == 0 else {
            let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
            throw BenchFailure(words.isEmpty ? "ended with \(status)" : words.trimmingCharacters(in: .newlines))
        }
        return try Data(contentsOf: URL(filePath: output))
    }
}
