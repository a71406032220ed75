// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite(.needsBrokers) struct AdminGroupsTests {
    @Test(arguments: BrokerLine.available)
    func `offsets of a group are written, read back with their metadata, and forgotten`(on line: BrokerLine)
        async throws
    {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            try await cluster.createTopic("group-topic", partitions: 2)
            let group: GroupID = "offsets-group"
            let (p0, p1) = (TopicPartition("group-topic", 0), TopicPartition("group-topic", 1))
            #expect(try await admin.groupOffsets(of: "never-seen", within: patience).isEmpty)
            let written = try await admin.alterGroupOffsets(
                of: group,
                to: [
                    p0: GroupOffset(7, metadata: "née"), p1: GroupOffset(9), TopicPartition("gone", 0): GroupOffset(1),
                ],
                within: patience)
            #expect(written[p0] == .some(nil))
            #expect(written[TopicPartition("gone", 0)]??.code == .unknownTopicOrPart)
            let read = try await admin.groupOffsets(of: group, within: patience)
            #expect(read == [p0: GroupOffset(7, metadata: "née"), p1: GroupOffset(9)])
            let one = try await admin.groupOffsets(of: group, partitions: [p1], requiresStable: true, within: patience)
            #expect(one == [p1: GroupOffset(9)])

            let listed = try await admin.listGroups(within: patience)
            #expect(listed.groups.first { $0.id == group }?.state == .empty)
            #expect(listed.problems.isEmpty)
            let described = try await admin.describeGroups([group, "never-seen"], within: patience)
            #expect(try described[group]?.get().members.isEmpty == true)
            #expect(try described["never-seen"]?.get().state == .dead)

            let forgotten = try await admin.deleteGroupOffsets(of: group, [p1], within: patience)
            #expect(forgotten[p1] == .some(nil))
            #expect(try await admin.groupOffsets(of: group, within: patience).keys.sorted() == [p0])
            let deleted = try await admin.deleteGroups([group, "never-seen"], within: patience)
            #expect(deleted[group] == .some(nil))
            #expect(deleted["never-seen"]??.code == .groupIdNotFound)
        }
    }

    @Test(arguments: [false, true])
    func `an offset query about a topic that is deleted says that it is missing, and answers the rest`(isAlone: Bool)
        async throws
    {
        let cluster = try await BrokerLine.current.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            let topic = TopicName("short-lived-\(isAlone)")
            try await cluster.createTopic(topic)
            try await cluster.createTopic("long-lived")
            let (gone, other) = (TopicPartition(topic, 0), TopicPartition("long-lived", 0))
            let all = isAlone ? [gone] : [gone, other]
            #expect(try await admin.offsets(.end, of: all, within: patience)[gone]?.get() == 0)
            _ = try await admin.deleteTopics([topic], within: patience)
            var told = ""
            let missing: Set<KafkaErrorCode> = [.unknownTopicOrPart, ._unknownTopic, ._unknownPartition]
            do {
                try await eventually(within: .seconds(20), "word of its absence") {
                    do {
                        let answers = try await admin.offsets(.end, of: all, within: .seconds(2))
                        told += " \(answers)"
                        guard case .failure(let error)? = answers[gone], missing.contains(error.code) else {
                            return false
                        }
                        return try isAlone || answers[other]?.get() == 0
                    } catch {
                        told += " thrown: \(error)"
                        return false
                    }
                }
            } catch {
                throw NeverHappened("\(error): \(told.suffix(1000))")
            }
        }
    }

    @Test(arguments: BrokerLine.available)
    func `offsets at both ends and at a time come in one call, with the reason where there is none`(
        on line: BrokerLine
    ) async throws {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            // The records are old: without a word about it they would be gone in a second.
            try await cluster.createTopic("ends", partitions: 2, configuration: [("retention.ms", "-1")])
            let start: Int64 = 1_700_000_000_000
            try Witness.write(
                (0..<5).map { .sample("ends", 0, value: "\($0)", timestamp: start + $0 * 1000) },
                to: cluster.bootstrapServers)
            let (p0, p1, missing) = (TopicPartition("ends", 0), TopicPartition("ends", 1), TopicPartition("none", 0))
            let end = try await admin.offsets(.end, of: [p0, p1, missing], within: patience)
            #expect(try end[p0]?.get() == 5)
            #expect(try end[p1]?.get() == 0)
            #expect(throws: KafkaError.self) { try end[missing]?.get() }
            let onlyMissing = try await admin.offsets(.end, of: [missing], within: patience)
            #expect(throws: KafkaError.self) { try onlyMissing[missing]?.get() }
            let atTime = try await admin.offsets(.atTime(start + 1500), of: [p0, p1], within: patience)
            #expect(try atTime[p0]?.get() == 2)
            #expect(try atTime[p1]?.get() == -1)

            let cut = try await admin.deleteRecords(before: [p0: 3], within: patience)
            #expect(try cut[p0]?.get() == 3)
            #expect(try await admin.offsets(.beginning, of: [p0], within: patience)[p0]?.get() == 3)
            let beyond = try await admin.deleteRecords(before: [p0: 99], within: patience)
            #expect(throws: KafkaError.self) { try beyond[p0]?.get() }
            // The result of this one aborts the process when it is read before its error.
            await #expect(throws: KafkaError.self) {
                try await admin.deleteRecords(before: [missing: 1], within: patience)
            }
        }
    }

    @Test(arguments: BrokerLine.available)
    func `a member of a group takes its lanes, shows in the description, and hands them over`(
        on line: BrokerLine
    ) async throws {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            try await cluster.createTopic("lanes", partitions: 4)
            let first = try Membership(cluster, "lanes-group-\(line)")
            defer { first.member.close(by: .now + .seconds(5)) }
            try eventually(within: patience, "all four lanes", polling: { first.poll().count == 4 })
            let described = try await admin.describeGroups([first.group], within: patience)
            #expect(try described[first.group]?.get().state == .stable)
            #expect(try described[first.group]?.get().members.first?.assignment.count == 4)
            let refused = try await admin.alterGroupOffsets(
                of: first.group, to: [TopicPartition("lanes", 0): GroupOffset(1)], within: patience)
            #expect(refused[TopicPartition("lanes", 0)]??.code == .unknownMemberId)

            let second = try Membership(cluster, "lanes-group-\(line)")
            try eventually(
                within: patience, "half of the lanes each",
                polling: { first.poll().count + second.poll().count == 4 && second.owned.count == 2 })
            #expect(first.owned.isDisjoint(with: second.owned))
            let shared = try await admin.assignedPartitions(of: first.group, within: patience)
            #expect(shared == Set((0..<4).map { TopicPartition("lanes", $0) }))
            #expect(try await admin.assignedPartitions(of: "never-seen", within: patience) == nil)
            #expect(second.member.close(by: .now + .seconds(10)))
            try eventually(within: patience, "all lanes again", polling: { first.poll().count == 4 })
        }
    }

    /// A member that acknowledges at once.
    final class Membership {
        let member: GroupMember
        let group: GroupID
        private(set) var owned: Set<TopicPartition> = []

        init(_ cluster: RealCluster, _ group: String) throws {
            self.group = GroupID(group)
            member = try GroupMember(
                .testing(
                    cluster.bootstrapServers,
                    [
                        "group.id": group, "session.timeout.ms": "6000", "heartbeat.interval.ms": "200",
                        "partition.assignment.strategy": "cooperative-sticky",
                    ]), clientID: "member")
            try member.subscribe(to: ["lanes"])
        }

        func poll() -> Set<TopicPartition> {
            do {
                switch member.nextEvent(within: .milliseconds(50)) {
                case .assigned(let partitions):
                    owned.formUnion(partitions)
                    try member.acknowledgeAssigned(partitions)
                case .revoked(let partitions, let lost):
                    #expect(!lost)
                    owned.subtract(partitions)
                    try member.acknowledgeRevoked(partitions)
                case .failure(let error): Issue.record("\(error)")
                case nil: break
                }
            } catch { Issue.record("\(error)") }
            return owned
        }
    }

    @Test(arguments: [false, true])
    func `a request that was given up does no harm when the group's coordinator comes back`(closes: Bool) async throws {
        let cluster = try await RealCluster.start(try #require(KafkaDistribution.found))
        try await cluster.createTopic("kept")
        let offsets = [TopicPartition("kept", 0): GroupOffset(1)]
        // A broker learns of a new topic a moment after it was created, and a coordinator loads its groups.
        func commit(with admin: AdminClient) async throws {
            try await eventually(within: .seconds(30), "a commit") {
                let answer = try? await admin.alterGroupOffsets(of: "kept-group", to: offsets, within: patience)
                return answer?.values.allSatisfy { $0 == nil } ?? false
            }
        }
        let properties = ClientProperties.testing(cluster.bootstrapServers)
        try await withAdmin(properties) { admin in
            try await commit(with: admin)
            try await cluster.stop()
            for _ in 0..<2 {
                await #expect(throws: KafkaError.self) {
                    try await admin.alterGroupOffsets(of: "kept-group", to: offsets, within: .seconds(1))
                }
            }
            if closes { admin.close() }
            try await cluster.restart()
            try await withAdmin(properties) { try await commit(with: $0) }
            if !closes { try await commit(with: admin) }
        }
        try await cluster.close()
    }
}
