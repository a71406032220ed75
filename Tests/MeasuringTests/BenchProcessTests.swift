// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Testing

/// The executable beside this test bundle; `nil` when it was not built.
private let executable: String? = {
    guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    let file = URL(filePath: path).deletingLastPathComponent().appending(path: "tern-bench").path
    return FileManager.default.isExecutableFile(atPath: file) ? file : nil
}()

@Suite(.serialized, .enabled(if: executable != nil, "the executable was not built"))
struct BenchProcessTests {
    private func bench(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["out", "err"].map { folder.appending(path: $0).path }
        let process = try ChildProcess([try #require(executable)] + arguments, output: files[0], errors: files[1])
        let status = try #require(try process.wait(within: .seconds(120)), "it does not end")
        let text = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return (status, text[0], text[1])
    }

    @Test func `a small run on mock clusters measures mirror, bare loop and latency`() throws {
        let result = try bench(
            "--sizes", "100", "--codecs", "lz4", "--records", "2000", "--partitions", "4", "--bare", "--rate", "200",
            "--seconds", "1", "-o", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(document["kind"] as? String == "MirrorBenchmark")
        let row = try #require((document["rows"] as? [[String: Any]])?.first)
        #expect(row["records"] as? Int == 2000)
        for key in [
            "records_per_second", "megabytes_per_second", "cpu_seconds_per_million", "peak_rss_bytes",
            "latency_p50_ms", "latency_p99_ms", "unmirrored_p50_ms", "unmirrored_p99_ms",
            "bare_cpu_seconds_per_million", "cpu_ratio_to_bare",
        ] {
            #expect((row[key] as? Double ?? 0) > 0, "\(key)")
        }
    }

    @Test(arguments: ["ledger", "exposition", "forwarding"])
    func `micro-benchmarks count time and allocations`(name: String) throws {
        let result = try bench(name, "--records", "4000", "-o", "json")
        #expect(result.status == 0, "\(result.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        for row in try #require(document["rows"] as? [[String: Any]]) {
            #expect((row["nanoseconds"] as? Double ?? 0) > 0)
            #expect(row["mallocs"] is Double || row["mallocs"] is Int)
        }
    }

    private func limits(_ json: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "limits-\(UUID().uuidString).json")
        try Data(json.utf8).write(to: file)
        return file.path
    }

    /// All that is measured, with one limit for each.
    private static func limits(each limit: Int) -> String {
        let names = [
            "decide and label", "decide, label and hand over", "submit and acknowledge", "a page of 2000 partitions",
            "mirror 100 bytes", "mirror 1024 bytes",
        ]
        return #"{"limits": {"# + names.map { "\"\($0)\": \(limit)" }.joined(separator: ", ") + "}}"
    }

    @Test func `allocations within their limits pass`() throws {
        let file = try limits(Self.limits(each: 1_000_000))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try bench("allocations", "--limits", file, "--records", "4000")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.split(separator: "\n").count == 7)
        #expect(result.output.split(separator: "\n").dropFirst().allSatisfy { $0.hasSuffix("kept") })
    }

    @Test func `allocations above a limit fail, and are named`() throws {
        let file = try limits(Self.limits(each: 0))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try bench("allocations", "--limits", file, "--records", "4000")
        #expect(result.status == 1)
        #expect(result.output.contains("ABOVE"))
        #expect(result.errors.contains("more allocations than the limits allow: "))
        #expect(result.errors.contains("mirror 100 bytes"))
    }

    @Test func `limits without a file, and a file that is none, end with one line`() throws {
        let usage = try bench("allocations")
        #expect(usage.status == 2)
        #expect(usage.errors.hasPrefix("tern-bench: allocations needs --limits FILE"))
        let missing = try bench("allocations", "--limits", "/nowhere/limits.json")
        #expect(missing.status == 1)
        #expect(missing.errors == "tern-bench: /nowhere/limits.json cannot be read\n")
    }

    @Test func `missing records are not reported on`() throws {
        // Nothing listens there: nothing arrives in time.
        let result = try bench(
            "one", "--source", "127.0.0.1:1", "--target", "127.0.0.1:1", "--topic", "bench", "--records", "10",
            "--sizes", "100", "--limit", "1", "--kind", "mirror")
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("0 of 10 records after 1 s"))
    }

    @Test func `a wrong command line ends with 2`() throws {
        let result = try bench("--sizes", "ten")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("tern-bench: --sizes: 'ten' is no number of bytes"))
    }
}
