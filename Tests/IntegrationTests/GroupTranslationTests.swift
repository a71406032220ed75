// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Telemetry
import TernConfiguration
import Testing

extension RealBrokers {
    /// Groups of the source go on with the target where they stopped.
    @Suite struct GroupTranslationTests {
        private static let quick = """
            emit.checkpoints.interval.seconds = 1
            sync.group.offsets.enabled = true
            sync.group.offsets.interval.seconds = 1
            refresh.groups.interval.seconds = 1
            """

        private func records(_ topic: TopicName, _ partition: Int32, _ range: Range<Int>) -> [OwnedRecord] {
            range.map { .sample(topic, partition, key: "k\($0)", value: "v\($0)") }
        }

        @Test
        func `ten groups at random positions read nothing again and leave nothing out, also after a restart`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("moved"), mirror.copy("moved"))
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                // Transactions leave gaps on the source, which the target does not have.
                try await Scribe.write(
                    ["p:50", "c:20", "a:10", "p:1", "c:3", "a:2", "p:300"], to: topic, of: mirror.clusters[0],
                    in: mirror.folder)
                try Onlooker.write(records(topic, 1, 0..<500), to: mirror.address(0))
                var random = SystemRandomNumberGenerator()
                var wanted: [GroupID: [TopicPartition: Int64]] = [:]
                for number in 0..<10 {
                    let group = GroupID("\(mirror.tag)-group-\(number)")
                    wanted[group] = [
                        TopicPartition(topic, 0): .random(in: 0...380, using: &random),
                        TopicPartition(topic, 1): .random(in: 0...500, using: &random),
                    ]
                }
                for (group, offsets) in wanted {
                    try await mirror.clusters[0].commit(offsets, for: group, metadata: "字")
                }
                let text = mirror.file([(0, 1)], Self.quick + "\ngroups = \(mirror.tag)-.*")
                func wait(_ daemon: MirrorDaemon, _ what: String) async throws {
                    try await until(what, of: daemon) { status in
                        let groups = status.flows[0].groups
                        return groups.count == 10
                            && groups.allSatisfy { $0.state == .ready && $0.synchronizedAt != nil }
                    }
                }
                let first = try mirror.daemon(of: text)
                try await running(first) { try await wait(first, "ten groups that are ready") }
                // The second knows from the map topic alone where the copies of the first are.
                let later = GroupID("\(mirror.tag)-group-0")
                wanted[later] = [TopicPartition(topic, 0): 77, TopicPartition(topic, 1): 499]
                try await mirror.clusters[0].commit(wanted[later] ?? [:], for: later, metadata: "字")
                try await mirror.clusters[1].withAdmin { _ = try await $0.deleteGroups([later], within: .seconds(20)) }
                let second = try mirror.daemon(of: text)
                try await running(second) { try await wait(second, "ten groups that are ready again") }

                let origins = try mirror.origins(copy, partitions: 2)
                for (group, offsets) in wanted {
                    let translated = try await mirror.clusters[1].committed(group)
                    for (place, position) in offsets {
                        let target = TopicPartition(copy, place.partition)
                        let offset = try #require(translated[target], "\(group) \(target)")
                        #expect(offset.metadata == "字")
                        let copies = origins[place.partition] ?? [:]
                        let againRead = copies.filter { $0.key >= offset.offset && $0.value < position }
                        let leftOut = copies.filter { $0.key < offset.offset && $0.value >= position }
                        #expect(
                            againRead.isEmpty && leftOut.isEmpty, "\(group) \(place) \(position) → \(offset.offset)")
                    }
                }
            }
        }

        @Test func `a daemon tells where an offset is on the target, counts what it writes, and names its groups`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("asked"), mirror.copy("asked"))
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                try Onlooker.write(records(topic, 0, 0..<50), to: mirror.address(0))
                let group = GroupID("\(mirror.tag)-asked")
                try await mirror.clusters[0].commit([TopicPartition(topic, 0): 15], for: group)
                let lines = Self.quick + "\ngroups = \(mirror.tag)-.*\n"
                let daemon = try mirror.daemon(
                    of: mirror.file([(0, 1)], lines + "\(mirror.flow(0, 1)).emit.heartbeats.enabled = true"))
                let flow = FlowName(
                    source: ClusterAlias(mirror.aliases[0]), target: ClusterAlias(mirror.aliases[1]))
                let place = TopicPartition(topic, 0)
                #expect(daemon.translate(flow, place, 15) == .elsewhere)
                try await running(daemon) {
                    try await until("what is written", of: daemon) { status in
                        let counters = status.flows[0].counters
                        return status.flows[0].groups.first?.state == .ready && counters.heartbeatsWritten > 0
                            && counters.offsetSyncsWritten > 0 && counters.checkpointsWritten > 0
                            && counters.groupOffsetsWritten > 0
                            && status.flows[0].groups.first?.checkpointLatency.last != nil
                    }
                    #expect(daemon.status.flows[0].groups.first?.checkpointed == [TopicPartition(copy, 0)])
                    #expect(daemon.status.flows[0].groupTranslation == .here)
                    func at(_ translation: OffsetTranslation, _ partition: Int32 = 0) -> PositionAnswer {
                        .translated(
                            TranslatedOffset(partition: TopicPartition(copy, partition), translation: translation))
                    }
                    #expect(daemon.translate(flow, place, 15) == at(.exact(15)))
                    #expect(daemon.translate(flow, place, 50) == at(.exact(50)))
                    #expect(daemon.translate(flow, place, 57) == at(.ahead(50, behind: 7)))
                    #expect(daemon.translate(flow, TopicPartition(topic, 1), 3) == at(.unknown, 1))
                    #expect(daemon.translate(flow, TopicPartition(topic, 2), 3) == .partitionUnknown(count: 2))
                    #expect(daemon.translate(flow, TopicPartition("nowhere", 0), 3) == .topicUnknown)
                    #expect(daemon.translate(FlowName(source: "x", target: "y"), place, 3) == .flowUnknown)
                }
            }
        }

        @Test func `a group that is used on the target is left alone, and its status says so`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("used"), mirror.copy("used"))
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(records(topic, 0, 0..<20), to: mirror.address(0))
                let group = GroupID("\(mirror.tag)-used")
                try await mirror.clusters[0].commit([TopicPartition(topic, 0): 15], for: group, metadata: "字")
                try await mirror.clusters[1].createTopic(copy)
                let member = try GroupMember(
                    ClientProperties(["bootstrap.servers": mirror.address(1), "group.id": group.rawValue]),
                    clientID: "member")
                defer { member.close(by: .now + .seconds(5)) }
                try member.subscribe(to: [copy])
                try await eventually(within: .seconds(30), "a member") { () async throws -> Bool in
                    guard case .assigned(let partitions) = member.nextEvent(within: .milliseconds(50)) else {
                        return false
                    }
                    try member.acknowledgeAssigned(partitions)
                    return true
                }
                let daemon = try mirror.daemon(of: mirror.file([(0, 1)], Self.quick + "\ngroups = \(mirror.tag)-.*"))
                try await running(daemon) {
                    try await until("a group in use", of: daemon) { status in
                        _ = member.nextEvent(within: .milliseconds(50))
                        return status.flows[0].groups.first?.state == .active
                    }
                    let status = try #require(daemon.status.flows[0].groups.first)
                    #expect(status.reason == "consumers use it on \(mirror.aliases[1]): their offsets count there")
                }
                let offsets = try await mirror.clusters[1].committed(group)
                #expect(offsets[TopicPartition(copy, 0)] == nil)
            }
        }

        @Test func `what a group reads of a copy brings it back to the original's place`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("back"), mirror.copy("back"))
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write(records(topic, 0, 0..<100), to: mirror.address(0))
                let group = GroupID("\(mirror.tag)-back")
                let text = mirror.file([(0, 1), (1, 0)], Self.quick + "\ngroups = \(mirror.tag)-.*")
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("100 copies", of: daemon) { status in
                        status.flow(mirror.flow(0, 1))?.replicated == 100
                    }
                    // It has failed over, and has read 63 of the copies.
                    try await mirror.clusters[1].commit([TopicPartition(copy, 0): 63], for: group, metadata: "字")
                    try await until("a group that may go back", of: daemon) { status in
                        status.flow(mirror.flow(1, 0))?.groups.first { $0.id == group }?.synchronizedAt != nil
                    }
                }
                let offsets = try await mirror.clusters[0].committed(group)
                #expect(offsets[TopicPartition(topic, 0)]?.offset == 63)
            }
        }

        /// Brokers take any number from any member of a group.
        @Test func `a group that has committed the largest offset there is does no harm to the daemon`() async throws {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("far"), mirror.copy("far"))
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                try Onlooker.write(records(topic, 0, 0..<20) + records(topic, 1, 0..<20), to: mirror.address(0))
                let (there, back) = (GroupID("\(mirror.tag)-there"), GroupID("\(mirror.tag)-back"))
                let text = mirror.file([(0, 1), (1, 0)], Self.quick + "\ngroups = \(mirror.tag)-.*")
                let daemon = try mirror.daemon(of: text)
                try await running(daemon) {
                    try await until("40 copies", of: daemon) { $0.flow(mirror.flow(0, 1))?.replicated == 40 }
                    let far = [TopicPartition(topic, 0): Int64.max, TopicPartition(topic, 1): Int64.max]
                    try await mirror.clusters[0].commit(far, for: there)
                    let farBack = [TopicPartition(copy, 0): Int64.max, TopicPartition(copy, 1): Int64.max]
                    try await mirror.clusters[1].commit(farBack, for: back)
                    try await until("both groups", of: daemon) { status in
                        let groups = [mirror.flow(0, 1), mirror.flow(1, 0)].flatMap { status.flow($0)?.groups ?? [] }
                        return groups.contains { $0.id == there && $0.readAgainRecords == .max }
                            && groups.contains { $0.id == back && $0.synchronizedAt != nil }
                    }
                }
                // Behind the last record, and not beyond the log.
                #expect(try await mirror.clusters[0].committed(back)[TopicPartition(topic, 1)]?.offset == 20)
            }
        }
    }
}
