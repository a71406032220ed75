// SPDX-License-Identifier: Apache-2.0
import Glibc
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Synchronization
import Testing

/// What can be told of the admin client without a broker: how calls end.
@Suite struct AdminClientTests {
    private let nowhere = ClientProperties(["bootstrap.servers": "127.0.0.1:1", "reconnect.backoff.ms": "10"])

    @Test func `a cluster that cannot be reached is a failure worth retrying, with its cause`() async throws {
        let admin = try AdminClient(nowhere, clientID: "nowhere")
        let error = await #expect(throws: KafkaError.self) {
            try await admin.clusterID(within: .milliseconds(500))
        }
        #expect(error?.remedy == .retry)
        #expect(error?.reason.contains("refused") == true)
        #expect(admin.takeClientErrors().contains { $0.code == ._transport })
        await #expect(throws: KafkaError.self) { try await admin.topics(within: .milliseconds(200)) }
        await #expect(throws: KafkaError.self) {
            try await admin.offsets(.end, of: [TopicPartition("t", 0)], within: .milliseconds(200))
        }
        admin.close()
    }

    private final class Count: Sendable { let value = Mutex(0) }

    @Test(.timeLimit(.minutes(1)))
    func `a question keeps its deadline while no thread is free to ask it`() async throws {
        let admin = try AdminClient(nowhere, clientID: "waiting")
        defer { admin.close() }
        let gate = Mailbox<Void>()
        let blocked = Count()
        await withTaskGroup(of: Void.self) { group in
            // As many as the pool has threads.
            for _ in 0..<64 {
                group.addTask {
                    await ThreadExecutor.shared.run {
                        blocked.value.withLock { $0 += 1 }
                        while gate.takeAll(within: .seconds(10)).isEmpty {}
                        gate.post(())
                    }
                }
            }
            try? await eventually { blocked.value.withLock { $0 } == 64 }
            await #expect(throws: KafkaError.self) { try await admin.clusterID(within: .milliseconds(10)) }
            await #expect(throws: KafkaError.self) { try await admin.topics(within: .milliseconds(10)) }
            gate.post(())
        }
    }

    @Test func `a cancelled call ends at once, whether its answer is an event or a return`() async throws {
        let admin = try AdminClient(nowhere, clientID: "cancelled")
        async let event = Task {
            try await admin.listGroups(within: .seconds(600))
        }.cancelledResult
        async let blocking = Task {
            try await admin.clusterID(within: .seconds(600))
        }.cancelledResult
        async let metadata = Task {
            try await admin.topics(within: .seconds(5))
        }.cancelledResult
        #expect(await event == ._interrupted)
        #expect(await blocking == ._interrupted)
        #expect(await metadata == ._interrupted)
        // `blocking` still holds the client in librdkafka: close does not wait for that.
        admin.close()
    }

    @Test func `closing fails the calls that wait, and those that come later`() async throws {
        let admin = try AdminClient(nowhere, clientID: "closing")
        let waiting = Task { try await admin.listGroups(within: .seconds(600)) }
        let blocking = Task { try await admin.clusterID(within: .seconds(3)) }
        for _ in 0..<10 { await Task.yield() }
        admin.close()
        await #expect(throws: KafkaError.self) { try await waiting.value }
        await #expect(throws: KafkaError.self) { try await blocking.value }
        let error = await #expect(throws: KafkaError.self) { try await admin.topics(within: .seconds(600)) }
        #expect(error?.code == ._destroy)
        #expect(error?.remedy == .recreateClient)
        admin.close()
    }

    @Test func `nothing to ask for is answered without asking`() async throws {
        let admin = try AdminClient(nowhere, clientID: "nothing")
        #expect(try await admin.createTopics([], within: .seconds(600)).isEmpty)
        #expect(try await admin.offsets(.end, of: [], within: .seconds(600)).isEmpty)
        #expect(try await admin.groupOffsets(of: "g", partitions: [], within: .seconds(600)).isEmpty)
        #expect(try await admin.describeConfigurations(topics: [], within: .seconds(600)).isEmpty)
        admin.close()
    }

    @Test func `the mock cluster answers what a lag meter asks`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("meter", partitions: 2)
        try Witness.write(
            (0..<3).map { .sample("meter", 0, value: "\($0)") }, to: cluster.bootstrapServers)
        let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "meter")
        #expect(try await admin.clusterID(within: .seconds(10)).hasPrefix("mockCluster"))
        let ends = try await admin.offsets(
            .end, of: [TopicPartition("meter", 0), TopicPartition("meter", 1)], within: .seconds(10))
        #expect(try ends.mapValues { try $0.get() } == [TopicPartition("meter", 0): 3, TopicPartition("meter", 1): 0])
        let topics = try await admin.topics(within: .seconds(10))
        #expect(topics.map(\.name) == ["meter"])
        #expect(topics.first?.partitions.count == 2)
        admin.close()
        cluster.close()
    }

    @Test func `the end of a partition is told again after its leader has moved`() async throws {
        let cluster = try MockCluster(brokers: 2)
        let place = TopicPartition("moved", 0)
        try cluster.createTopic("moved", partitions: 1)
        let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "moved")
        for leader in [Int32(1), 2, 1] {
            try cluster.setLeader(of: place, to: leader)
            try await eventually("an end, from leader \(leader)") {
                guard case .success(0)? = try? await admin.offsets(.end, of: [place], within: .seconds(2))[place]
                else { return false }
                return true
            }
        }
        admin.close()
        cluster.close()
    }

    @Test func `a question to a leader that is down is given up, and answered when it is back`() async throws {
        let cluster = try MockCluster(brokers: 2)
        let place = TopicPartition("down", 0)
        try cluster.createTopic("down", partitions: 1)
        try cluster.setLeader(of: place, to: 2)
        let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "down")
        func end() async throws -> Int64? {
            try await admin.offsets(.end, of: [place], within: .milliseconds(300))[place]?.get()
        }
        try await eventually("an end") { (try? await end()) == 0 }
        try cluster.setBrokerDown(2)
        for _ in 0..<3 {
            await #expect(throws: KafkaError.self) { try await end() }
        }
        // What the other broker knows is told meanwhile.
        #expect(try await admin.topics(within: .seconds(10)).map(\.name) == ["down"])
        try cluster.setBrokerUp(2)
        try await eventually(within: .seconds(40), "an end") { (try? await end()) == 0 }
        admin.close()
        cluster.close()
    }

    @Test func `offsets are committed for the handle's own group`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("own", partitions: 1)
        let place = TopicPartition("own", 0)
        let admin = try AdminClient(
            .testing(cluster.bootstrapServers).merging(ClientProperties(["group.id": "own-group"])), clientID: "own")
        #expect(try await admin.commit([:], within: .seconds(10)).isEmpty)
        #expect(try await admin.commit([place: GroupOffset(7)], within: .seconds(30)) == [place: nil])
        let stored = try await admin.groupOffsets(of: "own-group", partitions: [place], within: .seconds(10))
        #expect(stored[place]?.offset == 7)
        admin.close()
        cluster.close()
    }

    @Test func `a setting that no librdkafka knows is refused when the client is made`() {
        let error = #expect(throws: KafkaError.self) {
            try AdminClient(ClientProperties(["no.such.setting": "1"]), clientID: "refused")
        }
        #expect(error?.code == ._notConfigured)
        #expect(error?.operation == "set no.such.setting")
    }
}

extension Task where Failure == any Error {
    /// Cancels the task, once it has had a chance to begin, and tells the code it ended with.
    fileprivate var cancelledResult: KafkaErrorCode? {
        get async {
            for _ in 0..<10 { await Task<Never, Never>.yield() }
            cancel()
            switch await result {
            case .success: return nil
            case .failure(let error): return (error as? KafkaError)?.code
            }
        }
    }
}
