// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// Source logs, target logs, progress rows, and the lane between them. One seed decides everything that happens.
struct World {
    enum Fault: CaseIterable {
        case retention, compaction, aborted, openTransactions, truncation, recreation, echoes
        case refusals, quarantine, deadProducers, fullQueues, deadSides, failedRows
        case unansweredQuestions, missingTargets, targetResets, limitChanges, distance
        case crashes, stops, stalls, startAtEnd, deafMeter, damage
        case lostAnswers, lateRequests, otherOwners, pauses
        case lossPolicies
    }

    var random: RandomNumbers
    let faults: Set<Fault>
    var sources: [SourceModel]
    var targets: [TargetModel]
    var rows: [RowModel?]
    var lane: LaneModel
    /// Refused by the target as long as they are in here.
    var poison: Set<UInt64> = []
    /// All that have been in there.
    var everRefused: Set<UInt64> = []
    /// Cannot be read on the source as long as they are in here.
    var damaged: Set<UInt64> = []
    var truths: [Truth]
    /// Of the lane's transactional id.
    var coordinator = CoordinatorModel()
    var endings = TransactionEndings()
    var losses: LossLedger
    let isExactlyOnce: Bool
    /// Partitions that a person has paused, which outlives the lane.
    var pausedPlaces: Set<Int> = []
    /// Nobody writes for a while: what is last in a log stays last.
    var isQuiet = false
    var now = Duration.zero
    var lastID: UInt64 = 0
    var nextFlush = Duration.zero
    /// The first broken promise.
    var failure: String?
    var statesSeen: Set<String> = []

    /// A line for each thing that happened; `nil` where nobody asks.
    let trail: Trail?

    init(seed: UInt64, partitions: Int, isExactlyOnce: Bool, keepsTrail: Bool) {
        self.isExactlyOnce = isExactlyOnce
        random = RandomNumbers(seed: seed)
        trail = keepsTrail ? Trail() : nil
        faults = random.subset()
        losses = LossLedger(policies: Array(repeating: .halt, count: partitions))
        sources = Array(repeating: SourceModel(), count: partitions)
        targets = Array(repeating: TargetModel(), count: partitions)
        rows = Array(repeating: nil, count: partitions)
        truths = Array(repeating: Truth(), count: partitions)
        lane = LaneModel([])
        if has(.lossPolicies) {
            for place in sources.indices { losses.policies[place] = random.element(of: LossPolicy.allCases) ?? .halt }
        }
        for place in sources.indices {
            if random.isOne(in: 2) { for _ in 0..<random.below(12) { write(place) } }
        }
        startLane()
    }

    var moment: Moment { Moment(now, wallClock: 0) }

    func has(_ fault: Fault) -> Bool { faults.contains(fault) }

    mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// An application, or the other direction, writes one record.
    mutating func write(_ place: Int) {
        guard sources[place].exists else { return }
        let kind: SourceModel.Kind = has(.echoes) && random.isOne(in: 3) ? .echo : .data
        let id = newID()
        trail?.note(place, "source writes \(kind) \(id) at \(sources[place].end)")
        sources[place].append(kind, id: id)
        if has(.refusals), random.isOne(in: 25) { refuse(id) }
    }

    private mutating func refuse(_ id: UInt64) {
        poison.insert(id)
        everRefused.insert(id)
    }

    // MARK: the life of a lane

    static func names(_ place: Int) -> PartitionNames {
        PartitionNames(
            source: TopicPartition("orders", Int32(place)), target: TopicPartition("A.orders", Int32(place)),
            sourceCluster: "A", targetCluster: "B")
    }

    static let sourceID = "source"

    mutating func startLane() {
        losses.decided.removeAll()
        // Fence, then read.
        if isExactlyOnce { fenceCoordinator() }
        var machines: [PartitionMachine] = []
        for place in sources.indices {
            let start: PartitionStart
            if let row = rows[place], row.offset >= 0 {
                start = .resume(last: row.offset, witness: row.witness, row: row.offset)
            } else if has(.startAtEnd) {
                // A row of -1 says that an empty log was seen: all that came since is wanted.
                start = .fresh(offset: rows[place] == nil ? sources[place].end : 0)
                if rows[place] == nil, !truths[place].isStartNoted {
                    truths[place].firstDue = sources[place].end
                    truths[place].hasPassed = sources[place].end > 0
                }
            } else {
                start = .fresh(offset: nil)
            }
            truths[place].began(with: rows[place])
            machines.append(
                PartitionMachine(
                    Self.names(place), start: start, batching: random.isOne(in: 3) ? .small : .large,
                    maximumBatchBytes: 1_000_000, isTransactional: isExactlyOnce,
                    quarantines: has(.quarantine), lossPolicy: losses.policies[place]))
        }
        lane = LaneModel(machines)
        if isExactlyOnce { startTransactions() }
        for place in sources.indices {
            trail?.note(place, "a lane starts, \(rows[place].map { "\($0)" } ?? "no row")")
        }
        for place in pausedPlaces { feed(place) { machine, actions, _ in machine.pauseChanged(to: true, &actions) } }
        for place in sources.indices { feed(place) { $0.begin(sourceID: Self.sourceID, $2, &$1) } }
    }

    /// Everything in memory is gone; what the clients had on their way may be written all the same.
    mutating func crash() {
        if isExactlyOnce { return crashTransactional() }
        writeWhatWasOnItsWay(of: .large)
        writeWhatWasOnItsWay(of: .second)
        writeWhatWasOnItsWay(of: .small)
        for item in lane.side.unsent.joined() where random.isOne(in: 2) { _ = append(item) }
        for place in sources.indices {
            if let row = lane.partitions[place].rowInFlight, random.isOne(in: 2) { store(row, place) }
        }
        startLane()
    }

    /// Waits for what is in flight, writes the last progress, and begins again.
    /// - Returns: whether it came to that, without a crash.
    @discardableResult
    mutating func stopOrderly() -> Bool {
        if isExactlyOnce {
            stopTransactional()
            return true
        }
        for _ in 0..<200 where lane.inFlight > 0 && lane.isBroken.isEmpty {
            for client in LaneModel.Client.allCases { deliver(client) }
            report(all: true)
        }
        guard lane.inFlight == 0 else {
            crash()
            return false
        }
        flushRows()
        for place in sources.indices { finishRow(place, fails: false) }
        startLane()
        return true
    }

    mutating func writeWhatWasOnItsWay(of client: LaneModel.Client) {
        for place in sources.indices where !lane[client].refused.contains(place) {
            guard random.isOne(in: 2), targets[place].exists else { continue }
            for item in lane[client].takeBatch(of: place, 1 + random.below(5)) {
                // Behind a record that is refused nothing of this client is written.
                guard !poison.contains(item.id) else { break }
                _ = append(item)
            }
        }
    }
}

/// Everything that happened, a line each.
final class Trail {
    private(set) var lines: [String] = []

    func note(_ place: Int, _ line: String) { lines.append("\(place): \(line)") }
}
