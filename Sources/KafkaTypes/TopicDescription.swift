// SPDX-License-Identifier: Apache-2.0

/// A topic as a cluster's metadata reports it.
public struct TopicDescription: Sendable, Hashable {
    public var name: TopicName
    /// Why the cluster says nothing more about it; nil for a topic in order.
    public var error: KafkaErrorCode?
    /// In order of their index.
    public var partitions: [PartitionDescription]

    public init(name: TopicName, error: KafkaErrorCode? = nil, partitions: [PartitionDescription]) {
        self.name = name
        self.error = error
        self.partitions = partitions
    }

    /// How many copies partition 0 has; 0 when there is no partition.
    public var replicationFactor: Int { partitions.first?.replicas.count ?? 0 }
}

/// One partition as a cluster's metadata reports it.
public struct PartitionDescription: Sendable, Hashable {
    public var index: Int32
    /// The id of the broker that leads it; nil while none does.
    public var leader: Int32?
    /// Ids of brokers, the preferred leader first.
    public var replicas: [Int32]
    public var inSyncReplicas: [Int32]
    public var error: KafkaErrorCode?

    public init(
        index: Int32, leader: Int32?, replicas: [Int32], inSyncReplicas: [Int32], error: KafkaErrorCode? = nil
    ) {
        self.index = index
        self.leader = leader
        self.replicas = replicas
        self.inSyncReplicas = inSyncReplicas
        self.error = error
    }
}

/// A topic to be created.
public struct NewTopic: Sendable, Hashable {
    public var name: TopicName
    /// -1 is the broker's default.
    public var partitionCount: Int32
    /// -1 is the broker's default.
    public var replicationFactor: Int16
    /// Settings that differ from the broker's defaults, in the order given.
    public var configuration: [Setting]

    public struct Setting: Sendable, Hashable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        name: TopicName, partitionCount: Int32, replicationFactor: Int16, configuration: [(String, String)] = []
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.configuration = configuration.map { Setting($0.0, $0.1) }
    }
}

/// A broker of a cluster.
public struct BrokerDescription: Sendable, Hashable {
    public var id: Int32
    public var host: String
    public var port: Int32

    public init(id: Int32, host: String, port: Int32) {
        self.id = id
        self.host = host
        self.port = port
    }
}

/// A cluster's metadata, complete.
public struct ClusterDescription: Sendable, Hashable {
    public var brokers: [BrokerDescription]
    /// Sorted by name. Only those that the client may describe; a cluster does not list others.
    public var topics: [TopicDescription]

    public init(brokers: [BrokerDescription], topics: [TopicDescription]) {
        self.brokers = brokers
        self.topics = topics
    }
}
