// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc

/// A folder of its own for a test, under `TMPDIR` or `/tmp`.
public struct TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        var template = Array("\(environment("TMPDIR") ?? "/tmp")/tern-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure("make a temporary folder: \(String(cString: strerror(errno)))")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    public func path(_ name: String) -> String { "\(path)/\(name)" }

    public func write(_ name: String, _ text: String) throws {
        guard let file = fopen(path(name), "w") else {
            throw CommandFailure("write \(name): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw CommandFailure("write \(name)") }
    }

    /// What is in a file, repaired where it is not UTF-8; nil when there is no such file.
    public func read(_ name: String) throws -> String? {
        guard let file = fopen(path(name), "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    /// Deletes the folder and all that is in it.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
