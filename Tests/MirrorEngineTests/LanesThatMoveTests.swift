// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// What is shown while lanes come and go.
@Suite(.serialized) struct LanesThatMoveTests {
    private struct Scene {
        let mirror: MockMirror
        let lanes = GivenLanes()
        /// Nothing is measured unless it is moved.
        let clock = ManualClock()
        let daemon: MirrorDaemon

        init() throws {
            mirror = try MockMirror()
            try mirror.pair.source.createTopic("orders", partitions: 8)
            for partition in 0..<Int32(8) { try mirror.write("orders", partition: partition, 0..<10) }
            daemon = try mirror.daemon("A->B.enabled = true\ntasks.max = 2", clock: clock, lanes: lanes)
        }

        func until(lanes count: Int, measured lag: Int64) async throws {
            try await MirrorEngineTests.until("\(count) lanes with a lag of \(lag)") {
                clock.advance(by: .seconds(1))
                return daemon.flow?.ownedLanes == count && daemon.flow?.carriedLagRecords == lag
            }
        }

        var isMeasuring: Bool { daemon.status.jobs.contains { $0.name == "lag" && $0.isRunning } }
    }

    @Test func `the lag is unknown from when a lane is taken over until its partitions are measured`() async throws {
        let scene = try Scene()
        defer { scene.mirror.close() }
        let (daemon, clock) = (scene.daemon, scene.clock)
        _ = try await running(daemon) {
            scene.lanes.give([0])
            try await scene.until(lanes: 1, measured: 0)
            #expect(daemon.flow?.lagRecords == nil)
            let before = daemon.replicated
            #expect(before > 0 && before < 80)
            scene.lanes.give([1])
            try await until("the second lane") { daemon.flow?.ownedLanes == 2 }
            #expect(daemon.flow?.carriedLagRecords == nil)
            #expect(daemon.flow?.carriedLagSeconds == nil)
            try await until("a lag of both") {
                clock.advance(by: .seconds(1))
                return daemon.lag == 0
            }
            #expect(daemon.replicated == 80)
        }
    }

    @Test func `a lane that ends while the lag is measured is counted once`() async throws {
        let scene = try Scene()
        defer { scene.mirror.close() }
        let (daemon, clock) = (scene.daemon, scene.clock)
        _ = try await running(daemon) {
            scene.lanes.give([0, 1])
            try await scene.until(lanes: 2, measured: 0)
            #expect(daemon.replicated == 80)
            try scene.mirror.pair.source.setRoundTripTime(.seconds(1))
            try await until("a measurement that waits for the source") {
                clock.advance(by: .seconds(1))
                return scene.isMeasuring
            }
            await scene.lanes.take([0])
            try await until("the end of the measurement") { !scene.isMeasuring }
            #expect(daemon.replicated == 80)
            #expect(daemon.flow?.ownedLanes == 1)
            try scene.mirror.pair.source.setRoundTripTime(.zero)
            scene.lanes.give([0])
            try await scene.until(lanes: 2, measured: 0)
            #expect(daemon.replicated == 80)
        }
    }
}
