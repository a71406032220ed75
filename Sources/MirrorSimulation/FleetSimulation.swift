// SPDX-License-Identifier: Apache-2.0

/// One run of a simulated fleet: several daemons share the lanes of one flow, with faults by one seed, then without; then
/// everything must be carried, and be on the target.
public struct FleetSimulation {
    public let seed: UInt64
    public private(set) var steps = 0
    /// The first broken promise; `nil` when all were kept.
    public private(set) var failure: String?
    /// The kinds of fault that this seed has.
    public let faults: [String]
    /// Assignments by the coordinator, lanes that were drained, and lanes that were lost.
    public private(set) var handovers = FleetHandovers()
    /// Everything that happened, a line each, if it was asked for.
    public var trail: [String] { world.trail?.lines ?? [] }
    private var world: FleetWorld

    public init(seed: UInt64, keepsTrail: Bool = false) {
        self.seed = seed
        world = FleetWorld(seed: seed, keepsTrail: keepsTrail)
        faults = world.faults.map { "\($0)" }.sorted()
    }

    /// - Parameter limit: steps with faults.
    public mutating func run(steps limit: Int = 600) {
        for _ in 0..<limit where world.failure == nil {
            world.step()
            steps += 1
        }
        world.heal()
        // Long enough for what was lost to be shared out anew, and shorter than most daemons wait between looks at topics.
        for _ in 0..<300 where world.failure == nil { calmRound() }
        world.lookEverywhere()
        for _ in 0..<800 where world.failure == nil && world.restless != nil { calmRound() }
        world.checkTheEnd()
        failure = world.failure
        handovers = world.handovers
    }

    private mutating func calmRound() {
        world.calmRound()
        steps += 1
    }
}

/// What lanes have been through.
public struct FleetHandovers: Sendable {
    public var assignments = 0
    public var drained = 0
    public var lost = 0

    public init() {}

    public static func += (left: inout Self, right: Self) {
        left.assignments += right.assignments
        left.drained += right.drained
        left.lost += right.lost
    }
}
