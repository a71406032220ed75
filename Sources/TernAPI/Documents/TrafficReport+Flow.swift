// SPDX-License-Identifier: Apache-2.0

extension TrafficReport {
    public struct Flow: Document {
        public static let name = "Flow of a traffic report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target, since, read, written, discarded
            case billableSide = "billable_side"
            case billableBytes = "billable_bytes"
            case pricePerGigabyte = "price_per_gigabyte"
            case cost
            case discardedCost = "discarded_cost"
            case savedCost = "saved_cost"
            case windowSeconds = "window_seconds"
            case monthlyBytes = "monthly_bytes"
            case monthlyCost = "monthly_cost"
            case topics
            case topicsOmitted = "topics_omitted"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Flow>] = [
            .init(.source, \.source, "the cluster that is read"),
            .init(.target, \.target, "the cluster that is written"),
            .init(.since, \.since, "when the count began: the flow's start in this process; null before"),
            .init(.read, \.read, "the side of the source"),
            .init(.written, \.written, "the side of the target"),
            .init(.discarded, \.discarded, "what was read and not sent on purpose, by reason"),
            .init(
                .billableSide, \.billableSide,
                "where bytes are counted for the price now; null before the distances are known",
                words: TrafficWords.sides),
            .init(
                .billableBytes, \.billableBytes,
                "bytes on the network that crossed between regions, each counted on the side that was far when it went"),
            .init(.pricePerGigabyte, \.pricePerGigabyte, "of 10^9 bytes (link.price.per.gb); null where none is set"),
            .init(.cost, \.cost, "of the billable bytes, in the price's currency; null without a price"),
            .init(
                .discardedCost, \.discardedCost,
                "the part of the cost that discarded records have, by their bytes; 0 where the target's side is billable, "
                    + "null without a price or records"),
            .init(
                .savedCost, \.savedCost,
                "what `saved_bytes` of the billable side would have cost; null without a price or bytes"),
            .init(.windowSeconds, \.windowSeconds, "how much time the estimate goes by: the last hour, or less"),
            .init(
                .monthlyBytes, \.monthlyBytes,
                "billable bytes of 30 days like this window; null while it is shorter than 300 s"),
            .init(.monthlyCost, \.monthlyCost, "their cost; null without a price, too"),
            .init(.topics, \.topics, "the ten topics with the most record bytes on the billable side"),
            .init(.topicsOmitted, \.topicsOmitted, "how many other topics there are"),
        ]

        public var source: String
        public var target: String
        public var since: DateTime?
        public var read: Side
        public var written: Side
        public var discarded: [Discarded] = []
        public var billableSide: String?
        public var billableBytes: Int64 = 0
        public var pricePerGigabyte: Double?
        public var cost: Double?
        public var discardedCost: Double?
        public var savedCost: Double?
        public var windowSeconds: Double = 0
        public var monthlyBytes: Int64?
        public var monthlyCost: Double?
        public var topics: [Topic] = []
        public var topicsOmitted: Int64 = 0

        /// `source->target`.
        public var flowName: String { "\(source)->\(target)" }

        public init(source: String, target: String, read: Side, written: Side) {
            self.source = source
            self.target = target
            self.read = read
            self.written = written
        }
    }
}

/// The words of `/api/v1/traffic`.
public enum TrafficWords {
    public static let sides = ["source", "target"]
}
