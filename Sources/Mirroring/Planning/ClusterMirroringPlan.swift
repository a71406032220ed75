// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// What it takes to hand a flow over to Kafka's own Cluster Mirroring, and what is lost by that.
///
/// Source: KIP-1279 and the early-access branch of 2026; Kafka 4.5 may still change names.
public struct ClusterMirroringPlan: Sendable, Equatable {
    /// A line of a properties file.
    public struct Property: Sendable, Equatable {
        public var key: String
        /// `nil` where the value is secret: whoever writes the file has to fill it in.
        public var value: String?

        public init(_ key: String, _ value: String?) { (self.key, self.value) = (key, value) }

        /// As Java reads it back.
        public var line: String {
            guard let value else { return "\(key)=" }
            return "\(key)=" + value.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        }
    }

    public struct Step: Sendable, Equatable {
        /// What is done, and what has to be true before the next.
        public var title: String
        /// Lines for a shell; empty where a person acts.
        public var commands: [String]

        init(_ title: String, _ commands: [String] = []) { (self.title, self.commands) = (title, commands) }
    }

    public var flow: FlowName
    /// Why the flow cannot be handed over; there is nothing else then.
    public var obstacles: [String] = []
    public var mirror = ""
    /// The file that `--mirror-config` names.
    public var file = ""
    public var properties: [Property] = []
    public var steps: [Step] = []
    /// What the flow does today and Cluster Mirroring does not, each in a sentence.
    public var losses: [String] = []

    /// - Parameter connection: how the source is reached, under Java's names.
    public init(_ flow: FlowConfiguration, of configuration: MirrorConfiguration, connection: [Property]) {
        self.flow = flow.name
        obstacles = Self.obstacles(flow, configuration)
        guard obstacles.isEmpty, let target = configuration.cluster(flow.name.target) else { return }
        mirror = KafkaNames.legalized("\(flow.name.source)-to-\(flow.name.target)")
        file = "\(mirror).properties"
        properties = Self.properties(flow, configuration, connection)
        steps = steps(flow, at: target.bootstrapServers)
        losses = Self.losses(flow, configuration)
    }

    private static func obstacles(_ flow: FlowConfiguration, _ configuration: MirrorConfiguration) -> [String] {
        var found: [String] = []
        let (source, target) = (flow.name.source, flow.name.target)
        if !flow.isEnabled { return ["the flow is not enabled"] }
        if configuration.hasFlow(backFrom: flow.name) {
            found.append(
                "\(target)->\(source) is enabled, too: topics of a mirror are read-only on the target, so applications cannot write in both "
                    + "clusters. Only active-passive flows can be handed over")
        }
        let others = configuration.flows.filter {
            $0.isEnabled && $0.name != flow.name && $0.name.target == target && $0.naming.keepsNames
        }
        if flow.naming.keepsNames, !others.isEmpty {
            found.append(
                "\(others.map(\.name.description).joined(separator: ", ")) copies into \(target) under equal names: a topic there can mirror "
                    + "one source only")
        }
        return found
    }

    private static func properties(
        _ flow: FlowConfiguration, _ configuration: MirrorConfiguration, _ connection: [Property]
    ) -> [Property] {
        func list(_ key: String, _ patterns: NamePatternList, adding: [String] = []) -> Property? {
            let entries = patterns.entries + adding.filter { !patterns.entries.contains($0) }
            guard !entries.isEmpty else { return nil }
            return Property(key, patterns.isSecret ? nil : entries.joined(separator: ","))
        }
        return [Property("bootstrap.servers", configuration.cluster(flow.name.source)?.bootstrapServers)] + connection
            + [
                list("mirror.topics.include", flow.topics.include),
                // Its default, which a list of one's own takes the place of.
                list("mirror.topics.exclude", flow.topics.exclude, adding: ["__.*"]),
                list("mirror.groups.include", flow.groups.include),
                list("mirror.groups.exclude", flow.groups.exclude),
            ].compactMap(\.self)
    }

    private func steps(_ flow: FlowConfiguration, at servers: String) -> [Step] {
        let (source, target) = (flow.name.source, flow.name.target)
        let tool = "bin/kafka-cluster-mirrors.sh --bootstrap-server \(servers)"
        let removal =
            flow.naming.keepsNames
            ? Step(
                "Stop what reads the copies on \(target), set \(flow.name).enabled = false, and delete the copies: a mirror does not take "
                    + "topics that are there. Everything is copied again, and until then \(target) cannot take over",
                ["tern reload"])
            : Step(
                "Leave the flow running: the mirror has topics of its own, called as on \(source). Applications on \(target) have to change "
                    + "the names that they read. Where \(target) has a topic of such a name already, that one is not mirrored"
            )
        return [
            Step(
                "Brokers of \(target): Kafka 4.5 or newer, in KRaft mode, with unstable.api.versions.enable=true and "
                    + "unstable.feature.versions.enable=true while the feature is in early access",
                ["bin/kafka-features.sh --bootstrap-server \(servers) upgrade --feature mirror.version=1"]),
            Step("Write \(file) as it is above"),
            removal,
            Step(
                "Create the mirror; it finds its topics by itself",
                ["\(tool) --create --mirror \(mirror) --mirror-config \(file)"]),
            Step(
                "Wait until each partition is MIRRORING and its lag is 0",
                ["\(tool) --describe --mirror \(mirror) --json"]),
            flow.naming.keepsNames
                ? Step("Start what reads the copies on \(target)")
                : Step(
                    "Have applications on \(target) read the new names, set \(flow.name).enabled = false, and delete the old copies when nobody "
                        + "reads them", ["tern reload"]),
            Step(
                "To fail over later: the topics become writable on \(target)",
                ["\(tool) --stop --mirror \(mirror) --topics '.*'"]),
        ]
    }

    private static func losses(_ flow: FlowConfiguration, _ configuration: MirrorConfiguration) -> [String] {
        let (source, target) = (flow.name.source, flow.name.target)
        var found = [
            "What is copied already is copied again: a mirror has the source's offsets and topic ids, which copies by Tern have not.",
            "Failing back truncates: what \(source) took after the last copy is deleted when it becomes the mirror. Tern copies such records "
                + "and reports them.",
            "The record of losses, the proof by tern verify against origin headers, repair, and the lag in seconds.",
            "MirrorMaker's topics on \(target) (heartbeats, checkpoints, offset syncs) are not written any more: RemoteClusterUtils "
                + "translates nothing new.",
            "\(target) has to stay Kafka 4.5 or newer; \(source) may be 2.1 or newer.",
        ]
        if flow.isolation == .readCommitted {
            found.append(
                "Records of aborted transactions are copied, too: readers on \(target) need isolation.level=read_committed. Tern copies committed "
                    + "records only.")
        }
        if flow.quarantines {
            found.append(
                "errors.tolerance=all: there is no quarantine, a partition that fails is retried and then FAILED.")
        }
        if flow.exactlyOnce.isEnabled {
            found.append(
                "Transactions of Tern (exactly once) end; the mirror needs none, since it writes the source's own batches."
            )
        }
        if flow.failover.controller == .on {
            found.append("The failover controller, its hooks, and tern failover check, run, drill.")
        }
        if flow.replicationFactor > 0 {
            found.append(
                "replication.factor = \(flow.replicationFactor): topics of a mirror have the default of \(target)'s brokers."
            )
        }
        if flow.topicSync.synchronizesConfigurations {
            found.append(
                "config.properties.exclude holds patterns; mirror.topic.properties.exclude takes names, and excludes min.insync.replicas and "
                    + "unclean.leader.election.enable by itself.")
        }
        if !flow.topicSync.synchronizesAccessRules {
            found.append(
                "sync.topic.acls.enabled = false: a mirror copies access rules unless mirror.acl.include says otherwise."
            )
        }
        if configuration.flows.contains(where: { $0.isEnabled && $0.name.source == target && $0.name != flow.name }) {
            found.append(
                "Flows that go on from \(target) lose the origin headers by which loops over three clusters are stopped."
            )
        }
        return found
    }
}
