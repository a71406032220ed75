// SPDX-License-Identifier: Apache-2.0

/// Several daemons as one: `GET /api/v1/fleet`, and the `data` of `tern status --fleet -o json`. It is made from the status
/// reports of all of them, by ``FleetReport/init(joining:at:)``.
public struct FleetReport: ReportDocument {
    public static let name = "FleetReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case daemons, clusters, flows
    }
    public typealias Key = CodingKeys
    public static let members: [Member<FleetReport>] = [
        .init(.generatedAt, \.generatedAt, "when the reports were joined", isVolatile: true),
        .init(.daemons, \.daemons, "the daemon that answers, then its peers, as `dashboard.peers` names them"),
        .init(.clusters, \.clusters, "the clusters of all of them, by name"),
        .init(.flows, \.flows, "the flows that any of them has enabled, by name"),
    ]

    public var generatedAt: DateTime
    public var daemons: [Daemon]
    public var clusters: [Cluster]
    public var flows: [Flow]

    public init(generatedAt: DateTime, daemons: [Daemon], clusters: [Cluster], flows: [Flow]) {
        self.generatedAt = generatedAt
        self.daemons = daemons
        self.clusters = clusters
        self.flows = flows
    }
}

extension FleetReport {
    public struct Daemon: Document {
        public static let name = "Daemon of a fleet report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case daemon = "name"
            case url
            case isSelf = "self"
            case state, problem
            case lastAnswerAt = "last_answer_at"
            case figuresAgeSeconds = "figures_age_seconds"
            case instance, version, region
            case startedAt = "started_at"
            case isReady = "ready"
            case isDraining = "draining"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Daemon>] = [
            .init(.daemon, \.daemon, "what this report calls it: its URL, or `self` for the daemon that answers"),
            .init(
                .url, \.url, "its URL in `dashboard.peers`; null for the daemon that answers, unless it is listed, too"),
            .init(.isSelf, \.isSelf, "whether it is the daemon that answers"),
            .init(
                .state, \.state,
                "`heard`; `stale`: it answers, and its figures are older than 15 s; `silent`: no answer within 6 s; `duplicate`: "
                    + "another URL names the same daemon. Figures count only of those that are `heard`",
                words: StateWords.daemon),
            .init(.problem, \.problem, "why it is not `heard`, in a sentence"),
            .init(
                .lastAnswerAt, \.lastAnswerAt, "when it last answered; null where it never has", isVolatile: true),
            .init(
                .figuresAgeSeconds, \.figuresAgeSeconds,
                "how old its figures are, in seconds; null where there are none",
                isVolatile: true),
            .init(.instance, \.instance, "another one at each start of its process; null where it is not known"),
            .init(.version, \.version, "Tern's version there; null where it is not known"),
            .init(.region, \.region, "its region; null where it is not known"),
            .init(.startedAt, \.startedAt, "when its process started; null where it is not known"),
            .init(.isReady, \.isReady, "what its `/readyz` says; null while it is not heard"),
            .init(.isDraining, \.isDraining, "whether a stop was requested there; null while it is not heard"),
        ]

        public var daemon: String
        public var url: String?
        public var isSelf: Bool
        public var state: String
        public var problem: String?
        public var lastAnswerAt: DateTime?
        public var figuresAgeSeconds: Double?
        public var instance: String?
        public var version: String?
        public var region: String?
        public var startedAt: DateTime?
        public var isReady: Bool?
        public var isDraining: Bool?

        public init(daemon: String, url: String?, isSelf: Bool, state: String) {
            self.daemon = daemon
            self.url = url
            self.isSelf = isSelf
            self.state = state
        }
    }

    public struct Cluster: Document {
        public static let name = "Cluster of a fleet report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case cluster = "name"
            case clusterID = "cluster_id"
            case aliases
            case isUp = "up"
            case views
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Cluster>] = [
            .init(
                .cluster, \.cluster,
                "its alias, as the first daemon of the report has it; with the id behind it where another cluster has the same"
            ),
            .init(.clusterID, \.clusterID, "the id that its brokers have for it; null until a daemon knows it"),
            .init(.aliases, \.aliases, "what the daemons' files call it, each name once"),
            .init(
                .isUp, \.isUp,
                "whether it answers any of the daemons that are heard; null where none of these has it"),
            .init(.views, \.views, "how each daemon that has it in its file finds it"),
        ]

        public var cluster: String
        public var clusterID: String?
        public var aliases: [String]
        public var isUp: Bool?
        public var views: [View]

        public init(cluster: String, clusterID: String?, aliases: [String], isUp: Bool?, views: [View]) {
            self.cluster = cluster
            self.clusterID = clusterID
            self.aliases = aliases
            self.isUp = isUp
            self.views = views
        }
    }

    /// A cluster as one daemon finds it.
    public struct View: Document {
        public static let name = "View of a cluster"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case daemon, alias
            case isUp = "up"
            case downSince = "down_since"
            case problem
        }
        public typealias Key = CodingKeys
        public static let members: [Member<View>] = [
            .init(.daemon, \.daemon, "the daemon"),
            .init(.alias, \.alias, "its name in that daemon's file"),
            .init(.isUp, \.isUp, "whether it answers that daemon; null while the daemon is not heard"),
            .init(
                .downSince, \.downSince,
                "since when it has not; null while it does, when it never has, and while the daemon is not heard"),
            .init(.problem, \.problem, "why it does not, in a sentence"),
        ]

        public var daemon: String
        public var alias: String
        public var isUp: Bool?
        public var downSince: DateTime?
        public var problem: String?

        public init(daemon: String, alias: String, isUp: Bool?, downSince: DateTime?, problem: String?) {
            self.daemon = daemon
            self.alias = alias
            self.isUp = isUp
            self.downSince = downSince
            self.problem = problem
        }
    }
}
