// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import Kafka
public import KafkaTypes

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
    /// The longest that a refused record, or a topic that is gone, rests before it is looked at again.
    public var retryInterval: Duration
    /// How long it rests the first time.
    public var firstRetryInterval = Duration.seconds(1)
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
        retryInterval: Duration = .seconds(30)
    ) {
        self.createTopics = createTopics
        self.sharesLanes = sharesLanes
        self.describesConfigurations = describesConfigurations
        self.instanceName = instanceName
        self.retryInterval = retryInterval
    }

    public static let real = MirrorEnvironment()
}
