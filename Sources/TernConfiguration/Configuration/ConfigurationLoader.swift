// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// Reads a properties file into a configuration. Pure: files that values name are read by a closure.
public enum ConfigurationLoader {
    /// - Parameters:
    ///   - file: the file's name as it is to stand in problems.
    ///   - text: its bytes.
    ///   - environment: the process's variables; `TERN_…` ones stand for keys of the process, `${env:…}` may name any.
    ///   - overrides: `KEY=VALUE` of each `--set`, later ones winning.
    ///   - clusters: aliases of `--clusters`: only flows to these targets; `nil` or empty means all.
    ///   - needsFlow: whether a file that only names clusters is an error: nothing could be mirrored by it.
    ///   - readFile: the bytes of a file, `nil` when it cannot be read.
    /// - Returns: the configuration, unless there is an error, and all problems of one run.
    public static func load(
        file: String, text: [UInt8], environment: [String: String] = [:], overrides: [String] = [],
        clusters: [ClusterAlias]? = nil, needsFlow: Bool = true,
        readFile: @escaping (String) -> [UInt8]? = { _ in nil }
    ) -> LoadedConfiguration {
        var problems = ProblemCollector(file: file)
        let layers = ConfigurationLayers(
            file: file, text: text, environment: environment, overrides: overrides, readFile: readFile,
            problems: &problems)
        KeyAudit(properties: layers.properties, clusters: layers.clusters).audit(problems: &problems)
        var reader = MirrorReader(layers: layers, targets: clusters ?? [], needsFlow: needsFlow, readFile: readFile)
        let configuration = reader.read(problems: &problems)
        return LoadedConfiguration(
            configuration: problems.hasErrors ? nil : configuration, problems: problems.sorted,
            explainer: ConfigurationExplainer(properties: layers.properties, clusters: layers.clusters))
    }
}

/// What reading a file came to.
public struct LoadedConfiguration: Sendable {
    /// `nil` when a problem is an error.
    public let configuration: MirrorConfiguration?
    /// All of them, errors first, each group in the order of the file.
    public let problems: [ConfigurationProblem]
    private let explainer: ConfigurationExplainer

    init(
        configuration: MirrorConfiguration?, problems: [ConfigurationProblem], explainer: ConfigurationExplainer
    ) {
        self.configuration = configuration
        self.problems = problems
        self.explainer = explainer
    }

    public var hasErrors: Bool { problems.contains { $0.severity == .error } }

    /// A key's value, where it came from, and what it means. Works with errors in the file, too.
    ///
    /// - Parameter key: as the file would write it: `http.listen`, `topics`, `A->B.topics`, `A.consumer.fetch.min.bytes`.
    /// - Returns: the explanation; for a key that does not exist one with the nearest that does.
    public func explain(_ key: String) -> Explanation { explainer.explain(key) }
}
