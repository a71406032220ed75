// SPDX-License-Identifier: Apache-2.0

/// What a history keeps of a flow, a topic or a partition, in this order. A partition has the first two, a topic three.
public enum HistoryMeasure: Int, Sendable, CaseIterable {
    case lagRecords, lagSeconds, recordsPerSecond, bytesPerSecond

    /// Of several samples in one place a lag is the worst, and unknown when one of them is; a rate is the mean.
    var isLag: Bool { self == .lagRecords || self == .lagSeconds }
}

/// Rows of measures at a fixed distance in time, in a ring of fixed size. A row's place follows from its time alone: time for
/// which nothing came is absent, and nothing is ever moved.
struct HistoryTrack: Equatable {
    /// Seconds from one row to the next.
    let step: Int64
    let rows: Int
    private let width: Int
    private var codes: [UInt16]
    /// Number of the newest row, its second divided by the step; `nil` before the first.
    private(set) var newest: Int64?
    /// The newest row as it is so far, and from how many samples.
    private var open: [Double?]
    private var samples = 0

    init(step: Int64, rows: Int, width: Int) {
        self.step = step
        self.rows = rows
        self.width = width
        codes = Array(repeating: CompactNumber.absent.code, count: rows * width)
        open = Array(repeating: nil, count: width)
    }

    var byteCount: Int { codes.count * MemoryLayout<UInt16>.size + open.count * MemoryLayout<Double?>.size }

    /// Takes a sample in. One that is older than the newest row is ignored.
    ///
    /// - Parameters:
    ///   - sample: a value per measure, `nil` where it is unknown.
    ///   - second: by a clock that does not step.
    mutating func record(_ sample: [Double?], at second: Int64) {
        let row = second / step
        if let newest {
            guard row >= newest else { return }
            if row > newest { begin(row, after: newest) }
        } else {
            newest = row
        }
        samples += 1
        for index in 0..<width {
            if samples == 1 {
                open[index] = sample[index]
            } else {
                open[index] = merged(open[index], sample[index], isLag: HistoryMeasure(rawValue: index)?.isLag ?? false)
            }
            codes[place(row, index)] = CompactNumber(open[index]).code
        }
    }

    private mutating func begin(_ row: Int64, after last: Int64) {
        for gap in max(last + 1, row - Int64(rows) + 1)...row {
            for index in 0..<width { codes[place(gap, index)] = CompactNumber.absent.code }
        }
        newest = row
        samples = 0
    }

    private func merged(_ so: Double?, _ sample: Double?, isLag: Bool) -> Double? {
        guard let so, let sample else { return isLag ? nil : so ?? sample }
        return isLag ? max(so, sample) : so + (sample - so) / Double(samples)
    }

    private func place(_ row: Int64, _ index: Int) -> Int { Int(row % Int64(rows)) * width + index }

    /// The values of one measure, oldest first, `nil` where they are unknown.
    ///
    /// - Parameters:
    ///   - count: as many rows, at most ``rows``.
    ///   - second: the last of them is that of this second.
    ///   - points: so many values at most: neighbours become one, a lag the worst of them and a rate their mean.
    func values(_ measure: HistoryMeasure, _ count: Int, through second: Int64, points: Int) -> [Double?] {
        guard measure.rawValue < width else { return [] }
        let last = second / step
        let count = min(count, rows)
        let group = max(1, (count + points - 1) / max(1, points))
        // Groups begin at multiples of their size, so that a line moves and does not flicker.
        let lastGroup = last / Int64(group)
        return (0..<(count / group)).map { index in
            let number = lastGroup - Int64(count / group - 1 - index)
            return value(measure, from: number * Int64(group), count: group, through: last)
        }
    }

    private func value(_ measure: HistoryMeasure, from first: Int64, count: Int, through last: Int64) -> Double? {
        var result: Double?
        var known = 0
        for row in first..<(first + Int64(count)) where row <= last {
            guard let code = code(measure, at: row), code != .absent else { continue }
            guard let value = code.value else {
                if measure.isLag { return nil }
                continue
            }
            known += 1
            guard let sum = result else {
                result = value
                continue
            }
            result = measure.isLag ? max(sum, value) : sum + value
        }
        return measure.isLag || known == 0 ? result : result.map { $0 / Double(known) }
    }

    private func code(_ measure: HistoryMeasure, at row: Int64) -> CompactNumber? {
        guard let newest, row >= 0, row <= newest, row > newest - Int64(rows) else { return nil }
        return CompactNumber(code: codes[place(row, measure.rawValue)])
    }
}
