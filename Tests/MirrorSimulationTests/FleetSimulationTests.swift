// SPDX-License-Identifier: Apache-2.0
import MirrorSimulation
import Testing

/// Whatever becomes of the daemons that share the lanes of a flow, what `docs/guarantees.md` promises about several daemons
/// holds. A seed that fails is repeated by `tern-bench simulate --seed N`.
@Suite struct FleetSimulationTests {
    @Test(arguments: 0..<10)
    func `no order of handovers loses a record, repeats one for nothing, or leaves a partition to nobody`(part: UInt64)
    {
        for seed in part * 20..<part * 20 + 20 {
            var simulation = FleetSimulation(seed: seed)
            simulation.run()
            #expect(simulation.failure == nil, "seed \(seed), with \(simulation.faults)")
        }
    }

    @Test func `lanes are handed over in an orderly way and lost, and the same seed tells the same story twice`() {
        var handovers = FleetHandovers()
        for seed in UInt64(0)..<40 {
            var simulation = FleetSimulation(seed: seed, keepsTrail: seed < 4)
            simulation.run()
            handovers += simulation.handovers
            guard seed < 4 else { continue }
            var again = FleetSimulation(seed: seed, keepsTrail: true)
            again.run()
            #expect(simulation.trail == again.trail)
            #expect(!simulation.trail.isEmpty)
        }
        #expect(handovers.drained > 100)
        #expect(handovers.lost > 10)
    }
}
