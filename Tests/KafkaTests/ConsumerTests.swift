// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Synchronization
import Testing

@Suite struct ConsumerTests {
    @Test func `records of an unassigned partition never surface, not even after assigning it again`() throws {
        let bench = try Bench(topic: "unassign")
        defer { #expect(bench.close()) }
        try bench.fill(3000)
        try bench.assignAll()
        _ = try bench.nextRecord()
        // Wait until both partitions are read ahead of here and in librdkafka.
        try eventually(polling: {
            _ = try bench.nextRecord()
            return bench.consumer.bufferedCount > 100
        })
        let held = bench.partition(0)
        try bench.consumer.incrementalUnassign([held])
        for _ in 0..<1000 { #expect(try bench.nextRecord().partition == 1) }

        try bench.consumer.incrementalAssign([(held, .at(5))])
        var expected: Int64 = 5
        try eventually(polling: {
            let record = try bench.nextRecord()
            if record.partition == 0 {
                #expect(record.offset == expected)
                expected += 1
            }
            return expected == 500
        })
    }

    @Test func `unassigning one partition leaves nothing out of the others`() throws {
        let bench = try Bench(topic: "others", partitions: 3)
        defer { #expect(bench.close()) }
        try bench.fill(2000)
        try bench.assignAll()
        var next: [Int32: Int64] = [0: 0, 1: 0, 2: 0]
        var held = false
        try eventually(
            within: .seconds(30),
            polling: {
                let record = try bench.nextRecord()
                #expect(record.offset == next[record.partition])
                next[record.partition] = record.offset + 1
                if !held, record.partition == 1, record.offset == 300 {
                    held = true
                    try bench.consumer.incrementalUnassign([bench.partition(1)])
                }
                // Which partition comes first is the library's choice.
                return held && next[0] == 2000 && next[2] == 2000
            })
        #expect(next[1] == 301)
    }

    @Test func `a new assignment drops what was read ahead of the old one`() throws {
        let bench = try Bench(topic: "assign", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(2000)
        for start in [0, 1500, 3, 1999] as [Int64] {
            try bench.consumer.assign([(bench.partition(0), .at(start))])
            #expect(bench.consumer.bufferedCount == 0)
            #expect(try bench.nextRecord().offset == start)
        }
    }

    @Test func `a record names its topic by the identity that the consumer tells`() throws {
        let bench = try Bench(topic: "identity")
        defer { #expect(bench.close()) }
        try bench.fill(1)
        #expect(bench.consumer.topicIdentity(of: "identity") == nil)
        try bench.assignAll()
        let record = try bench.nextRecord()
        #expect(record.topicIdentity == bench.consumer.topicIdentity(of: "identity"))
        #expect(record.topic == "identity")
        let outgoing = OutgoingRecord(record)
        #expect(outgoing.topicIdentity == bench.consumer.topicIdentity(of: "identity"))
    }

    @Test func `an interruption ends a wait, and one that comes before the wait is not lost`() throws {
        let bench = try Bench(topic: "interrupt")
        defer { #expect(bench.close()) }
        bench.consumer.interrupter.interrupt()
        var waited = bench.consumer.nextEvent(within: .seconds(600)) == nil ? 1 : 0
        let interrupter = bench.consumer.interrupter
        let flag = SharedFlag()
        let thread = OwnedThread(name: "interrupts") {
            while !flag.value.load(ordering: .acquiring) { interrupter.interrupt() }
        }
        // Log lines may come first: none of them may stand in the way.
        while waited < 2 {
            if bench.consumer.nextEvent(within: .seconds(600)) == nil { waited += 1 }
        }
        flag.value.store(true, ordering: .releasing)
        thread.join()
    }

    @Test func `a position that does not exist is an error with its offset, once the reset is an error`() throws {
        let bench = try Bench(topic: "range", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(3)
        try bench.consumer.assign([(bench.partition(0), .at(77))])
        let failure = try bench.nextFailure { $0.code == ._autoOffsetReset }
        #expect(failure.partition == bench.partition(0))
        #expect(failure.offset == 77)
        try bench.consumer.incrementalUnassign([bench.partition(0)])
        try bench.consumer.incrementalAssign([(bench.partition(0), .at(2))])
        #expect(try bench.nextRecord().offset == 2)
        #expect(bench.consumer.position(of: bench.partition(0)) == 3)
    }

    @Test func `a refused fetch is a failure of its partition`() throws {
        let bench = try Bench(topic: "refused", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(1)
        bench.cluster.pushRequestErrors(.fetch, [.topicAuthorizationFailed])
        try bench.assignAll()
        let failure = try bench.nextFailure { $0.code == .topicAuthorizationFailed }
        #expect(failure.partition == bench.partition(0))
        #expect(failure.error.remedy == .giveUp)
        // It goes on by itself.
        #expect(try bench.nextRecord().offset == 0)
    }

    @Test func `a cluster that is down is told by failures and log lines, and reading goes on when it is back`() throws
    {
        let bench = try Bench(topic: "down", partitions: 1)
        defer { #expect(bench.close()) }
        try bench.fill(1)
        try bench.assignAll()
        #expect(try bench.nextRecord().offset == 0)
        try bench.cluster.setBrokerDown()
        let failure = try bench.nextFailure { $0.code == ._transport || $0.code == ._allBrokersDown }
        #expect(failure.partition == nil)
        #expect(failure.error.remedy == .retry)
        #expect(!failure.error.isFatal)
        try bench.cluster.setBrokerUp()
        try Witness.write([.sample("down", 0, value: "after")], to: bench.cluster.bootstrapServers)
        #expect(try bench.nextRecord().offset == 1)
    }

    @Test func `librdkafka's log lines go to whom follows them, with the client's name`() throws {
        let lines = Mutex<[ClientLogLine]>([])
        ClientLog.follow { line in lines.withLock { $0.append(line) } }
        defer { ClientLog.follow(nil) }
        let consumer = try Consumer(
            ClientProperties(["bootstrap.servers": "127.0.0.1:1", "debug": "conf"]), clientID: "logs")
        defer { consumer.close(by: .now + .seconds(5)) }
        try eventually(polling: {
            _ = consumer.nextEvent(within: .milliseconds(100))
            let own = lines.withLock { $0.filter { $0.client.hasPrefix("logs#consumer-") } }
            return Set(own.map(\.facility)).isSuperset(of: ["CONF", "FAIL"])
        })
    }

    @Test func `the cluster's id is known after the first answer, without waiting before`() throws {
        let bench = try Bench(topic: "id", partitions: 1)
        defer { #expect(bench.close()) }
        let nowhere = try Consumer(ClientProperties(["bootstrap.servers": "127.0.0.1:1"]), clientID: "id")
        #expect(nowhere.clusterID == nil)
        nowhere.close(by: .now + .seconds(5))
        try bench.fill(1)
        try bench.assignAll()
        _ = try bench.nextRecord()
        let other = try MockCluster()
        defer { other.close() }
        let id = try #require(bench.consumer.clusterID)
        #expect(id.hasPrefix("mockCluster"))
    }

    @Test func `closing takes what was read ahead with it, and a second close does nothing`() throws {
        let bench = try Bench(topic: "close")
        try bench.fill(500)
        try bench.assignAll()
        _ = try bench.nextRecord()
        #expect(bench.close())
        #expect(bench.consumer.close(by: .now))
        let event = bench.consumer.nextEvent(within: .seconds(600))
        let isOver = event == nil
        #expect(isOver)
        #expect(throws: KafkaError.self) { try bench.assignAll() }
    }

    @Test func `a close whose deadline has passed does not wait, and leaves nothing to close`() throws {
        let bench = try Bench(topic: "deadline")
        defer { bench.close() }
        try bench.fill(10)
        try bench.assignAll()
        _ = try bench.nextRecord()
        // It may be complete all the same: an assignment that is given up at once needs no time.
        _ = bench.consumer.close(by: .now - .seconds(1))
        #expect(bench.consumer.close(by: .now))
    }

    @Test func `a consumer that is dropped without being closed leaves nothing running`() throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        for _ in 0..<3 {
            let consumer = try Consumer(.testConsumer(cluster.bootstrapServers), clientID: "dropped")
            try consumer.assign([(TopicPartition("dropped", 0), .beginning)])
            _ = consumer.nextEvent(within: .milliseconds(20))
        }
    }

    /// A flag that a thread of its own may look at.
    final class SharedFlag: Sendable {
        let value = Atomic<Bool>(false)
    }
}
