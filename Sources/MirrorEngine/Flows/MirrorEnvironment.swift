// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import Kafka
public import KafkaTypes
public import Mirroring

/// What differs between real clusters and librdkafka's mock, which has no topic administration and shares no lanes.
public struct MirrorEnvironment: Sendable {
    /// Creates topics on a cluster; `nil` uses the cluster's own administration.
    public var createTopics: (@Sendable (ClusterAlias, [NewTopic]) async -> [TopicName: KafkaError?])?
    /// Whether other daemons may run the same flows.
    public var sharesLanes: Bool
    /// Whether configurations can be asked for.
    public var describesConfigurations: Bool
    /// Names this daemon among those on this machine, such as by the path of its file.
    public var instanceName: String
    /// How long a refused record, or a topic that is gone, rests before it is looked at again.
    public var retries: BackOff
    /// Who moves groups for failover controllers; `nil`: nobody here can.
    public var failover: (any FailoverPerforming)?
    /// What jobs go by: looks at clusters and topics, measuring, comparing. Lanes go by the system's clock.
    var clock = JobClock(ContinuousClock())
    /// Who says which lanes are the flow's, in place of a group; `nil` where ``sharesLanes`` decides.
    var lanes: GivenLanes?

    /// Has jobs go by another clock.
    public mutating func setClock(_ clock: some Clock<Duration>) { self.clock = JobClock(clock) }

    /// Has the only flow run the lanes that it is given.
    public mutating func setLanes(_ lanes: GivenLanes) { self.lanes = lanes }

    public init(
        createTopics: (@Sendable (ClusterAlias, [NewTopic]) async -> [TopicName: KafkaError?])? = nil,
        sharesLanes: Bool = true, describesConfigurations: Bool = true, instanceName: String = "tern",
        retries: BackOff = .ofRefusals
    ) {
        self.createTopics = createTopics
        self.sharesLanes = sharesLanes
        self.describesConfigurations = describesConfigurations
        self.instanceName = instanceName
        self.retries = retries
    }

    public static let real = MirrorEnvironment()
}
