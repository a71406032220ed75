// SPDX-License-Identifier: Apache-2.0

/// What `GET /health` says: whether the region takes writes, and whether an operator drains it.
public struct RegionCheck: Document {
    public static let name = "RegionCheck"
    public enum CodingKeys: String, CodingKey, CaseIterable { case region, timestamp, status, checks }
    public typealias Key = CodingKeys
    public static let members: [Member<RegionCheck>] = [
        .init(.region, \.region, "the region's name"),
        .init(.timestamp, \.timestamp, "when it was checked"),
        .init(.status, \.status, "whether all checks passed", words: words),
        .init(.checks, \.checks, "each check"),
    ]
    static let words = ["healthy", "unhealthy"]

    public var region: String
    public var timestamp: DateTime
    public var status: String
    public var checks: [Check]

    public var isHealthy: Bool { status == Self.words[0] }

    public init(region: String, timestamp: DateTime, checks: [Check]) {
        self.region = region
        self.timestamp = timestamp
        self.checks = checks
        status = Self.words[checks.allSatisfy(\.isHealthy) ? 0 : 1]
    }

    public struct Check: Document {
        public static let name = "Check of a region check"
        public enum CodingKeys: String, CodingKey, CaseIterable { case name, status, detail }
        public typealias Key = CodingKeys
        public static let members: [Member<Check>] = [
            .init(.name, \.name, "what was checked: write, read, freshness, operator"),
            .init(.status, \.status, "whether it passed", words: words),
            .init(.detail, \.detail, "what was found, in a sentence"),
        ]

        public var name: String
        public var status: String
        public var detail: String

        public var isHealthy: Bool { status == RegionCheck.words[0] }

        public init(name: String, isHealthy: Bool, detail: String) {
            self.name = name
            status = RegionCheck.words[isHealthy ? 0 : 1]
            self.detail = detail
        }
    }
}

/// The body of a request to drain a region, or to end that. It may be empty.
public struct RegionDrainRequest: Document {
    public static let name = "RegionDrainRequest"
    public enum CodingKeys: String, CodingKey, CaseIterable { case reason }
    public typealias Key = CodingKeys
    public static let members: [Member<RegionDrainRequest>] = [
        .init(.reason, \.reason, "for the log; the first 500 characters of it", omitsNull: true)
    ]

    public var reason: String?

    public init(reason: String?) { self.reason = reason }
}

/// The answer to both.
public struct RegionDrain: ReportDocument {
    public static let name = "RegionDrain"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case isForcedUnhealthy = "forced_unhealthy"
        case reason
    }
    public typealias Key = CodingKeys
    public static let members: [Member<RegionDrain>] = [
        .init(.isForcedUnhealthy, \.isForcedUnhealthy, "whether the region is drained now"),
        .init(.reason, \.reason, "as it was given"),
    ]

    public var isForcedUnhealthy: Bool
    public var reason: String?

    public init(isForcedUnhealthy: Bool, reason: String?) {
        self.isForcedUnhealthy = isForcedUnhealthy
        self.reason = reason
    }
}
