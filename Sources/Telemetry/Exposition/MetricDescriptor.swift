// SPDX-License-Identifier: Apache-2.0

/// What a metric is, apart from its values: the line of a catalogue.
public struct MetricDescriptor: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// The name as it is queried: counters with their `_total`.
    public let name: String
    public let kind: Kind
    public let labels: [String]
    /// One sentence, for the page and the documentation.
    public let help: String

    public init(_ name: String, _ kind: Kind, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }

    /// The name of the family: OpenMetrics 1.0 takes `_total` as a part of the sample, not of the counter.
    func familyName(in format: ExpositionFormat) -> Substring {
        guard format == .openMetrics, kind == .counter, name.hasSuffix("_total") else { return name[...] }
        return name.dropLast("_total".count)
    }
}

/// A histogram's state: counts per bucket, not cumulative, one more of them than bounds.
public struct HistogramValue: Sendable, Equatable {
    public var bounds: [Double]
    public var counts: [Int64]
    public var sum: Double

    public init(bounds: [Double], counts: [Int64], sum: Double) {
        precondition(counts.count == bounds.count + 1, "\(bounds.count) bounds, \(counts.count) counts")
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    public init(bounds: [Double]) {
        self.init(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1), sum: 0)
    }

    public mutating func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}

public enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus text format 0.0.4.
    case prometheusText
    /// OpenMetrics 1.0.
    case openMetrics

    public var contentType: String {
        switch self {
        case .prometheusText: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
