// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring

/// One flow, its topics, and the daemons that share its lanes. One seed decides everything that happens.
struct FleetWorld {
    enum Fault: CaseIterable {
        case kills, stops, cuts, otherTasks, newTopics, growth, failedRows, staleLeaders
    }

    /// A partition of the source and its copy.
    struct Place {
        let name: TopicPartition
        let topic: Int
        /// Nobody writes to it before this time.
        let isSilentUntil: Int
        /// By offset: how often the record is on the target.
        var copies: [Int] = []
        /// What the progress topic says: the last row that was written counts.
        var row: Int64?
        var truth = FleetTruth()

        var end: Int64 { Int64(copies.count) }
    }

    var random: RandomNumbers
    let faults: Set<Fault>
    let position: StartPosition
    /// How rare faults are.
    private let calm: Int
    /// Milliseconds.
    var now = 0
    var places: [Place] = []
    /// By topic: its partitions.
    var topics: [[Int]] = []
    /// The partitions of the lanes topic; `nil` when it is not there.
    var lanesTopic: Int?
    var daemons: [DaemonModel]
    var group = GroupModel()
    /// When the group last was anything but settled.
    var disturbedAt = 0
    var handovers = FleetHandovers()
    private var isHealed = false
    /// The first broken promise.
    var failure: String?
    let trail: Trail?

    init(seed: UInt64, keepsTrail: Bool) {
        random = RandomNumbers(seed: seed)
        trail = keepsTrail ? Trail() : nil
        faults = random.subset()
        position = random.isOne(in: 2) ? .latest : .earliest
        calm = [8, 20, 60][random.below(3)]
        daemons = []
        let tasks = 1 + random.below(4)
        for index in 0..<1 + random.below(3) {
            let interval = [5_000, 60_000, 600_000][random.below(3)]
            let own = faults.contains(.otherTasks) ? 1 + random.below(4) : tasks
            var daemon = DaemonModel(index: index, tasksMax: own, lookInterval: interval)
            daemon.startsAt = random.below(10_000)
            daemons.append(daemon)
        }
        for _ in 0..<random.below(3) { addTopic() }
    }

    var moment: Moment { Moment(.milliseconds(now), wallClock: Int64(now)) }

    func has(_ fault: Fault) -> Bool { faults.contains(fault) }

    func isReachable(_ index: Int) -> Bool { daemons[index].isRunning && now >= daemons[index].isCutUntil }

    func say(_ index: Int, _ what: String) { trail?.note(now, "daemon \(index) \(what)") }

    // MARK: the source

    private mutating func addTopic() {
        topics.append([])
        for _ in 0...random.below(3) { addPartition(topics.count - 1) }
    }

    private mutating func addPartition(_ topic: Int) {
        let name = TopicPartition(TopicName("t\(topic)"), Int32(topics[topic].count))
        topics[topic].append(places.count)
        let silence = random.isOne(in: 3) ? random.below(40_000) : 0
        places.append(Place(name: name, topic: topic, isSilentUntil: now + silence))
        if silence == 0, random.isOne(in: 2) { for _ in 0..<random.below(6) { write(places.count - 1) } }
        trail?.note(now, "\(name) is there, end \(places[places.count - 1].end)")
    }

    private mutating func write(_ place: Int) {
        if now >= places[place].isSilentUntil { places[place].copies.append(0) }
    }

    // MARK: a step

    mutating func step() {
        tick()
        for _ in 0..<random.below(3) where !places.isEmpty { write(random.below(places.count)) }
        if random.isOne(in: calm) { strike() }
    }

    /// A step in which nothing goes wrong.
    mutating func calmRound() { tick() }

    private mutating func tick() {
        now += 60 + random.below(80)
        serveGroup()
        for index in daemons.indices {
            if daemons[index].isRunning {
                // Threads do not run at the same pace.
                if isHealed || !random.isOne(in: 4) { turn(index) }
            } else if now >= daemons[index].startsAt {
                start(index)
            }
        }
        noteDisturbance()
        checkCarried()
    }

    private mutating func strike() {
        guard let fault = random.element(of: Fault.allCases.filter(has)) else { return }
        let index = random.below(daemons.count)
        switch fault {
        case .kills: if daemons[index].isRunning { kill(index) }
        case .stops: if daemons[index].isRunning, daemons[index].hasStarted { stop(index) }
        case .cuts:
            guard isReachable(index) else { return }
            daemons[index].isCutUntil = now + 200 + random.below(random.isOne(in: 2) ? 4_000 : 20_000)
            say(index, "has no way to the target until \(daemons[index].isCutUntil)")
        case .newTopics: if topics.count < 5 { addTopic() }
        case .growth:
            guard let topic = random.element(of: Array(topics.indices)), topics[topic].count < 5 else { return }
            addPartition(topic)
        case .otherTasks, .failedRows, .staleLeaders: break
        }
    }

    private mutating func start(_ index: Int) {
        if has(.otherTasks), random.isOne(in: 2) { daemons[index].tasksMax = 1 + random.below(4) }
        daemons[index].isRunning = true
        daemons[index].process += 1
        daemons[index].heardAt = now
        say(index, "starts, tasks.max=\(daemons[index].tasksMax)")
    }

    private mutating func kill(_ index: Int) {
        say(index, "is killed")
        for lane in daemons[index].lanes.keys.sorted() { dropUnsent(index, lane) }
        daemons[index].end(startingAgainAt: now + 50 + random.below(15_000))
    }

    private mutating func stop(_ index: Int) {
        guard !daemons[index].isStopping else { return }
        say(index, "is stopped")
        daemons[index].isStopping = true
        for lane in daemons[index].lanes.keys { end(index, lane, .drained) }
    }

    // MARK: the end

    mutating func heal() {
        trail?.note(now, "all faults end")
        isHealed = true
        for index in daemons.indices {
            daemons[index].isCutUntil = now
            daemons[index].startsAt = min(daemons[index].startsAt, now + 1_000)
        }
    }

    /// Each daemon's next look at the topics is due.
    mutating func lookEverywhere() {
        now += 600_000
        for place in group.members.indices { group.members[place].heardAt = now }
        for index in daemons.indices { daemons[index].heardAt = now }
        disturbedAt = now
    }
}
