// SPDX-License-Identifier: Apache-2.0

/// By how many connections a lane reads its source or writes its target, and how much each fetch brings: by the network's round
/// trip, so that a far cluster keeps the link busy, and a near one costs no more than it must.
///
/// librdkafka has one fetch under way for each broker of a client, and the link stands idle between the answer and the next
/// question: `F` bytes take a round trip and their own transfer. A producer has five requests under way for each broker, each
/// with one partition's batch. Neither is fixed by larger buffers alone; several connections are.
public struct ConnectionPlan: Sendable, Equatable {
    /// Clients that share the lane's partitions; each partition is on one of them.
    public var connections: Int
    /// What one fetch may bring, in bytes; `nil`: as the client settings say, where the cluster is near.
    public var fetchBytes: Int?
    /// What one fetch may bring of one partition: as much, where a connection reads only one. librdkafka 2.0.2 begins each request
    /// after a pause with the same partition, which would fill all of them and leave the others nothing.
    public var partitionFetchBytes: Int?
    /// Producers of their own, which send larger batches and are given records at a pace (`ProducePace`).
    public var isFarTarget: Bool

    public init(
        connections: Int, fetchBytes: Int? = nil, partitionFetchBytes: Int? = nil, isFarTarget: Bool = false
    ) {
        self.connections = connections
        self.fetchBytes = fetchBytes
        self.partitionFetchBytes = partitionFetchBytes ?? fetchBytes
        self.isFarTarget = isFarTarget
    }

    /// Which of a lane's connections carries its partition of that number: those to a far target are behind all that a near one may
    /// have, so that a target that was far or near a while ago keeps its records until they are acknowledged.
    public func connection(ofPartition index: Int) -> Int {
        index % connections + (isFarTarget ? Self.mostConnections : 0)
    }

    /// How many connections there are to be numbered.
    public var connectionEnd: Int { connections + (isFarTarget ? Self.mostConnections : 0) }

    /// A cluster that answers sooner is near: one connection carries all that a lane can take.
    public static let nearLimit = Duration.milliseconds(8)
    /// No lane has more: each is a client with threads of its own.
    public static let mostConnections = 8
    /// The least and the most that a fetch from afar may bring, in bytes.
    private static let fetchRange = (4 << 20)...(16 << 20)
    /// As much as a fetch brings of one partition unless told otherwise.
    private static let leastOfPartition = 1 << 20

    /// How to read the source.
    /// - Parameters:
    ///   - roundTrip: `nil` while it is not known.
    ///   - partitions: those of the lane: one more connection than that would have nothing to read.
    ///   - lanes: of the flow, in all processes; they share what the distance asks for.
    ///   - prefetchBytes: what the lane may fetch ahead where the source is near. From afar as much as three times of it is under way.
    ///   - mostUnderWay: what the link carries without a long queue, in bytes, where that is less than the distance asks for.
    ///   - chosen: what the file says in place of the measured distance.
    public static func source(
        roundTrip: Duration?, partitions: Int, lanes: Int, prefetchBytes: Int, mostUnderWay: Int? = nil,
        chosen: Int? = nil
    ) -> ConnectionPlan {
        if let mostUnderWay, mostUnderWay < LinkWindow.widest {
            return narrow(mostUnderWay, partitions: partitions, chosen: chosen)
        }
        let isNear = (roundTrip ?? .zero) < nearLimit
        let asked = chosen ?? (isNear ? 1 : even(share(steps(roundTrip, of: .milliseconds(16)), lanes), partitions))
        let connections = max(1, min(asked, partitions, mostConnections))
        // Near, and more than one because a person said so: fetches stay as they are.
        guard !isNear else { return ConnectionPlan(connections: connections) }
        let bytes = min(max(prefetchBytes * 3 / connections, fetchRange.lowerBound), fetchRange.upperBound)
        // Whole powers of two: a plan that differs by little is the same, and its clients go on.
        let fetch = powerOfTwo(within: bytes)
        let each = (partitions + connections - 1) / connections
        return ConnectionPlan(
            connections: connections, fetchBytes: fetch,
            partitionFetchBytes: max(leastOfPartition, powerOfTwo(within: fetch / max(1, each))))
    }

    /// Small fetches: what is asked for at once arrives at once, and what is written meanwhile waits behind it.
    private static func narrow(_ bytes: Int, partitions: Int, chosen: Int?) -> ConnectionPlan {
        let fetch = bytes > mostConnections * leastOfPartition ? leastOfPartition * 2 : leastOfPartition
        let connections = max(1, min(chosen ?? (bytes + fetch / 2) / fetch, partitions, mostConnections))
        return ConnectionPlan(connections: connections, fetchBytes: fetch, partitionFetchBytes: leastOfPartition)
    }

    private static func powerOfTwo(within bytes: Int) -> Int {
        bytes > 0 ? 1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount) : 0
    }

    /// No fewer, and as many as leave no connection with one partition more than the others, where there may be so many.
    private static func even(_ connections: Int, _ partitions: Int) -> Int {
        let each = max(1, partitions / max(1, connections))
        return (partitions + each - 1) / each
    }

    /// By how many producers to write the target; parameters as those of
    /// ``source(roundTrip:partitions:lanes:prefetchBytes:chosen:)``.
    public static func target(roundTrip: Duration?, partitions: Int, lanes: Int, chosen: Int? = nil) -> ConnectionPlan {
        let isNear = (roundTrip ?? .zero) < nearLimit
        let asked = chosen ?? (isNear ? 1 : share(steps(roundTrip, of: .milliseconds(25)), lanes))
        return ConnectionPlan(connections: max(1, min(asked, partitions, mostConnections)), isFarTarget: !isNear)
    }

    /// What Linux lets one connection have on its way unless told otherwise (`tcp_rmem`), in bytes.
    private static let windowBytes = 6 << 20

    /// What so many connections can read over that distance at most, bytes a second: one fetch each in a round trip.
    public func mostRead(roundTrip: Duration) -> Double? {
        guard let fetchBytes, roundTrip > .zero else { return nil }
        return Double(connections * min(fetchBytes, Self.windowBytes)) / (roundTrip / .seconds(1))
    }

    /// What so many connections can write over that distance at most, bytes a second: one batch of each partition in a round trip.
    public func mostWritten(roundTrip: Duration, partitions: Int, batchBytes: Int) -> Double? {
        guard isFarTarget, roundTrip > .zero else { return nil }
        let underWay = min(partitions * batchBytes, connections * min(Self.windowBytes, 5 * batchBytes))
        return Double(underWay) / (roundTrip / .seconds(1))
    }

    /// A connection for each step of the distance: with the least fetch, and as much as Linux lets one connection have on its way
    /// (6 MiB), some 150 MB/s come in from anywhere up to 130 ms away.
    private static func steps(_ roundTrip: Duration?, of step: Duration) -> Int {
        Int(((roundTrip ?? .zero) / step).rounded(.up))
    }

    private static func share(_ connections: Int, _ lanes: Int) -> Int {
        (connections + max(1, lanes) - 1) / max(1, lanes)
    }

    private var isNarrow: Bool { fetchBytes.map { $0 < Self.fetchRange.lowerBound } ?? false }

    /// Whether to leave the plan in use for this one. A round trip that wanders between two plans must not have partitions moved
    /// all the time: what goes down by one stays.
    public func isWorthChanging(to other: ConnectionPlan) -> Bool {
        guard other != self else { return false }
        if isNarrow || other.isNarrow { return true }
        return other.connections > connections || other.connections < connections - 1
            || (other.connections == 1) != (connections == 1) || other.isFarTarget != isFarTarget
            || other.partitionFetchBytes ?? .max < partitionFetchBytes ?? .max
    }
}
