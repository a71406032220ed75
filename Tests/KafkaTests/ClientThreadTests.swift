// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// What the system was asked for the threads that librdkafka starts, by what it tells of them.
@Suite(.serialized) struct ClientThreadTests {
    @Test func `only connections that carry records are woken to the millisecond`() async throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        try cluster.createTopic("orders", partitions: 1)

        let before = Set(threads())
        let asking = try AdminClient(.testing(cluster.bootstrapServers), clientID: "asker", traffic: ClientTraffic())
        defer { asking.close() }
        _ = try await asking.topics(within: .seconds(10))
        let quiet = Set(threads()).subtracting(before)
        #expect(quiet.contains { name(of: $0) == "rdk:main" && slack(of: $0) == 20_000_000 })
        #expect(quiet.contains { name(of: $0).hasPrefix("rdk:broker") && slack(of: $0) == 20_000_000 })

        let carrying = try Producer(
            .testProducer(cluster.bootstrapServers), clientID: "sender",
            traffic: ClientTraffic(isOfRecords: true).ofOneClient())
        defer { carrying.close(purging: true) }
        let topic = try carrying.topic(named: "orders")
        try carrying.enqueue(key: nil, value: [1], to: topic, partition: 0)
        try await eventually("the record is acknowledged") {
            carrying.pollDeliveries(within: .milliseconds(10)) { _ in }
            return carrying.outstanding == 0
        }
        let busy = Set(threads()).subtracting(before).subtracting(quiet)
        #expect(busy.contains { name(of: $0) == "rdk:main" && slack(of: $0) == 20_000_000 })
        #expect(busy.contains { name(of: $0).hasPrefix("rdk:broker") && slack(of: $0) == 50_000 })
    }

    private func threads() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    }

    private func name(of thread: String) -> String {
        read("/proc/self/task/\(thread)/comm")
    }

    /// Nanoseconds; `nil` once the thread has ended.
    private func slack(of thread: String) -> Int? { Int(read("/proc/\(thread)/timerslack_ns")) }

    private func read(_ path: String) -> String {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
