// SPDX-License-Identifier: Apache-2.0
import MirrorSimulation
import Testing

/// Whatever happens to logs, clients and daemons, what `docs/guarantees.md` promises holds. A seed that fails is repeated by
/// `tern-bench simulate --seed N`.
@Suite struct SimulationTests {
    @Test(arguments: 0..<10)
    func `no order of faults loses a record, stops a partition for nothing, or leaves it behind`(part: UInt64) {
        for seed in part * 20..<part * 20 + 20 {
            var simulation = Simulation(seed: seed)
            simulation.run()
            #expect(simulation.failure == nil, "seed \(seed), with \(simulation.faults)")
        }
    }

    @Test(arguments: [false, true])
    func `partitions that are to continue after a loss do so, with either way of delivery`(isExactlyOnce: Bool) {
        var continued = 0
        for seed in UInt64(1000)..<1160 {
            var simulation = Simulation(seed: seed, isExactlyOnce: isExactlyOnce)
            simulation.run()
            #expect(simulation.failure == nil, "seed \(seed), with \(simulation.faults)")
            continued += simulation.continuedCount
        }
        #expect(continued > 10)
    }

    @Test(arguments: 0..<10)
    func `no order of faults lets a committed reader see a record twice, or not at all`(part: UInt64) {
        for seed in part * 20..<part * 20 + 20 {
            var simulation = Simulation(seed: seed, isExactlyOnce: true)
            simulation.run()
            #expect(simulation.failure == nil, "seed \(seed), with \(simulation.faults)")
        }
    }
}
