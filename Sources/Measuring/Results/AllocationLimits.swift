// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// How many allocations each measured thing may ask for, by its name: `Tests/Thresholds/allocations.json`.
///
/// Time on a shared machine says little about a change; the number of allocations is the same on every machine.
struct AllocationLimits: Decodable, Equatable {
    var limits: [String: Double]

    /// One measurement against its limit.
    struct Row: Encodable, Equatable {
        var name: String
        var unit: String
        var mallocs: Double
        var limit: Double
        var isKept: Bool { mallocs <= limit }
    }

    init(limits: [String: Double]) { self.limits = limits }

    /// - Throws: `BenchFailure` with what is wrong with the file.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw BenchFailure("\(file) cannot be read")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw BenchFailure(#"\#(file): {"limits": {"NAME": NUMBER, …}} is expected: \#(error)"#)
        }
    }

    /// - Throws: `BenchFailure` when something was measured that has no limit, was not counted, or the other way round: a limit that is
    ///   compared with nothing would be kept for ever.
    func rows(of samples: [MicroSample]) throws -> [Row] {
        let rows = try samples.map { sample in
            guard let limit = limits[sample.name] else { throw BenchFailure("'\(sample.name)' has no limit") }
            guard let mallocs = sample.mallocs else {
                throw BenchFailure(
                    "'\(sample.name)': allocations are not counted: the program is not linked with jemalloc")
            }
            return Row(name: sample.name, unit: sample.unit, mallocs: mallocs, limit: limit)
        }
        if let name = limits.keys.sorted().first(where: { name in !samples.contains { $0.name == name } }) {
            throw BenchFailure("'\(name)' has a limit, but nothing of that name is measured")
        }
        return rows
    }
}
