// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

extension RealBrokers {
    /// Groups that move where it is hardest: under equal names in both directions, and after a daemon was killed.
    @Suite struct FailoverTests {
        private static let quick = """
            emit.checkpoints.interval.seconds = 1
            sync.group.offsets.enabled = true
            sync.group.offsets.interval.seconds = 1
            refresh.groups.interval.seconds = 1
            """

        // MARK: equal names

        private static let identity =
            "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
        private static let perPhase = 40

        /// Runs the daemon until every group of both flows has been written on the other side.
        private func settle(_ mirror: RealMirror, _ text: String, groups: Int) async throws {
            let daemon = try mirror.daemon(of: text)
            try await running(daemon) {
                try await until("\(groups) groups ready both ways", of: daemon) { status in
                    status.flows.allSatisfy { flow in
                        flow.groups.count == groups
                            && flow.groups.allSatisfy { $0.state == .ready && $0.synchronizedAt != nil }
                    }
                }
            }
        }

        /// Writes on both sides at once, in several rounds, with a group that stops on the first cluster in each of them.
        ///
        /// - Returns: where the groups stopped.
        private func writeBothWays(_ mirror: RealMirror, _ topic: TopicName, phases: Int) async throws
            -> [GroupID: Int64]
        {
            let place = TopicPartition(topic, 0)
            var positions: [GroupID: Int64] = [:]
            let daemon = try mirror.daemon(of: text(mirror))
            try await running(daemon) {
                for phase in 0..<phases {
                    for number in (phase * Self.perPhase)..<((phase + 1) * Self.perPhase) {
                        for (cluster, alias) in mirror.aliases.enumerated() {
                            try Onlooker.write(
                                [.sample(topic, 0, key: "k", value: "\(alias) \(number)")], to: mirror.address(cluster))
                        }
                    }
                    // Some of these are still on their way while the group commits.
                    let end = Int64(try mirror.records(of: topic, at: 0).count)
                    let group = GroupID("\(mirror.tag)-group-\(phase)")
                    positions[group] = .random(in: Int64(phase * 2 * Self.perPhase)...end)
                    try await mirror.clusters[0].commit([place: positions[group] ?? 0], for: group)
                    try await until("all of both on both sides", of: daemon) { status in
                        status.flows.allSatisfy {
                            $0.replicated == (phase + 1) * Self.perPhase && $0.lagRecords == 0
                        }
                    }
                }
            }
            return positions
        }

        private func text(_ mirror: RealMirror) -> String {
            mirror.file([(0, 1), (1, 0)], "\(Self.identity)\n\(Self.quick)\ngroups = \(mirror.tag)-.*")
        }

        @Test func `under equal names a group that moves misses nothing, there and back, and reads little again`()
            async throws
        {
            let phases = 5
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("both")
                let place = TopicPartition(topic, 0)
                for cluster in mirror.clusters { try await cluster.createTopic(topic) }
                let stopped = try await writeBothWays(mirror, topic, phases: phases)
                try await settle(mirror, text(mirror), groups: phases)

                let first = try mirror.records(of: topic, at: 0).map(\.text)
                let second = try mirror.records(of: topic, at: 1).map(\.text)
                let all = Set(first)
                #expect(all.count == phases * 2 * Self.perPhase && Set(second) == all)
                #expect(first != second, "they do not interleave differently, so this shows nothing")
                var known: [GroupID: Set<String>] = [:]
                for (group, position) in stopped {
                    let read = Set(first[..<Int(position)])
                    let start = Int(try #require(try await mirror.clusters[1].committed(group)[place]).offset)
                    let rest = Set(second[start...])
                    #expect(read.union(rest) == all, "\(group) at \(position) → \(start)")
                    // What is read again lies between the places of two records of one round.
                    let again = read.intersection(rest).count
                    #expect(again < 2 * Self.perPhase, "\(group) at \(position) → \(start)")
                    // On the second cluster it reads some more, and stops.
                    let end = Int.random(in: start...second.count)
                    known[group] = read.union(second[start..<end])
                    try await mirror.clusters[1].commit([place: Int64(end)], for: group)
                }
                try await settle(mirror, text(mirror), groups: phases)
                for (group, read) in known {
                    let start = Int(try #require(try await mirror.clusters[0].committed(group)[place]).offset)
                    let rest = Set(first[start...])
                    #expect(read.union(rest) == all, "\(group), back at \(start)")
                    #expect(read.intersection(rest).count < 2 * Self.perPhase, "\(group), back at \(start)")
                }
            }
        }

        // MARK: a daemon that was killed

        @Test(.needsExecutable)
        func `after kill -9 under load groups are translated exactly, also right where the copies were repeated`()
            async throws
        {
            let partitions = 3
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("killed"), mirror.copy("killed"))
                try await mirror.clusters[0].createTopic(topic, partitions: Int32(partitions))
                let writer = SteadyWriter(topic, partitions: partitions, at: mirror.address(0), most: 200_000)
                let text = mirror.file(
                    [(0, 1)],
                    Self.quick + "\ngroups = \(mirror.tag)-.*\n\(mirror.aliases[1]).offset.flush.interval.ms = 100")
                var wanted: [GroupID: [TopicPartition: Int64]] = [:]
                func commit(_ name: String, _ position: (Int32) -> Int64) async throws {
                    let group = GroupID("\(mirror.tag)-\(name)")
                    let places = (0..<Int32(partitions)).map { TopicPartition(topic, $0) }
                    wanted[group] = Dictionary(uniqueKeysWithValues: places.map { ($0, position($0.partition)) })
                    try await mirror.clusters[0].commit(wanted[group] ?? [:], for: group)
                }
                for round in 0..<2 {
                    let tern = try TernProcess(text, in: mirror.folder, name: "round\(round)")
                    try await tern.until("some copies") {
                        await tern.metric("tern_replicated_records_total") ?? 0 > 3000
                    }
                    let written = Int64(writer.perPartition)
                    for number in 0..<3 {
                        try await commit("r\(round)-\(number)") { _ in .random(in: 0...written) }
                    }
                    try await tern.kill()
                }
                try await writer.writeMore(500)
                let count = Int64(writer.perPartition)
                let last = try TernProcess(text, in: mirror.folder, name: "last")
                try await last.until("lag 0") { await last.isCaughtUp(mirror.tag, partitions: partitions) }
                let origins = try mirror.origins(copy, partitions: partitions)
                let steps = origins.mapValues { copies in
                    let inOrder = copies.sorted { $0.key < $1.key }.map(\.value)
                    return zip(inOrder, inOrder.dropFirst()).filter { $0 >= $1 }
                }
                for number in 0..<2 {
                    try await commit("first-\(number)") { steps[$0]?.dropFirst(number).first?.1 ?? 0 }
                    try await commit("behind-\(number)") { (steps[$0]?.dropFirst(number).first?.1 ?? 0) + 1 }
                    try await commit("last-\(number)") { steps[$0]?.dropFirst(number).first?.0 ?? count }
                    try await commit("next-\(number)") { (steps[$0]?.dropFirst(number).first?.0 ?? count - 1) + 1 }
                }
                try await commit("end") { _ in count }
                for partition in 0..<Int32(partitions) {
                    #expect(Set((origins[partition] ?? [:]).values) == Set(0..<count))
                }
                var found: [String] = []
                try? await eventually(within: .seconds(40), "exact groups") {
                    found = try await mirror.inexact(wanted, copy, origins)
                    return found.isEmpty
                }
                #expect(found == [])
                #expect(steps.values.contains { !$0.isEmpty }, "nothing was repeated, so this shows little")
                #expect(try await last.stop() == 0)
            }
        }
    }
}
