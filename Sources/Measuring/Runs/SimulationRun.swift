// SPDX-License-Identifier: Apache-2.0
internal import MirrorSimulation

/// Many seeds of the simulation, or one with its trail.
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
        while steps < options.steps {
            var simulation = Simulation(seed: seed)
            simulation.run()
            if let failure = simulation.failure { throw SimulationFailure(seed: seed, failure: failure, trail: []) }
            steps += simulation.steps
            for state in simulation.statesSeen { states[state, default: 0] += 1 }
            blind += simulation.blindCount
            stopped += simulation.stoppedCount
            seed += 1
        }
        let seeds = seed - options.firstSeed
        let seen = states.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return """
            simulate: \(steps) steps, seeds \(options.firstSeed)..<\(seed), no promise broken
            seeds that have seen a state: \(seen), of \(seeds)
            partitions at the end, of \(seeds * UInt64(Simulation.partitionCount)): \(stopped) stopped for a good reason, \
            \(blind) in a documented blind spot

            """
    }

    private func replay(_ seed: UInt64) throws -> String {
        var simulation = Simulation(seed: seed, keepsTrail: true)
        simulation.run()
        if let failure = simulation.failure {
            throw SimulationFailure(seed: seed, failure: failure, trail: simulation.trail)
        }
        return simulation.trail.map { $0 + "\n" }.joined() + "simulate: seed \(seed), no promise broken\n"
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
