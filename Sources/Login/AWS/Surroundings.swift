// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import Glibc
internal import HTTPClient
internal import Platform

/// What the search for credentials looks at. Tests hand in others.
struct Surroundings: Sendable {
    var environment: [String: String]
    /// `nil` when the file cannot be read.
    var readFile: @Sendable (String) -> String?
    /// The output of a shell command that ended well.
    var run: @Sendable (String) -> String?
    var http: any HTTPExchange
    /// Seconds since 1970.
    var now: @Sendable () -> Double

    /// The environment's value; an empty one is none, as for AWS's own tools.
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    static let ofProcess = Surroundings(
        environment: ProcessInfo.processInfo.environment,
        readFile: { path in
            (try? FileDescriptors.contents(ofFile: path, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
        },
        run: output, http: CurlExchange(), now: { Date().timeIntervalSince1970 })

    /// The corresponding C functions are `popen` and `pclose`.
    private static func output(of command: String) -> String? {
        guard let pipe = popen(command, "re") else { return nil }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = fread(&chunk, 1, chunk.count, pipe)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
