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

    @Test(arguments: 0..<10)
    func `no order of faults lets a committed reader see a record twice, or not at all`(part: UInt64) {
        for seed in part * 20..<part * 20 + 20 {
            var simulation = Simulation(seed: seed, isExactlyOnce: true)
            simulation.run()
            #expect(simulation.failure == nil, "seed \(seed), with \(simulation.faults)")
        }
    }
}
