// SPDX-License-Identifier: Apache-2.0
import Glibc
import Kafka
import KafkaTesting
import KafkaTypes
import Synchronization
import Testing

/// What clients tell about their traffic, against what the kernel tells about their connections.
@Suite(.serialized) struct ClientTrafficTests {
    @Test func `bytes sent and received are those that the kernel saw`() async throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        try cluster.createTopic("orders", partitions: 3)
        let traffic = ClientTraffic()
        let producer = try Producer(.testProducer(cluster.bootstrapServers), clientID: "sender", traffic: traffic)
        let consumer = try Consumer(
            .testConsumer(cluster.bootstrapServers, ["fetch.wait.max.ms": "500"]), clientID: "taker", traffic: traffic)
        // Answers to these go through another thread than that of the connection.
        let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "asker", traffic: traffic)
        defer {
            admin.close()
            producer.close(purging: true)
            consumer.close(by: .now + .seconds(5))
        }
        let topic = try producer.topic(named: "orders")
        var taken = 0
        func pass(_ count: Int) async throws {
            for partition in 0..<Int32(3) {
                let value = [UInt8](repeating: UInt8(partition), count: count)
                try producer.enqueue(key: nil, value: value, to: topic, partition: partition)
            }
            let wanted = taken + 3
            try await eventually("three records") {
                producer.pollDeliveries(within: .zero) { _ in }
                while let event = consumer.nextEvent(within: .milliseconds(10)) {
                    if case .record = event { taken += 1 }
                }
                return taken == wanted
            }
            _ = try await admin.topics(within: .seconds(10))
            _ = try await admin.offsets(.end, of: [TopicPartition("orders", 0)], within: .seconds(10))
        }
        let ports = try cluster.ports
        /// What was counted and is not in the numbers of open connections.
        func closed() -> (sent: Int64, received: Int64, counted: ClientTraffic.Totals) {
            let (seen, totals) = (Connections.bytes(toPorts: ports), traffic.totals)
            return (totals.sentBytes - seen.sent, totals.receivedBytes - seen.received, totals)
        }
        try consumer.assign((0..<3).map { (TopicPartition("orders", $0), .beginning) })
        // A newer client gives up the connections by which it learned of the brokers: from here on there are others.
        try await pass(1)
        var before = closed()
        var reads = 0
        try await eventually("nothing under way") {
            let now = closed()
            reads = (now.sent, now.received) == (before.sent, before.received) ? reads + 1 : 0
            before = now
            return reads == 8
        }
        try await pass(50_000)
        try await eventually("the kernel's numbers") {
            let now = closed()
            return (now.sent, now.received) == (before.sent, before.received)
                && now.counted.sentBytes - before.counted.sentBytes > 150_000
                && now.counted.receivedBytes - before.counted.receivedBytes > 150_000
        }
    }

    @Test func `each produce request is counted once, and timed when it is answered`() throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        try cluster.createTopic("orders", partitions: 1)
        try cluster.setRoundTripTime(.milliseconds(30))
        let times = Mutex<[Duration]>([])
        let traffic = ClientTraffic { time in times.withLock { $0.append(time) } }
        let producer = try Producer(.testProducer(cluster.bootstrapServers), clientID: "sender", traffic: traffic)
        defer { producer.close(purging: true) }
        let topic = try producer.topic(named: "orders")
        for _ in 0..<5 {
            try producer.enqueue(key: nil, value: [1], to: topic, partition: 0)
            var held: Duration?
            try eventually(
                "a report",
                polling: {
                    producer.pollDeliveries(within: .milliseconds(50)) { held = $0.timeInProducer }
                    return held != nil
                })
            // A record cannot have come back sooner than the answer to its request.
            let answered = try #require(times.withLock { $0.last })
            #expect(answered >= .milliseconds(30))
            #expect(try #require(held) >= answered)
        }
        #expect(traffic.totals.produceRequests == 5)
        #expect(traffic.totals.fetchRequests == 0)
        #expect(times.withLock { $0.count } == 5)
        #expect(traffic.totals.throttled == .zero)
    }

    @Test func `what a closed client counted stays, beside what the next one counts, in the total too`() async throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        let total = ClientTraffic()
        let part = ClientTraffic(addingTo: total)
        var before = part.totals
        for _ in 0..<3 {
            let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "asker", traffic: part)
            _ = try await admin.topics(within: .seconds(10))
            admin.close()
            let after = part.totals
            #expect(after.sentBytes > before.sentBytes)
            #expect(after.receivedBytes > before.receivedBytes)
            #expect(total.totals == after)
            before = after
        }
    }

    @Test func `what is counted for one client alone is counted and timed with the others`() throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        try cluster.createTopic("orders", partitions: 1)
        let times = Mutex<[Duration]>([])
        let all = ClientTraffic { time in times.withLock { $0.append(time) } }
        let alone = all.ofOneClient()
        let producer = try Producer(.testProducer(cluster.bootstrapServers), clientID: "sender", traffic: alone)
        defer { producer.close(purging: true) }
        try producer.enqueue(key: nil, value: [1], to: producer.topic(named: "orders"), partition: 0)
        try eventually(
            "a report",
            polling: {
                producer.pollDeliveries(within: .milliseconds(50)) { _ in }
                return producer.outstanding == 0
            })
        #expect(alone.totals.produceRequests == 1 && all.totals.produceRequests == 1)
        #expect(times.withLock { $0.count } == 1)
    }

    @Test func `counting ends with the client, and nothing is kept behind`() throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        weak var counted: ClientTraffic?
        do {
            let traffic = ClientTraffic()
            counted = traffic
            let producer = try Producer(.testProducer(cluster.bootstrapServers), clientID: "sender", traffic: traffic)
            producer.close(purging: true)
        }
        #expect(counted == nil)
    }

    @Test func `a client that cannot be made keeps nothing either, however often it is tried, nor spoils the next one`()
        async throws
    {
        let cluster = try MockCluster()
        defer { cluster.close() }
        weak var counted: ClientTraffic?
        do {
            let traffic = ClientTraffic()
            counted = traffic
            for _ in 0..<3 {
                #expect(throws: KafkaError.self) {
                    _ = try Producer(
                        .testing("127.0.0.1:1", ["security.protocol": "ssl", "ssl.ca.location": "/nonexistent"]),
                        clientID: "sender", traffic: traffic)
                }
            }
            let admin = try AdminClient(.testing(cluster.bootstrapServers), clientID: "asker", traffic: traffic)
            _ = try await admin.topics(within: .seconds(10))
            #expect(traffic.totals.receivedBytes > 0)
            admin.close()
        }
        // An admin client may end a moment after it was closed, on a thread of its own.
        try await eventually("nothing kept") { counted == nil }
    }
}

extension MockCluster {
    fileprivate var ports: Set<UInt16> {
        get throws {
            Set(
                bootstrapServers.split(separator: ",").compactMap {
                    $0.split(separator: ":").last.flatMap { UInt16($0) }
                })
        }
    }
}

/// This process's TCP connections, as the kernel counts them.
private enum Connections {
    /// Payload that the other side has acknowledged, and payload received, over the open connections to these ports.
    static func bytes(toPorts ports: Set<UInt16>) -> (sent: Int64, received: Int64) {
        var sum: (sent: Int64, received: Int64) = (0, 0)
        for descriptor in Int32(0)..<1024 {
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let found = withUnsafeMutableBytes(of: &address) { bytes in
                getpeername(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
            }
            guard found == 0, address.sin_family == AF_INET, ports.contains(UInt16(bigEndian: address.sin_port)) else {
                continue
            }
            // struct tcp_info of linux/tcp.h: tcpi_bytes_acked at 120, which counts the SYN, tcpi_bytes_received at 128.
            var information = [UInt8](repeating: 0, count: 136)
            var size = socklen_t(information.count)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0, size == 136 else {
                continue
            }
            information.withUnsafeBytes { bytes in
                sum.sent += bytes.load(fromByteOffset: 120, as: Int64.self) - 1
                sum.received += bytes.load(fromByteOffset: 128, as: Int64.self)
            }
        }
        return sum
    }
}
