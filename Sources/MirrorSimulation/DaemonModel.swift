// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// A daemon of the fleet as its `Flow` is in the engine: it takes events of the group one after the other, and decides by the
/// same functions.
struct DaemonModel {
    enum Event {
        case assigned([Int])
        case revoked(isLost: Bool)
    }

    let index: Int
    var tasksMax: Int
    /// Between looks at the topics, in milliseconds.
    let lookInterval: Int
    /// Of its processes, one after the other.
    var process = 0
    var isRunning = false
    /// Drains for its end.
    var isStopping = false
    /// When the next process starts, where none runs.
    var startsAt = 0
    /// It has no way to the target before this time.
    var isCutUntil = 0

    // What follows is the process's, and gone with it.

    /// It has looked at the topics, and is in the group or on its way.
    var hasStarted = false
    var isInGroup = false
    /// When it last heard of the coordinator.
    var heardAt = 0
    var inbox: [Event] = []
    /// The group waits for the lanes that drain.
    var isReleasing = false
    var owned: Set<Int> = []
    var lanes: [Int: FleetLane] = [:]
    var laneCount = 0
    var isLaneCountKnown = false
    /// Partitions by topic, as the last look found them.
    var topics: [Int] = []
    var lookedAt: Int?
    /// Lanes were started from a list that is older than their assignment.
    var looksAgain = false
    /// When it was last told which lanes are its own.
    var assignedAt = 0
    var firstLook = FirstLook()
    var retriesAt = 0
    var progress: [TopicPartition: StoredProgress] = [:]
    var unwritten: [TopicPartition: UnwrittenProgress] = [:]

    // What is true, whatever it believes.

    /// The group has given its lanes up, and it has not been told.
    var isOusted = false
    /// The ends of the partitions that were there at its first look.
    var endsAtFirstLook: [Int: Int64] = [:]

    init(index: Int, tasksMax: Int, lookInterval: Int) {
        self.index = index
        self.tasksMax = tasksMax
        self.lookInterval = lookInterval
    }

    /// A member that comes back with another number of lanes is another member.
    var instance: Int { index * 10 + tasksMax }

    func carries(_ place: Int) -> Bool { lanes.values.contains { $0.partitions[place] != nil } }

    /// The process is gone, with all that it knew.
    mutating func end(startingAgainAt time: Int) {
        let cut = isCutUntil
        let ended = process
        self = DaemonModel(index: index, tasksMax: tasksMax, lookInterval: lookInterval)
        process = ended
        isCutUntil = cut
        startsAt = time
    }
}

/// A lane of a daemon: its partitions, each with what is in flight.
struct FleetLane {
    struct Partition {
        var machine: PartitionMachine
        /// Handed over and not yet written to the target, in order.
        var unsent: [(offset: Int64, sequence: UInt32)] = []
        /// Written, and the lane was not told.
        var reports: [UInt32] = []
        var rowInFlight: Int64?
    }

    let index: Int
    /// By which partitions went to this lane.
    let laneCount: Int
    var partitions: [Int: Partition] = [:]
    var ending: LaneEnding?
    var deadline = 0
    var nextFlush: Int
    /// The daemon was told that somebody else may have the lane.
    var isKnownLost = false

    var isIdle: Bool {
        partitions.values.allSatisfy {
            $0.unsent.isEmpty && $0.machine.ledger.pendingCount == 0 && $0.rowInFlight == nil
        }
    }
}

/// The coordinator of the group on the target: static members, and every rebalance takes all lanes from everybody.
struct GroupModel {
    struct Member {
        let instance: Int
        var daemon: Int
        var process: Int
        var heardAt: Int
        /// What the member was told to be its own.
        var given: [Int]?
        /// What it is to be told.
        var pending: [Int]?
        var lanes: [Int] = []
        var wasAsked = false
        var hasJoined = false
    }

    /// In the order of their instance ids.
    var members: [Member] = []
    var isRebalancing = false
    /// The partitions of the lanes topic, as the leader knew them when it shared them out.
    var sharedCount = 0

    func position(ofInstance instance: Int, _ process: Int) -> Int? {
        members.firstIndex { $0.instance == instance && $0.process == process }
    }

    mutating func rebalance() {
        isRebalancing = true
        for place in members.indices {
            members[place].hasJoined = false
            members[place].wasAsked = false
            members[place].pending = nil
        }
    }

    /// As the range strategy does it for one topic.
    mutating func share(_ count: Int) {
        isRebalancing = false
        sharedCount = count
        let (each, rest) = count.quotientAndRemainder(dividingBy: members.count)
        var next = 0
        for place in members.indices {
            let size = each + (place < rest ? 1 : 0)
            members[place].lanes = Array(next..<next + size)
            members[place].pending = members[place].lanes
            members[place].given = nil
            next += size
        }
    }
}
