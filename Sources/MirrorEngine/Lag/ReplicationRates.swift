// SPDX-License-Identifier: Apache-2.0

/// Records and bytes per second, over the last ten seconds of totals.
struct ReplicationRates: Sendable {
    private struct Sample {
        var at: Int64
        var records: Int64
        var bytes: Int64
    }
    private static let window: Int64 = 10_000
    private var samples: [Sample] = []

    /// - Parameters:
    ///   - now: milliseconds.
    ///   - records, bytes: totals; a total that fell starts the window anew, as when a lane moved away.
    mutating func add(at now: Int64, records: Int64, bytes: Int64) {
        if let last = samples.last, last.records > records || last.at > now { samples = [] }
        samples.append(Sample(at: now, records: records, bytes: bytes))
        samples.removeAll { now - $0.at > Self.window }
    }

    var recordsPerSecond: Double { rate { $0.records } }
    var bytesPerSecond: Double { rate { $0.bytes } }

    private func rate(_ total: (Sample) -> Int64) -> Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at else { return 0 }
        return Double(total(last) - total(first)) / (Double(last.at - first.at) / 1000)
    }
}
