// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import Mirroring
internal import Text

/// A cluster that a command works on, before anything is asked of it.
struct ChosenCluster: Sendable {
    /// `nil` for one that was named by its addresses alone.
    let alias: ClusterAlias?
    /// What messages and tables call it.
    let name: String
    let properties: ClientProperties
}

/// The clusters that the command line names.
struct ClusterChoice: Sendable {
    /// What holds when no cluster is named.
    enum Fallback {
        /// Looking harms nobody: all of the file.
        case every
        /// Who changes something says where, unless there is only one.
        case only
    }

    let clusters: [ChosenCluster]
    /// `nil` without a file.
    let configuration: MirrorConfiguration?
    let timeout: Duration

    /// - Parameter aliases: the clusters wanted, instead of those of `--cluster`.
    init(
        _ invocation: Invocation, _ context: CommandContext, fallback: Fallback, aliases: [String]? = nil
    ) throws(CommandFailure) {
        timeout = invocation.duration(.timeout) ?? .seconds(10)
        guard timeout > .zero else { throw .usage("--timeout: 0 leaves no time for an answer, write for example 10s") }
        let wanted = aliases ?? invocation.all(ClusterFlags.cluster)
        var overlay = ClientProperties()
        for text in invocation.all(ClusterFlags.property) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            overlay[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        if let servers = invocation[ClusterFlags.bootstrap] {
            guard invocation[.config] == nil, invocation.argument(ClusterFlags.file.name) == nil else {
                throw .usage("a file and --bootstrap both name clusters", hint: "leave one of them out")
            }
            guard wanted.count <= 1, wanted.first != ClusterFlags.everyCluster else {
                throw .usage("--bootstrap is one cluster", hint: "name several by a properties file")
            }
            try ClusterFlags.checkAddresses(servers)
            let properties = ClientProperties(["bootstrap.servers": servers]).merging(overlay)
            let alias = wanted.first.map { ClusterAlias($0) }
            clusters = [ChosenCluster(alias: alias, name: wanted.first ?? servers, properties: Self.admin(properties))]
            configuration = nil
            return
        }
        guard let path = try ConfigurationFile.path(invocation, context) else {
            throw .usage(
                "no cluster is named",
                hint: "name a properties file by --config or \(ConfigurationFile.variable), or a cluster by --bootstrap"
            )
        }
        let file = try Self.file(path, invocation, context)
        let configuration = try file.configuration(printingProblemsFor: invocation, context)
        self.configuration = configuration
        clusters = try Self.select(wanted, from: configuration, fallback).map { cluster in
            ChosenCluster(
                alias: cluster.alias, name: cluster.alias.rawValue,
                properties: Self.admin(cluster.adminProperties.merging(overlay)))
        }
    }

    /// A file that only names clusters will do.
    private static func file(
        _ path: String, _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) -> ConfigurationFile {
        do throws(CommandFailure) {
            return try ConfigurationFile(path: path, needsFlow: false, invocation, context)
        } catch {
            guard invocation.argument(ClusterFlags.file.name) == path, !path.hasSuffix(".properties") else {
                throw error
            }
            var failure = error
            failure.hint =
                invocation.command.path.first == GroupFamily.command.name
                ? "a word with a slash names the properties file; a group that has one is named by --regex"
                : "a word with a slash names the properties file; no topic's name has one"
            throw failure
        }
    }

    /// Ends of logs are those of all records, whatever a transaction holds back.
    private static func admin(_ properties: ClientProperties) -> ClientProperties {
        var own = ClientProperties(["log_level": "4"]).merging(properties)
            .merging(["isolation.level": "read_uncommitted"])
        own["group.id"] = nil  // of a group that would only be looked for
        return own
    }

    private static func select(
        _ wanted: [String], from configuration: MirrorConfiguration, _ fallback: Fallback
    ) throws(CommandFailure) -> [ClusterConfiguration] {
        let known = configuration.clusters
        let names = known.map(\.alias.rawValue)
        if wanted.isEmpty {
            guard fallback == .only, known.count > 1 else { return known }
            throw .usage(
                "which of the clusters \(names.joined(separator: ", "))?",
                hint: "name it by --cluster; --cluster \(ClusterFlags.everyCluster) is all of them")
        }
        if wanted.contains(ClusterFlags.everyCluster) { return known }
        var chosen: [ClusterConfiguration] = []
        for name in wanted {
            guard let cluster = configuration.cluster(ClusterAlias(name)) else {
                let near = NearestName.of(name, among: names).map { "did you mean '\($0)'?" }
                throw .usage(
                    "the file has no cluster '\(name)'", hint: near ?? "it has \(names.joined(separator: ", "))")
            }
            if !chosen.contains(where: { $0.alias == cluster.alias }) { chosen.append(cluster) }
        }
        return chosen
    }
}
