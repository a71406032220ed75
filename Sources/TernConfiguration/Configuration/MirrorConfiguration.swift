// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes

/// The configuration of a daemon: clusters, flows, and the settings of the process.
public struct MirrorConfiguration: Sendable {
    /// In the order of `clusters`.
    public var clusters: [ClusterConfiguration]
    /// The selected pairs, sorted by the order of their source, then of their target, in `clusters`.
    public var flows: [FlowConfiguration]
    public var http: HTTPConfiguration
    public var log: LogConfiguration
    public var health: HealthConfiguration
    public var meter: MeterConfiguration
    /// Path of the socket for whoever administers the daemon; `nil` where there is none.
    public var adminSocket: String?
    /// `nil` where no spans are exported.
    public var tracing: TracingConfiguration?
    public var dashboard = DashboardConfiguration()

    public init(
        clusters: [ClusterConfiguration], flows: [FlowConfiguration], http: HTTPConfiguration = HTTPConfiguration(),
        log: LogConfiguration = LogConfiguration(), health: HealthConfiguration,
        meter: MeterConfiguration = MeterConfiguration()
    ) {
        self.clusters = clusters
        self.flows = flows
        self.http = http
        self.log = log
        self.health = health
        self.meter = meter
    }

    public func cluster(_ alias: ClusterAlias) -> ClusterConfiguration? { clusters.first { $0.alias == alias } }
    public func flow(_ name: FlowName) -> FlowConfiguration? { flows.first { $0.name == name } }

    /// Whether a flow the other way is enabled.
    public func hasFlow(backFrom name: FlowName) -> Bool {
        flow(FlowName(source: name.target, target: name.source))?.isEnabled == true
    }
}

/// One cluster of the file.
public struct ClusterConfiguration: Sendable, Equatable {
    public var alias: ClusterAlias
    /// `host:port` separated by commas, without blanks.
    public var bootstrapServers: String
    /// Of a client that only asks and administers: `A.…` and `A.admin.…`, under librdkafka's names.
    public var adminProperties: ClientProperties

    public init(alias: ClusterAlias, bootstrapServers: String, adminProperties: ClientProperties) {
        self.alias = alias
        self.bootstrapServers = bootstrapServers
        self.adminProperties = adminProperties
    }
}

/// The HTTP listener.
public struct HTTPConfiguration: Sendable, Equatable {
    /// When `/readyz` says yes.
    public enum Readiness: String, Sendable, CaseIterable {
        /// One enabled flow has both its clusters.
        case any
        /// Every enabled flow has.
        case all
        /// As soon as the process serves.
        case none
    }

    /// How finely `/metrics` goes.
    public enum MetricsDetail: String, Sendable, CaseIterable {
        /// `partition` up to 2,000 partitions, `topic` above.
        case auto
        case flow, topic, partition
    }

    /// `nil` where no listener is wanted.
    public var listen: ListenAddress?
    public var maximumConnections: Int
    public var idleTimeout: Duration
    public var readiness: Readiness
    public var metricsDetail: MetricsDetail
    /// Path of the file that says who may log in, and by which certificate; `nil` where there is none.
    public var webFile: String?

    public init(
        listen: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 9470), maximumConnections: Int = 64,
        idleTimeout: Duration = .seconds(15), readiness: Readiness = .any, metricsDetail: MetricsDetail = .auto
    ) {
        self.listen = listen
        self.maximumConnections = maximumConnections
        self.idleTimeout = idleTimeout
        self.readiness = readiness
        self.metricsDetail = metricsDetail
    }
}

/// An IP address or host name, and a port; port 0 lets the system choose.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Without the brackets of an IPv6 address.
    public var host: String
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Nobody but this machine reaches it, as far as the text says.
    public var isLoopback: Bool {
        ["localhost", "::1"].contains(host.lowercased()) || Self.isLoopback(ofFourParts: host)
    }

    /// An address of 127.0.0.0/8 in the four-part form only: "127.1" and "0x7f000001" are ways to write it that no honest client uses.
    public static func isLoopback(ofFourParts name: some StringProtocol) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil && $0.first != "+" }
    }

    /// `127.0.0.1:9470` or `[::1]:9470`.
    public var description: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

public struct LogConfiguration: Sendable, Equatable {
    public enum Level: String, Sendable, CaseIterable { case error, warning, info, debug, trace }
    public enum Format: String, Sendable, CaseIterable { case logfmt, json }

    public var level: Level
    public var format: Format

    public init(level: Level = .info, format: Format = .logfmt) {
        self.level = level
        self.format = format
    }
}

/// The region check, `/health`.
public struct HealthConfiguration: Sendable, Equatable {
    /// The cluster that is read from and written to.
    public var cluster: ClusterAlias
    /// What the answer calls this region.
    public var region: String
    /// How long a read or a write may take.
    public var timeout: Duration

    public init(cluster: ClusterAlias, region: String, timeout: Duration = .seconds(5)) {
        self.cluster = cluster
        self.region = region
        self.timeout = timeout
    }
}

/// How often lag is measured.
public struct MeterConfiguration: Sendable, Equatable {
    public var interval: Duration

    public init(interval: Duration = .seconds(1)) { self.interval = interval }
}
