// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// Reads clusters, flows and the process's own settings from the layered properties.
struct MirrorReader {
    private let properties: PropertyMap
    private let aliases: [ClusterAlias]
    private let targets: [ClusterAlias]
    private let needsFlow: Bool
    private let precedence: MirrorMakerPrecedence
    private let values: ValueReader
    private let readFile: (String) -> [UInt8]?

    init(
        layers: ConfigurationLayers, targets: [ClusterAlias], needsFlow: Bool,
        readFile: @escaping (String) -> [UInt8]?
    ) {
        properties = layers.properties
        aliases = layers.clusters
        self.targets = targets
        self.needsFlow = needsFlow
        self.readFile = readFile
        precedence = MirrorMakerPrecedence(properties: layers.properties, clusters: layers.clusters)
        values = ValueReader(properties: layers.properties) { ConfigurationSchema.processRow($0) }
    }

    mutating func read(problems: inout ProblemCollector) -> MirrorConfiguration? {
        checkClusterList(&problems)
        let pairs = selectedPairs(&problems)
        let clusters = aliases.map { cluster($0, problems: &problems) }
        var patterns = PatternCache()
        var flows = pairs.map { reader(of: $0).read(patterns: &patterns, problems: &problems) }
        let bookkeeping = bookkeeping(flows, &patterns, file: problems.file)
        for index in flows.indices { flows[index].topics.bookkeeping = bookkeeping[flows[index].name.source] ?? [] }
        for flow in flows where flow.isEnabled { warnAboutNames(of: flow, &problems) }
        let http = http(&problems)
        let log = LogConfiguration(
            level: values.choice("log.level", &problems, or: .info),
            format: values.choice("log.format", &problems, or: .logfmt))
        let socket = adminSocket(&problems)
        let tracing = TracingConfiguration.read(values, &problems)
        let dashboard = DashboardReader(values: values).read(hasPage: http.listen != nil, &problems)
        let meter = MeterConfiguration(interval: values.duration("lag.interval.ms", &problems))
        guard let health = health(flows, &problems) else { return nil }
        var configuration = MirrorConfiguration(
            clusters: clusters, flows: flows, http: http, log: log, health: health, meter: meter)
        configuration.adminSocket = socket
        configuration.tracing = tracing
        configuration.dashboard = dashboard
        return configuration
    }

    private func reader(of flow: FlowName) -> FlowReader {
        FlowReader(flow, precedence: precedence, readFile: readFile)
    }

    /// Where flows of the file keep their progress, by the cluster that it is on: also those that another process runs.
    ///
    /// - Parameter flows: those that were read.
    private func bookkeeping(
        _ flows: [FlowConfiguration], _ patterns: inout PatternCache, file: String
    ) -> [ClusterAlias: Set<TopicName>] {
        var found: [ClusterAlias: Set<TopicName>] = [:]
        let read = Dictionary(flows.map { ($0.name, $0) }) { first, _ in first }
        // The daemon that runs the others reports their problems.
        var unheard = ProblemCollector(file: file)
        for source in aliases {
            for target in aliases where source != target {
                let name = FlowName(source: source, target: target)
                guard precedence.isSelected(name) else { continue }
                let flow = read[name] ?? reader(of: name).read(patterns: &patterns, problems: &unheard)
                guard flow.isEnabled else { continue }
                found[target, default: []].formUnion([flow.progressTopic.name, flow.lanesTopic, flow.formerLanesTopic])
            }
        }
        return found
    }

    // MARK: Clusters and pairs

    private func checkClusterList(_ problems: inout ProblemCollector) {
        guard let value = properties["clusters"] else {
            problems.missing(key: "clusters", "is missing: write the aliases of the clusters, such as clusters = A, B")
            return
        }
        let list = JavaText.list(value.text)
        if list.isEmpty {
            problems.error(value, "is empty: write the aliases of the clusters, such as clusters = A, B")
        }
        if list.contains("") { problems.error(value, "has an alias without a name: remove the comma too many") }
        var seen: Set<ClusterAlias> = []
        for alias in list where !alias.isEmpty {
            let shown = alias.printable
            if !seen.insert(ClusterAlias(alias)).inserted { problems.warning(value, "names \(shown) twice") }
            if alias.containsBytes(of: " #") {
                problems.warning(
                    value, "\"\(shown)\" is one alias, comment and all: put the comment on a line of its own")
            }
        }
    }

    /// Every ordered pair that MirrorMaker would run, in the order of `clusters`.
    private func selectedPairs(_ problems: inout ProblemCollector) -> [FlowName] {
        for target in targets where !aliases.contains(target) {
            problems.missing(
                "--clusters names \(target.rawValue.printable), which is not in `clusters`")
        }
        var pairs: [FlowName] = []
        for source in aliases {
            for target in aliases where source != target && (targets.isEmpty || targets.contains(target)) {
                let flow = FlowName(source: source, target: target)
                if precedence.isSelected(flow) {
                    pairs.append(flow)
                } else {
                    warnAboutUnselected(flow, &problems)
                }
            }
        }
        if needsFlow, pairs.isEmpty, !aliases.isEmpty {
            problems.missing(
                aliases.count == 1
                    ? "there is nothing to mirror: `clusters` names one cluster, at least two are needed"
                    : "there is nothing to mirror: write S->T.enabled = true for a pair of clusters")
        }
        return pairs
    }

    /// Enabled to the eye, but neither `true` for the selection nor run for its heartbeats.
    private func warnAboutUnselected(_ flow: FlowName, _ problems: inout ProblemCollector) {
        guard let value = properties["\(flow).enabled"] else { return }
        if JavaText.boolean(value.text) == true {
            problems.warning(
                value,
                "\(value.shown) is not exactly `true`, so the flow is off, as in MirrorMaker: remove the blank behind it"
            )
        } else if JavaText.boolean(value.text) == nil {
            problems.error(value, "\(value.shown) is neither true nor false")
        }
    }

    private func cluster(_ alias: ClusterAlias, problems: inout ProblemCollector) -> ClusterConfiguration {
        let admin = ClientPropertyTranslation(
            kind: .admin, properties: precedence.admin(of: alias), readFile: readFile
        ).translated(problems: &problems)
        if precedence.admin(of: alias)["bootstrap.servers"] == nil {
            problems.missing(
                key: "\(alias).bootstrap.servers",
                "is missing: write some of the cluster's brokers, host:port, separated by commas")
        }
        return ClusterConfiguration(
            alias: alias, bootstrapServers: admin["bootstrap.servers"] ?? "", adminProperties: admin)
    }

    /// An alias becomes part of topic names on the target, and Kafka takes few characters there.
    private func warnAboutNames(of flow: FlowConfiguration, _ problems: inout ProblemCollector) {
        let source = flow.name.source.rawValue
        guard flow.policy.kind == .prefix, !KafkaNames.isLegalPart(source), let value = properties["clusters"] else {
            return
        }
        problems.warning(
            value,
            "\"\(source.printable)\" has characters that no topic name may have, so \(flow.name) cannot "
                + "create its topics: use another alias, or replication.policy.class = "
                + ConfigurationSchema.PolicyClass.identity)
    }

    // MARK: The process

    /// 107 bytes are what the kernel takes as the name of a socket.
    private func adminSocket(_ problems: inout ProblemCollector) -> String? {
        guard let value = values.value("admin.socket") else { return nil }
        let text = JavaText.trimmed(value.text)
        if text.isEmpty || JavaText.lowercased(text) == "none" { return nil }
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count <= 107 else {
            problems.error(
                value,
                "\(value.shown) is no path for a socket: expected an absolute path of 107 bytes at most, such as "
                    + "/run/tern/admin.sock, or none")
            return nil
        }
        return text
    }

    private func http(_ problems: inout ProblemCollector) -> HTTPConfiguration {
        var http = HTTPConfiguration(
            maximumConnections: Int(values.integer("http.connections.max", &problems)),
            idleTimeout: values.duration("http.idle.timeout.ms", &problems),
            readiness: values.choice("readiness", &problems, or: .any),
            metricsDetail: values.choice("metrics.detail", &problems, or: .auto))
        if let path = values.text("web.config.file"), !path.isEmpty, JavaText.lowercased(path) != "none" {
            http.webFile = path
        }
        guard let value = values.value("http.listen") else { return http }
        let text = JavaText.trimmed(value.text)
        if text.isEmpty || JavaText.lowercased(text) == "none" {
            http.listen = nil
        } else if let address = ListenAddress(parsing: text, defaultPort: 9470) {
            http.listen = address
        } else {
            problems.error(value, "\(value.shown) is no address: expected host:port, such as 127.0.0.1:9470, or none")
        }
        return http
    }

    /// - Parameter flows: as the file has them; a cluster that is only a source gets nothing written unless it is named.
    private func health(_ flows: [FlowConfiguration], _ problems: inout ProblemCollector) -> HealthConfiguration? {
        let targets = Set(flows.filter(\.isEnabled).map(\.name.target))
        var cluster = aliases.first(where: targets.contains) ?? aliases.first
        if let value = values.value("health.cluster") {
            let alias = ClusterAlias(JavaText.trimmed(value.text))
            if aliases.contains(alias) {
                cluster = alias
            } else {
                problems.error(
                    value,
                    "\(value.shown) is none of `clusters`"
                        + (NearestName.of(alias.rawValue, among: aliases.map(\.rawValue)).map {
                            "; did you mean \($0)?"
                        } ?? ""))
            }
        }
        let timeout = values.duration("health.timeout.ms", &problems)
        return cluster.map {
            HealthConfiguration(cluster: $0, region: values.text("health.region") ?? $0.rawValue, timeout: timeout)
        }
    }
}
