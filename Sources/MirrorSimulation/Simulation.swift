// SPDX-License-Identifier: Apache-2.0
import Mirroring

/// One run of a simulated world: faults by one seed, then none, then everything must be current or stand for a good reason.
public struct Simulation {
    public let seed: UInt64
    public private(set) var steps = 0
    /// The first broken promise; `nil` when all were kept.
    public private(set) var failure: String?
    /// The kinds of fault that this seed has.
    public let faults: [String]
    /// What partitions have been through.
    public private(set) var statesSeen: Set<String> = []
    /// Partitions in a documented blind spot at the end, of which nothing is claimed.
    public private(set) var blindCount = 0
    public private(set) var stoppedCount = 0
    /// How often a policy had a partition continue after a loss.
    public private(set) var continuedCount = 0
    /// How transactions ended, where the lane writes in transactions.
    public private(set) var endings = TransactionEndings()
    /// Everything that happened, a line each, if it was asked for.
    public var trail: [String] { world.trail?.lines ?? [] }
    public static let partitionCount = 3
    private var world: World

    /// - Parameter isExactlyOnce: whether the lane writes in transactions.
    public init(seed: UInt64, isExactlyOnce: Bool = false, keepsTrail: Bool = false) {
        self.seed = seed
        world = World(
            seed: seed, partitions: Self.partitionCount, isExactlyOnce: isExactlyOnce, keepsTrail: keepsTrail)
        faults = world.faults.map { "\($0)" }.sorted()
    }

    /// - Parameter limit: steps with faults.
    public mutating func run(steps limit: Int = 1500) {
        for _ in 0..<limit where world.failure == nil {
            world.step()
            steps += 1
        }
        world.heal()
        settle("after all faults had ended")
        if world.failure == nil {
            world.crash()
            settle("after a last crash")
        }
        world.checkTheEnd()
        failure = world.failure
        statesSeen = world.statesSeen
        endings = world.endings
        continuedCount = world.losses.continued
        blindCount = world.truths.indices.count { world.isBlind($0) }
        stoppedCount = world.lane.partitions.count { $0.machine.isStopped }
    }

    /// Liveness: within a bounded number of rounds nothing is left to do.
    private mutating func settle(_ when: String) {
        for _ in 0..<400 where world.failure == nil {
            world.calmRound()
            steps += 1
            if world.restless == nil { return }
        }
        guard world.failure == nil, let place = world.restless else { return }
        let machine = world.lane.partitions[place].machine
        world.fail(
            place,
            """
            no rest within 400 rounds \(when): next \(machine.ledger.nextOffset ?? -1) of \
            \(world.sources[place].stableEnd), \(machine.ledger.pendingCount) in flight, row due \(machine.rowDue ?? -1)
            """)
    }
}
