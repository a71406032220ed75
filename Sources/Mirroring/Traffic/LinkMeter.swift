// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// Bytes that a flow's lanes had on the network: whole requests and answers, compressed, before encryption.
public struct WireBytes: Sendable, Equatable {
    /// Got from the source.
    public var read: Int64
    /// Sent to the target by the producers of records.
    public var written: Int64
    /// Sent to the target by the producers of positions, which also send single records.
    public var progress: Int64

    public init(read: Int64 = 0, written: Int64 = 0, progress: Int64 = 0) {
        (self.read, self.written, self.progress) = (read, written, progress)
    }

    public func bytes(on side: LinkSide) -> Int64 {
        switch side {
        case .source: read
        case .target: written + progress
        }
    }
}

/// Of a flow, where its bytes are counted.
public enum LinkSide: String, Sendable, CaseIterable { case source, target }

/// Adds up which of a flow's bytes cross between regions, each byte on the side that was far when it went, and keeps the
/// last hour of them.
public struct LinkMeter: Sendable {
    /// The network's, to each side; `nil` before the first answer.
    public struct RoundTrips: Sendable {
        public var source: Duration?
        public var target: Duration?

        public init(source: Duration?, target: Duration?) { (self.source, self.target) = (source, target) }
    }

    private struct Sample: Sendable {
        var at: Duration
        var bytes: Int64
    }

    /// What the monthly estimate goes by.
    static let window = Duration.seconds(3_600)
    private static let step = Duration.seconds(60)

    public var configuration: LinkConfiguration
    private var wire = WireBytes()
    /// Bytes before that were added to ``billableBytes`` already.
    private var billed = WireBytes()
    private var billableBytes: Int64 = 0
    private var side: LinkSide?
    private var elapsed = Duration.zero
    private var samples = [Sample(at: .zero, bytes: 0)]

    public init(_ configuration: LinkConfiguration) { self.configuration = configuration }

    /// - Parameters:
    ///   - wire: totals, which never fall.
    ///   - elapsed: since the count began, by a clock that does not step.
    public mutating func add(_ wire: WireBytes, _ roundTrips: RoundTrips, at elapsed: Duration) {
        self.wire = wire
        self.elapsed = elapsed
        side = side(at: roundTrips)
        // What came before the distances are known counts as soon as they are.
        guard let side else { return }
        billableBytes += max(0, wire.bytes(on: side) - billed.bytes(on: side))
        billed = wire
        while samples.count > 1, elapsed - samples[1].at >= Self.window { samples.removeFirst() }
        if let last = samples.last, elapsed - last.at >= Self.step {
            samples.append(Sample(at: elapsed, bytes: billableBytes))
        }
    }

    private func side(at roundTrips: RoundTrips) -> LinkSide? {
        switch configuration.side {
        case .source: return .source
        case .target: return .target
        case .auto: break
        }
        guard let source = roundTrips.source, let target = roundTrips.target else { return side }
        switch (source >= ConnectionPlan.nearLimit, target >= ConnectionPlan.nearLimit) {
        case (false, true): return .target
        // Round trips that change a little would have the side change with them.
        case (true, true): return side ?? (target > source ? .target : .source)
        case (true, false), (false, false): return .source
        }
    }

    /// - Parameters:
    ///   - records: the flow's, as its lanes have counted them.
    ///   - since: when the count began, milliseconds since 1970.
    public func traffic(records: TopicCounters, since: Int64) -> LinkTraffic {
        var traffic = LinkTraffic()
        traffic.since = since
        traffic.wire = wire
        traffic.records = records
        traffic.side = side
        traffic.billableBytes = billableBytes
        traffic.pricePerGigabyte = configuration.pricePerGigabyte
        if let first = samples.first {
            traffic.windowSeconds = (elapsed - first.at) / .seconds(1)
            traffic.windowBytes = billableBytes - first.bytes
        }
        return traffic
    }
}
