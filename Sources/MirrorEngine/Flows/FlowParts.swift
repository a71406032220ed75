// SPDX-License-Identifier: Apache-2.0
import Telemetry
import TernConfiguration

/// What a flow is made of besides its configuration.
struct FlowParts {
    var source: Cluster
    var target: Cluster
    var environment: MirrorEnvironment
    var directFlows: DirectFlows
    var board: StatusBoard
    var instance: InstanceSlot
    var meterInterval: Duration
    /// The file has a flow the other way.
    var hasReturningFlow: Bool
    /// Every cluster, in the order of the file.
    var clusterOrder: [ClusterAlias]
    /// The enabled flows whose topics are called the same on both sides.
    var flowsKeepingNames: [FlowName]
    /// The same for all flows.
    var agreedSettings: AgreedSettings
    /// Where spans of sampled records go; `nil` where none are exported.
    var spans: SpanQueue?
    var log: Log
}
