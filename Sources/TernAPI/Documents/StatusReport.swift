// SPDX-License-Identifier: Apache-2.0

/// The mirror at a glance, small whatever the number of topics: `GET /api/v1/status`, and the `data` of
/// `tern status -o json`.
public struct StatusReport: ReportDocument {
    public static let name = "StatusReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case snapshotAgeSeconds = "snapshot_age_seconds"
        case program, instance
        case startedAt = "started_at"
        case isStarted = "started"
        case isReady = "ready"
        case isDraining = "draining"
        case region, clusters, flows, jobs
        case lastReload = "last_reload"
    }
    public typealias Key = CodingKeys
    public static let members: [Member<StatusReport>] = [
        .init(.generatedAt, \.generatedAt, "when these figures were measured"),
        .init(.snapshotAgeSeconds, \.snapshotAgeSeconds, "how long ago that was, in seconds", isVolatile: true),
        .init(.program, \.program, "what is running"),
        .init(
            .instance, \.instance,
            "another one at each start of a process: by it a daemon knows itself among its peers",
            omitsNull: true),
        .init(.startedAt, \.startedAt, "when the process started"),
        .init(.isStarted, \.isStarted, "whether the configuration was read and the listeners are bound"),
        .init(.isReady, \.isReady, "what `/readyz` says"),
        .init(.isDraining, \.isDraining, "whether a stop was requested"),
        .init(.region, \.region, "the region check, in short"),
        .init(.clusters, \.clusters, "the clusters, by alias"),
        .init(.flows, \.flows, "the flows, by name, those that are not enabled included"),
        .init(.jobs, \.jobs, "what comes round and is overdue, or whose last round failed", omitsNull: true),
        .init(
            .lastReload, \.lastReload, "the last time that the configuration was read again; not there before",
            omitsNull: true),
    ]

    public var generatedAt: DateTime
    public var snapshotAgeSeconds: Double
    public var program: Program
    /// `nil`: of an older daemon.
    public var instance: String?
    public var startedAt: DateTime
    public var isStarted: Bool
    public var isReady: Bool
    public var isDraining: Bool
    public var region: Region
    public var clusters: [Cluster]
    public var flows: [Flow]
    /// `nil`: of an older daemon.
    public var jobs: [Job]?
    public var lastReload: Reload?

    public init(
        generatedAt: DateTime, snapshotAgeSeconds: Double, program: Program, startedAt: DateTime, isStarted: Bool,
        isReady: Bool, isDraining: Bool, region: Region, clusters: [Cluster], flows: [Flow], jobs: [Job]? = nil
    ) {
        self.generatedAt = generatedAt
        self.snapshotAgeSeconds = snapshotAgeSeconds
        self.program = program
        self.startedAt = startedAt
        self.isStarted = isStarted
        self.isReady = isReady
        self.isDraining = isDraining
        self.region = region
        self.clusters = clusters
        self.flows = flows
        self.jobs = jobs
    }
}

extension StatusReport {
    public struct Program: Document {
        public static let name = "Program"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case version, revision
            case swiftVersion = "swift_version"
            case clientVersion = "client_version"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Program>] = [
            .init(.version, \.version, "Tern's version"),
            .init(.revision, \.revision, "the commit it was built from; empty when that was not recorded"),
            .init(.swiftVersion, \.swiftVersion, "the compiler's version"),
            .init(.clientVersion, \.clientVersion, "librdkafka's version"),
        ]

        public var version: String
        public var revision: String
        public var swiftVersion: String
        public var clientVersion: String

        public init(version: String, revision: String, swiftVersion: String, clientVersion: String) {
            self.version = version
            self.revision = revision
            self.swiftVersion = swiftVersion
            self.clientVersion = clientVersion
        }
    }

    public struct Region: Document {
        public static let name = "Region"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case region
            case isHealthy = "healthy"
            case isForcedUnhealthy = "forced_unhealthy"
            case checkedAt = "checked_at"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Region>] = [
            .init(.region, \.region, "the region's name"),
            .init(.isHealthy, \.isHealthy, "what the last check came to; null before the first"),
            .init(.isForcedUnhealthy, \.isForcedUnhealthy, "whether an operator drains the region"),
            .init(.checkedAt, \.checkedAt, "when it was last checked"),
        ]

        public var region: String
        public var isHealthy: Bool?
        public var isForcedUnhealthy: Bool
        public var checkedAt: DateTime?

        public init(region: String, isHealthy: Bool?, isForcedUnhealthy: Bool, checkedAt: DateTime?) {
            self.region = region
            self.isHealthy = isHealthy
            self.isForcedUnhealthy = isForcedUnhealthy
            self.checkedAt = checkedAt
        }
    }

    public struct Cluster: Document {
        public static let name = "Cluster"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case alias
            case clusterID = "cluster_id"
            case isUp = "up"
            case downSince = "down_since"
            case problem
            case authenticationFailures = "auth_failures"
            case roundTripSeconds = "round_trip_seconds"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Cluster>] = [
            .init(.alias, \.alias, "its name in the configuration"),
            .init(.clusterID, \.clusterID, "the id that its brokers have for it; null until one has answered"),
            .init(.isUp, \.isUp, "whether it answered in the last interval"),
            .init(.downSince, \.downSince, "since when it has not; null while it is up, and when it never answered"),
            .init(.problem, \.problem, "why it is down, in a sentence"),
            .init(.authenticationFailures, \.authenticationFailures, "logins that it refused"),
            .init(
                .roundTripSeconds, \.roundTripSeconds,
                "the least that an answer took lately, in seconds; null before the first"),
        ]

        public var alias: String
        public var clusterID: String?
        public var isUp: Bool
        public var downSince: DateTime?
        public var problem: String?
        public var authenticationFailures: Int64
        public var roundTripSeconds: Double?

        public init(
            alias: String, clusterID: String?, isUp: Bool, downSince: DateTime?, problem: String?,
            authenticationFailures: Int64, roundTripSeconds: Double? = nil
        ) {
            self.alias = alias
            self.clusterID = clusterID
            self.isUp = isUp
            self.downSince = downSince
            self.problem = problem
            self.authenticationFailures = authenticationFailures
            self.roundTripSeconds = roundTripSeconds
        }
    }
}
