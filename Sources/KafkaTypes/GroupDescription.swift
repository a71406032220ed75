// SPDX-License-Identifier: Apache-2.0

/// What a consumer group is doing.
public enum GroupState: Int32, Sendable, Hashable, CaseIterable {
    case unknown = 0
    case preparingRebalance = 1
    case completingRebalance = 2
    case stable = 3
    case dead = 4
    case empty = 5
}

/// A group as the list of groups has it. Share groups are not in it.
public struct GroupListing: Sendable, Hashable {
    public var id: GroupID
    public var state: GroupState
    /// Whether it only stores offsets, without members ever having joined.
    public var isSimple: Bool

    public init(id: GroupID, state: GroupState, isSimple: Bool) {
        self.id = id
        self.state = state
        self.isSimple = isSimple
    }
}

/// All that listing groups brought: one broker may refuse while others answer.
public struct GroupListings: Sendable, Hashable {
    /// Sorted by id.
    public var groups: [GroupListing]
    /// Sentences of the brokers that did not answer.
    public var problems: [String]

    public init(groups: [GroupListing], problems: [String]) {
        self.groups = groups
        self.problems = problems
    }
}

/// A group and its members.
public struct GroupDescription: Sendable, Hashable {
    public struct Member: Sendable, Hashable {
        public var clientID: String
        public var consumerID: String
        public var host: String
        /// Of a static member.
        public var instanceID: String?
        public var assignment: [TopicPartition]

        public init(
            clientID: String, consumerID: String, host: String, instanceID: String?, assignment: [TopicPartition]
        ) {
            self.clientID = clientID
            self.consumerID = consumerID
            self.host = host
            self.instanceID = instanceID
            self.assignment = assignment
        }
    }

    public var id: GroupID
    /// Of a group of the newer consumer protocol librdkafka 2.0.2 says `dead`, without members: take emptiness from the
    /// list of groups.
    public var state: GroupState
    public var isSimple: Bool
    public var assignor: String
    public var members: [Member]

    public init(id: GroupID, state: GroupState, isSimple: Bool, assignor: String, members: [Member]) {
        self.id = id
        self.state = state
        self.isSimple = isSimple
        self.assignor = assignor
        self.members = members
    }
}

/// An offset that a group has committed.
public struct GroupOffset: Sendable, Hashable {
    /// The next offset to read.
    public var offset: Int64
    /// What the committer wrote with it. Writing nil erases what was there: read it and write it back.
    public var metadata: String?

    public init(_ offset: Int64, metadata: String? = nil) {
        self.offset = offset
        self.metadata = metadata
    }
}
