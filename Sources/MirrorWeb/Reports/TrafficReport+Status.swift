// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension TrafficReport {
    /// - Parameters:
    ///   - flow: this one only.
    ///   - now: milliseconds since 1970.
    init(_ status: MirrorStatus, flow: String?, now: Int64) {
        self.init(
            generatedAt: DateTime(milliseconds: status.generatedAt), snapshotAgeSeconds: status.ageSeconds(at: now),
            flows: status.flows.filter { $0.isEnabled && (flow == nil || flow == $0.name.description) }
                .sorted { $0.name < $1.name }.map(Flow.init))
    }
}

extension TrafficReport.Flow {
    /// Topics that are named.
    private static let topicCount = 10

    fileprivate init(_ flow: FlowStatus) {
        let link = flow.link
        self.init(
            source: flow.name.source.rawValue, target: flow.name.target.rawValue,
            read: .init(link.reading, wireBytes: link.wire.read),
            written: .init(
                link.writing, wireBytes: link.wire.written + link.wire.progress, progressBytes: link.wire.progress))
        since = link.since.map { DateTime(milliseconds: $0) }
        discarded = ForwardingPolicy.Reason.allCases.map { reason in
            let (records, bytes) = link.records.discarded(reason)
            return TrafficReport.Discarded(reason: reason.rawValue, records: records, bytes: bytes)
        }
        billableSide = link.side?.rawValue
        billableBytes = link.billableBytes
        pricePerGigabyte = link.pricePerGigabyte
        cost = link.cost?.amount
        discardedCost = link.discardedCost?.amount
        savedCost = link.savedCost?.amount
        windowSeconds = link.windowSeconds.measure ?? 0
        monthlyBytes = link.monthlyBytes.map { Int64(min($0, 9e18).rounded()) }
        monthlyCost = link.monthlyCost?.amount
        topics = flow.topicTraffic(Self.topicCount).map(TrafficReport.Topic.init)
        topicsOmitted = Int64(flow.topics.count - topics.count)
    }
}

extension TrafficReport.Side {
    fileprivate init(_ compression: LinkCompression, wireBytes: Int64, progressBytes: Int64? = nil) {
        self.init(wireBytes: wireBytes, progressBytes: progressBytes, recordBytes: compression.recordBytes)
        compressionRatio = compression.ratio.measure
        savedBytes = compression.savedBytes
    }
}

extension TrafficReport.Topic {
    fileprivate init(_ topic: TopicTraffic) {
        self.init(
            topic: topic.topic.rawValue, fetchedBytes: topic.counters.fetchedBytes,
            replicatedBytes: topic.counters.replicatedBytes, discardedBytes: topic.counters.discardedBytes)
        share = topic.share.map { ($0 * 1e4).rounded() / 1e4 }
        cost = topic.cost?.amount
    }
}

extension Double {
    /// Money, to a millionth of the currency: what a quiet flow costs in an hour is a small part of a cent.
    fileprivate var amount: Double { (self * 1e6).rounded() / 1e6 }
}
