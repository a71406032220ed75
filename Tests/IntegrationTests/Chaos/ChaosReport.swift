// SPDX-License-Identifier: Apache-2.0

/// What a run tells on its standard output: a line for each fault, and in the end a table of how long it took until everything that the
/// source had by then was on the target.
struct ChaosReport {
    let title: String
    private(set) var faults = 0
    /// In seconds, of faults that came alone.
    private var recoveries: [ChaosFault.Kind: [Double]] = [:]
    private var pairs: [Double] = []

    init(_ seed: UInt64, _ delivery: String) { title = "chaos: seed \(seed), \(delivery)" }

    mutating func note(_ faults: [ChaosFault], recovery: Duration) {
        self.faults += faults.count
        let seconds = recovery / .seconds(1)
        if let kind = faults.first?.kind, faults.count == 1 {
            recoveries[kind, default: []].append(seconds)
        } else {
            pairs.append(seconds)
        }
        print(
            "\(title): \(faults.map(\.description).joined(separator: ", and ")): mended after \(Self.text(seconds)) s")
    }

    func close(_ comparison: ChaosComparison, after time: Duration) {
        print("\(title): \(faults) faults in \(Int(time / .seconds(1))) s, \(comparison)")
        for kind in ChaosFault.Kind.allCases {
            guard let list = recoveries[kind] else { continue }
            print("\(title): | \(kind.rawValue) | \(Self.row(list)) |")
        }
        if !pairs.isEmpty { print("\(title): | two at once | \(Self.row(pairs)) |") }
    }

    /// How many, the median and the worst.
    private static func row(_ list: [Double]) -> String {
        let sorted = list.sorted()
        return "\(list.count) | \(text(sorted[sorted.count / 2])) | \(text(sorted[sorted.count - 1]))"
    }

    private static func text(_ seconds: Double) -> String { String(Double(Int(seconds * 10)) / 10) }
}
