// SPDX-License-Identifier: Apache-2.0

/// A page of metrics in the making.
///
/// Families are sorted by name and stand together, as both formats demand; a family without a series is left out.
public struct Exposition: Sendable {
    public let format: ExpositionFormat
    private var families: [(name: String, bytes: [UInt8])] = []
    /// Samples on the page so far, a histogram's buckets included.
    public private(set) var sampleCount = 0

    public init(format: ExpositionFormat) { self.format = format }

    /// Writes one family. Call it once per metric.
    public mutating func family(_ descriptor: MetricDescriptor, _ body: (inout MetricFamily) -> Void) {
        var family = MetricFamily(descriptor, format: format)
        body(&family)
        guard family.sampleCount > 0 else { return }
        sampleCount += family.sampleCount
        families.append((descriptor.name, family.bytes))
    }

    public func emit(into page: inout [UInt8]) {
        page.reserveCapacity(page.count + families.reduce(8) { $0 + $1.bytes.count })
        for family in families.sorted(by: { $0.name < $1.name }) { page.append(contentsOf: family.bytes) }
        if format == .openMetrics { page.append(contentsOf: "# EOF\n".utf8) }
    }

    public var bytes: [UInt8] {
        var page: [UInt8] = []
        emit(into: &page)
        return page
    }
}

/// One metric with its series.
public struct MetricFamily: Sendable {
    let descriptor: MetricDescriptor
    private(set) var bytes: [UInt8] = []
    private(set) var sampleCount = 0

    init(_ descriptor: MetricDescriptor, format: ExpositionFormat) {
        self.descriptor = descriptor
        let name = descriptor.familyName(in: format)
        append("# HELP \(name) ")
        appendHelp(descriptor.help, format: format)
        append("\n# TYPE \(name) \(descriptor.kind.rawValue)\n")
    }

    /// Writes a series; an unknown value is an absent series, never a zero.
    public mutating func sample(_ labels: LabelSet = LabelSet(), _ value: Int64?) {
        guard let value else { return }
        line(suffix: "", labels, le: nil, String(value))
    }

    public mutating func sample(_ labels: LabelSet = LabelSet(), _ value: Double?) {
        guard let value else { return }
        line(suffix: "", labels, le: nil, Self.text(of: value))
    }

    public mutating func sample(_ labels: LabelSet = LabelSet(), _ value: Bool) {
        line(suffix: "", labels, le: nil, value ? "1" : "0")
    }

    public mutating func histogram(_ labels: LabelSet = LabelSet(), _ histogram: HistogramValue) {
        var cumulative: Int64 = 0
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            cumulative += count
            line(suffix: "_bucket", labels, le: Self.text(of: bound), String(cumulative))
        }
        cumulative += histogram.counts.last ?? 0
        line(suffix: "_bucket", labels, le: "+Inf", String(cumulative))
        line(suffix: "_sum", labels, le: nil, Self.text(of: histogram.sum))
        line(suffix: "_count", labels, le: nil, String(cumulative))
    }

    private mutating func line(suffix: String, _ labels: LabelSet, le: String?, _ value: String) {
        precondition(labels.names == descriptor.labels, "\(descriptor.name): labels \(labels.names)")
        sampleCount += 1
        append(descriptor.name)
        append(suffix)
        if le != nil || !labels.bytes.isEmpty {
            append("{")
            bytes.append(contentsOf: labels.bytes)
            if let le { append((labels.bytes.isEmpty ? "" : ",") + "le=\"\(le)\"") }
            append("}")
        }
        append(" ")
        append(value)
        append("\n")
    }

    private mutating func append(_ text: some StringProtocol) { bytes.append(contentsOf: text.utf8) }

    /// OpenMetrics escapes quotes in help, the older format must not.
    private mutating func appendHelp(_ help: String, format: ExpositionFormat) {
        for byte in help.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where format == .openMetrics: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    /// Whole numbers keep their ".0": OpenMetrics wants bounds so, and a bound must not change with the format.
    static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value.description
    }
}
