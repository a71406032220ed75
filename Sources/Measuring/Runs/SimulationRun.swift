// SPDX-License-Identifier: Apache-2.0
internal import MirrorSimulation

/// Many seeds of the simulations, or one with its trail: of a lane among faults, and every fourth also of a fleet of daemons that
/// share lanes.
struct SimulationRun {
    private let options: BenchOptions

    init(_ options: BenchOptions) { self.options = options }

    /// - Throws: ``SimulationFailure`` for the first seed that breaks a promise.
    func text() throws -> String {
        if let seed = options.seed { return try replay(seed) }
        var steps = 0
        var seed = options.firstSeed
        var states: [String: Int] = [:]
        var blind = 0
        var stopped = 0
        var continued = 0
        var fleetSteps = 0
        var fleets = 0
        var handovers = FleetHandovers()
        var transactionalSteps = 0
        var endings = TransactionEndings()
        while steps + fleetSteps + transactionalSteps < options.steps {
            var simulation = Simulation(seed: seed)
            simulation.run()
            if let failure = simulation.failure { throw SimulationFailure(seed: seed, failure: failure, trail: []) }
            steps += simulation.steps
            for state in simulation.statesSeen { states[state, default: 0] += 1 }
            blind += simulation.blindCount
            stopped += simulation.stoppedCount
            continued += simulation.continuedCount
            var transactional = Simulation(seed: seed, isExactlyOnce: true)
            transactional.run()
            if let failure = transactional.failure {
                throw SimulationFailure(seed: seed, failure: "exactly once, \(failure)", trail: [])
            }
            transactionalSteps += transactional.steps
            continued += transactional.continuedCount
            endings += transactional.endings
            if hasFleet(seed) {
                var fleet = FleetSimulation(seed: seed)
                fleet.run()
                if let failure = fleet.failure { throw SimulationFailure(seed: seed, failure: failure, trail: []) }
                fleetSteps += fleet.steps
                fleets += 1
                handovers += fleet.handovers
            }
            seed += 1
        }
        let seeds = seed - options.firstSeed
        let seen = states.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return """
            simulate: \(steps) steps, seeds \(options.firstSeed)..<\(seed), no promise broken
            seeds that have seen a state: \(seen), of \(seeds)
            partitions at the end, of \(seeds * UInt64(Simulation.partitionCount)): \(stopped) stopped for a good reason, \
            \(blind) in a documented blind spot; \(continued) times a policy had one continue after a loss
            exactly once: \(transactionalSteps) steps, no promise broken; \(endings)
            fleets: \(fleetSteps) steps, \(fleets) seeds, no promise broken; lanes shared out \(handovers.assignments) times, \
            \(handovers.drained) drained, \(handovers.lost) lost

            """
    }

    private func hasFleet(_ seed: UInt64) -> Bool { seed % 4 == 0 }

    private func replay(_ seed: UInt64) throws -> String {
        var simulation = Simulation(seed: seed, keepsTrail: true)
        simulation.run()
        if let failure = simulation.failure {
            throw SimulationFailure(seed: seed, failure: failure, trail: simulation.trail)
        }
        var transactional = Simulation(seed: seed, isExactlyOnce: true, keepsTrail: true)
        transactional.run()
        if let failure = transactional.failure {
            throw SimulationFailure(seed: seed, failure: "exactly once, \(failure)", trail: transactional.trail)
        }
        var fleet = FleetSimulation(seed: seed, keepsTrail: true)
        fleet.run()
        let trail =
            simulation.trail + ["simulate: seed \(seed), exactly once"] + transactional.trail + [
                "simulate: seed \(seed), the fleet"
            ] + fleet.trail
        if let failure = fleet.failure { throw SimulationFailure(seed: seed, failure: failure, trail: trail) }
        return trail.map { $0 + "\n" }.joined() + "simulate: seed \(seed), no promise broken\n"
    }
}

struct SimulationFailure: Error, CustomStringConvertible {
    var seed: UInt64
    var failure: String
    var trail: [String]

    var description: String {
        (trail + ["simulate: seed \(seed): \(failure)", "replay it with: tern-bench simulate --seed \(seed)"])
            .joined(separator: "\n")
    }
}
