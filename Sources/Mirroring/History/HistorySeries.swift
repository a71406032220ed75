// SPDX-License-Identifier: Apache-2.0

/// How far back a history is asked for.
public enum HistoryRange: String, Sendable, CaseIterable {
    case tenMinutes = "10m"
    case hour = "1h"
    case day = "24h"

    var seconds: Int64 {
        switch self {
        case .tenMinutes: 600
        case .hour: 3_600
        case .day: 86_400
        }
    }
}

/// The last hour and the last day of one flow, topic or partition.
public struct HistorySeries: Sendable, Equatable {
    /// The lines of a range.
    public struct Window: Sendable, Equatable {
        /// Seconds from one value to the next.
        public var stepSeconds: Int64
        /// By measure, oldest first; `nil` where a value is unknown. The last one is of now.
        public var values: [HistoryMeasure: [Double?]]
    }

    private var hour: HistoryTrack
    private var day: HistoryTrack
    private let width: Int
    /// When its lag was last anything but 0, and when it was last recorded.
    private(set) var troubledAt: Int64
    private(set) var recordedAt: Int64

    init(hourStep: Int64, width: Int, at second: Int64) {
        hour = HistoryTrack(step: hourStep, rows: Int(3_600 / hourStep), width: width)
        day = HistoryTrack(step: 60, rows: 1_440, width: width)
        self.width = width
        troubledAt = second
        recordedAt = second
    }

    var byteCount: Int { hour.byteCount + day.byteCount }

    mutating func record(_ sample: [Double?], at second: Int64) {
        hour.record(sample, at: second)
        day.record(sample, at: second)
        recordedAt = second
        if sample[HistoryMeasure.lagRecords.rawValue] != 0 { troubledAt = second }
    }

    /// - Parameters:
    ///   - second: now, by the clock of the recording.
    ///   - points: so many values at most per measure.
    public func window(_ range: HistoryRange, at second: Int64, points: Int) -> Window {
        let track = range == .day ? day : hour
        let count = Int(range.seconds / track.step)
        let group = max(1, (count + points - 1) / max(1, points))
        // The newest sample is now, as long as the next one is not overdue.
        let second = second / track.step - recordedAt / track.step <= 1 ? recordedAt : second
        var window = Window(stepSeconds: track.step * Int64(group), values: [:])
        for measure in HistoryMeasure.allCases where measure.rawValue < width {
            window.values[measure] = track.values(measure, count, through: second, points: points)
        }
        return window
    }
}

/// Series by name, as many as there is room for. When there is none, what begins to be behind takes the place of one that
/// has had nothing to show for an hour.
struct SeriesPool<Key: Hashable & Sendable>: Sendable {
    static var restSeconds: Int64 { 3_600 }
    let capacity: Int
    private let hourStep: Int64
    private let width: Int
    private(set) var series: [Key: HistorySeries] = [:]
    private var replaceable: [Key] = []

    init(capacity: Int, hourStep: Int64, width: Int) {
        self.capacity = capacity
        self.hourStep = hourStep
        self.width = width
    }

    var byteCount: Int { series.values.reduce(0) { $0 + $1.byteCount } }

    /// To be called before the samples of a round.
    mutating func beginRound(at second: Int64) {
        // What has been gone for a day has nothing left to show.
        for (key, one) in series where one.recordedAt < second - 86_400 { series[key] = nil }
        replaceable = []
        guard series.count >= capacity else { return }
        replaceable = series.filter { max($0.value.troubledAt, 0) < second - Self.restSeconds }.map(\.key)
    }

    mutating func record(_ key: Key, _ sample: [Double?], at second: Int64) {
        if series[key] == nil {
            if series.count >= capacity {
                guard sample[HistoryMeasure.lagRecords.rawValue] != 0, let rested = replaceable.popLast() else {
                    return
                }
                series[rested] = nil
            }
            series[key] = HistorySeries(hourStep: hourStep, width: width, at: second)
        }
        series[key]?.record(sample, at: second)
    }
}
