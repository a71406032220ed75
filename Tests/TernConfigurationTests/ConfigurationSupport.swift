// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes

/// A configuration from lines of a file called `mm2.properties`.
func loadConfiguration(
    _ text: String, environment: [String: String] = [:], overrides: [String] = [], clusters: [ClusterAlias]? = nil,
    files: [String: [UInt8]] = [:]
) -> LoadedConfiguration {
    ConfigurationLoader.load(
        file: "mm2.properties", text: Array(text.utf8), environment: environment, overrides: overrides,
        clusters: clusters,
        readFile: { files[$0] })
}

/// Two clusters that can be reached, and a flow from A to B.
let twoClusters = """
    clusters = A, B
    A.bootstrap.servers = a1:9092
    B.bootstrap.servers = b1:9092
    A->B.enabled = true

    """

extension LoadedConfiguration {
    var errors: [String] { problems.filter { $0.severity == .error }.map(\.description) }
    var warnings: [String] { problems.filter { $0.severity == .warning }.map(\.description) }
    var notes: [String] { problems.filter { $0.severity == .note }.map(\.description) }

    func flow(_ source: ClusterAlias, _ target: ClusterAlias) -> FlowConfiguration? {
        configuration?.flow(FlowName(source: source, target: target))
    }
}
