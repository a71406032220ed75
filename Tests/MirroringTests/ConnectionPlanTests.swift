// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct ConnectionPlanTests {
    private static let prefetch = 16 << 20

    private func source(
        _ roundTrip: Duration?, partitions: Int = 8, lanes: Int = 1, prefetch: Int = prefetch, chosen: Int? = nil
    ) -> ConnectionPlan {
        .source(
            roundTrip: roundTrip, partitions: partitions, lanes: lanes, prefetchBytes: prefetch, chosen: chosen)
    }

    @Test(arguments: [nil, Duration.zero, .milliseconds(1), .microseconds(7_999)])
    func `near clusters, and those not yet measured, are read and written by one connection as the settings say`(
        _ roundTrip: Duration?
    ) {
        #expect(source(roundTrip) == ConnectionPlan(connections: 1))
        #expect(ConnectionPlan.target(roundTrip: roundTrip, partitions: 8, lanes: 1) == ConnectionPlan(connections: 1))
    }

    @Test(arguments: [
        (10, 1, 16, 2), (20, 2, 16, 4), (50, 4, 8, 4), (100, 8, 4, 4), (250, 8, 4, 4), (1000, 8, 4, 4),
    ])
    func `the farther the source, the more connections share its partitions`(
        _ milliseconds: Int, _ connections: Int, _ mebibytes: Int, _ ofPartition: Int
    ) {
        let plan = source(.milliseconds(milliseconds))
        #expect(
            plan
                == ConnectionPlan(
                    connections: connections, fetchBytes: mebibytes << 20, partitionFetchBytes: ofPartition << 20))
    }

    @Test func `few partitions have few connections, and bring more by each fetch`() {
        #expect(source(.milliseconds(100), partitions: 1) == ConnectionPlan(connections: 1, fetchBytes: 16 << 20))
        #expect(source(.milliseconds(100), partitions: 4) == ConnectionPlan(connections: 4, fetchBytes: 8 << 20))
    }

    @Test func `what is under way together keeps within three times the prefetch memory`() {
        for milliseconds in [10, 30, 100, 300] {
            for partitions in 1...40 {
                let plan = source(.milliseconds(milliseconds), partitions: partitions)
                #expect(plan.connections * (plan.fetchBytes ?? 0) <= 3 * Self.prefetch)
            }
        }
        // No partition of a connection takes a whole fetch from the others, and each gets what a fetch brings by default.
        for partitions in 2...40 {
            let plan = source(.milliseconds(100), partitions: partitions)
            let each = (partitions + plan.connections - 1) / plan.connections
            #expect((plan.partitionFetchBytes ?? 0) * min(each, 4) <= plan.fetchBytes ?? 0)
            #expect(plan.partitionFetchBytes ?? 0 >= 1 << 20)
        }
        let (few, many) = (source(.milliseconds(100), partitions: 8), source(.milliseconds(100), partitions: 80))
        #expect(few.isWorthChanging(to: many) && !many.isWorthChanging(to: few))
        // The least that a fetch brings is worth its round trip.
        #expect(source(.milliseconds(100), prefetch: 1 << 20).fetchBytes == 4 << 20)
    }

    @Test func `lanes share the connections that the distance asks for`() {
        #expect(source(.milliseconds(100), lanes: 4, prefetch: Self.prefetch / 4).connections == 2)
        #expect(ConnectionPlan.target(roundTrip: .milliseconds(100), partitions: 2, lanes: 4).connections == 1)
    }

    @Test func `a far target has connections of its own, apart from all that a near one may have`() {
        let near = ConnectionPlan.target(roundTrip: .milliseconds(1), partitions: 8, lanes: 1)
        let far = ConnectionPlan.target(roundTrip: .milliseconds(100), partitions: 8, lanes: 1)
        let few = ConnectionPlan.target(roundTrip: .milliseconds(100), partitions: 8, lanes: 1, chosen: 1)
        #expect(!near.isFarTarget && far.isFarTarget && few.isFarTarget)
        #expect(far.connections == 4 && few.connections == 1)
        #expect((0..<8).map(near.connection) == Array(repeating: 0, count: 8))
        #expect(Set((0..<8).map(far.connection)).isDisjoint(with: 0..<ConnectionPlan.mostConnections))
        #expect((0..<8).map(far.connection).allSatisfy { $0 < far.connectionEnd })
        #expect(near.isWorthChanging(to: few))
    }

    @Test func `what connections can carry at most follows from what is under way in a round trip`() {
        let source = source(.milliseconds(100))
        #expect(source.mostRead(roundTrip: .milliseconds(100)) == Double(8 * (4 << 20)) * 10)
        #expect(self.source(.milliseconds(1)).mostRead(roundTrip: .milliseconds(1)) == nil)
        let target = ConnectionPlan.target(roundTrip: .milliseconds(100), partitions: 8, lanes: 1)
        func written(_ partitions: Int) -> Double? {
            target.mostWritten(roundTrip: .milliseconds(100), partitions: partitions, batchBytes: 1_000_000)
        }
        #expect(written(8) == 80_000_000)
        #expect(written(100) == 200_000_000)
        let near = ConnectionPlan(connections: 1)
        #expect(near.mostWritten(roundTrip: .milliseconds(1), partitions: 8, batchBytes: 1_000_000) == nil)
    }

    @Test func `a number in the file wins over the distance, but not over the number of partitions`() {
        #expect(source(.milliseconds(1), chosen: 3) == ConnectionPlan(connections: 3))
        let one = ConnectionPlan(connections: 1, fetchBytes: 16 << 20, partitionFetchBytes: 2 << 20)
        #expect(source(.milliseconds(100), chosen: 1) == one)
        #expect(source(.milliseconds(1), partitions: 2, chosen: 8).connections == 2)
        #expect(
            ConnectionPlan.target(roundTrip: .milliseconds(1), partitions: 9, lanes: 1, chosen: 5).connections == 5)
    }

    @Test func `a round trip that wanders between two plans moves nothing back and forth`() {
        func plan(_ milliseconds: Int) -> ConnectionPlan { source(.milliseconds(milliseconds), partitions: 64) }
        #expect(plan(90).isWorthChanging(to: plan(100)))
        #expect(!plan(100).isWorthChanging(to: plan(90)))
        #expect(plan(100).isWorthChanging(to: plan(1)))
        #expect(plan(100).isWorthChanging(to: plan(40)))
        #expect(!plan(100).isWorthChanging(to: plan(100)))
    }
}
