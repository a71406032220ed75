// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// What a flow has had on the network since it was started in this process, what became of it, and what it costs.
///
/// Record bytes are of keys and values, uncompressed. Costs are in the currency of the price; `nil` is "unknown".
public struct LinkTraffic: Sendable, Equatable {
    /// When the count began, milliseconds since 1970; `nil` before.
    public var since: Int64?
    public var wire = WireBytes()
    /// Over all topics, those that are gone included.
    public var records = TopicCounters()
    /// Where bytes are counted for the price now; `nil` before both distances are known.
    public var side: LinkSide?
    /// Bytes that crossed between regions, each counted on the side that was the far one when it went.
    public var billableBytes: Int64 = 0
    /// Of 10⁹ bytes.
    public var pricePerGigabyte: Double?
    /// The last hour, or what there is of it: how long, and how many billable bytes.
    public var windowSeconds = 0.0
    public var windowBytes: Int64 = 0

    public init() {}

    /// A month is 30 days.
    public static let monthSeconds = 2_592_000.0
    /// A shorter window says little about a month.
    public static let leastWindowSeconds = 300.0

    public var cost: Double? { cost(of: Double(billableBytes)) }

    /// Billable bytes of 30 days that are like the window; `nil` while the window is shorter than five minutes.
    public var monthlyBytes: Double? {
        guard windowSeconds >= Self.leastWindowSeconds else { return nil }
        return Double(windowBytes) / windowSeconds * Self.monthSeconds
    }
    public var monthlyCost: Double? { monthlyBytes.flatMap(cost) }

    private func cost(of bytes: Double) -> Double? { pricePerGigabyte.map { bytes / 1e9 * $0 } }
}

/// What compression did on one side of a flow.
public struct LinkCompression: Sendable, Equatable {
    /// Of records, uncompressed; and what these took on the network.
    public var recordBytes: Int64
    public var wireBytes: Int64

    /// How many bytes of records a byte on the network carried; below 1 where headers, framing and empty answers outweigh them.
    /// `nil` before there are both.
    public var ratio: Double? {
        recordBytes > 0 && wireBytes > 0 ? Double(recordBytes) / Double(wireBytes) : nil
    }
    /// Bytes that were not sent; 0 where the network carried no fewer than the records have, `nil` before there are both.
    public var savedBytes: Int64? { ratio == nil ? nil : max(0, recordBytes - wireBytes) }
}

extension LinkTraffic {
    public var reading: LinkCompression {
        LinkCompression(recordBytes: records.fetchedBytes, wireBytes: wire.read)
    }
    /// Positions have requests of their own, which carry no records.
    public var writing: LinkCompression {
        LinkCompression(recordBytes: records.replicatedBytes, wireBytes: wire.written)
    }

    /// What compression saved on the side that is counted.
    public var savedCost: Double? {
        let counted: LinkCompression? =
            switch side {
            case .source: reading
            case .target: writing
            case nil: nil
            }
        return counted?.savedBytes.flatMap { cost(of: Double($0)) }
    }

    /// The part of the cost so far that records which were discarded on arrival have: none where the target's bytes are counted, since
    /// they are never sent there.
    public var discardedCost: Double? {
        guard let cost, let side else { return nil }
        guard side == .source else { return 0 }
        guard records.fetchedBytes > 0 else { return nil }
        return cost * min(1, Double(records.discardedBytes) / Double(records.fetchedBytes))
    }
}

extension TopicCounters {
    /// Read and not sent, on purpose: records, and bytes of their keys and values.
    public func discarded(_ reason: ForwardingPolicy.Reason) -> (records: Int64, bytes: Int64) {
        switch reason {
        case .cycle: (filteredCycle, filteredCycleBytes)
        case .direct: (filteredDirect, filteredDirectBytes)
        case .hops: (filteredHops, filteredHopsBytes)
        }
    }

    public var discardedBytes: Int64 { ForwardingPolicy.Reason.allCases.reduce(0) { $0 + discarded($1).bytes } }

    /// What makes a flow's bytes on that side.
    func bytes(on side: LinkSide?) -> Int64 { side == .target ? replicatedBytes : fetchedBytes }
}

/// What a topic has of its flow's traffic.
public struct TopicTraffic: Sendable, Equatable {
    public var topic: TopicName
    public var counters: TopicCounters
    /// Its part of the flow's record bytes on the side that is counted, 0 to 1; `nil` before there are any.
    public var share: Double?
    /// The same part of the flow's cost so far.
    public var cost: Double?
}

extension FlowStatus {
    /// The topics that make most of the bytes that are counted, the most first.
    public func topicTraffic(_ count: Int) -> [TopicTraffic] {
        let side = link.side
        let all = link.records.bytes(on: side)
        let sorted = topics.sorted { left, right in
            let (a, b) = (left.counters, right.counters)
            return (b.bytes(on: side), b.fetchedBytes, left.topic) < (a.bytes(on: side), a.fetchedBytes, right.topic)
        }
        return sorted.prefix(count).map { topic in
            let share = all > 0 ? min(1, Double(topic.counters.bytes(on: side)) / Double(all)) : nil
            return TopicTraffic(
                topic: topic.topic, counters: topic.counters, share: share,
                cost: share.flatMap { share in link.cost.map { $0 * share } })
        }
    }
}
