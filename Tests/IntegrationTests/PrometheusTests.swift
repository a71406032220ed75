// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

extension RealBrokers {
    /// A real Prometheus, with the shipped rules.
    @Suite struct PrometheusTests {
        /// Those that docs/cost.md shows, by the lines that begin them.
        private static func queriesOfCosts() throws -> [String] {
            let text = try String(contentsOf: repositoryFile("docs/cost.md"), encoding: .utf8)
            var queries: [String] = []
            for line in text.split(separator: "\n") where line.hasPrefix("    ") {
                let part = String(line.prefix { $0 != "#" })
                if part.hasPrefix("    sum by") {
                    queries.append(part)
                } else if part.hasPrefix("      * ") {
                    queries[queries.count - 1] += part
                }
            }
            try #require(queries.count == 2)
            return queries
        }

        @Test(.needsExecutable, .needsProgram("prometheus"))
        func `the alert for a stalled partition fires in a real Prometheus, for that partition alone, until it moves`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let (topic, copy) = (mirror.topic("stalls"), mirror.copy("stalls"))
                try await mirror.clusters[0].createTopic(topic, partitions: 2)
                try await mirror.clusters[1].createTopic(
                    copy, partitions: 2, configuration: [("max.message.bytes", "2000")])
                let large = String(repeating: "x", count: 4_000)
                try Onlooker.write(
                    [.sample(topic, 0, key: "k", value: "small"), .sample(topic, 0, key: "k", value: large)]
                        + (0..<10).map { .sample(topic, 1, key: "k", value: "v\($0)") },
                    to: mirror.address(0))
                let text = mirror.file([(0, 1)], "sync.topic.configs.enabled = false\nlink.price.per.gb = 0.02")
                    .replacing("http.listen = none\n", with: "")
                let tern = try TernProcess(text, in: mirror.folder)
                try await tern.until("one record that waits in one partition") {
                    let (lag, moved) = (
                        await tern.metric("tern_lag_records", "\(topic)", #"partition="0""#),
                        await tern.metric("tern_lag_records", "\(topic)", #"partition="1""#)
                    )
                    return lag == 1 && moved == 0
                }
                let prometheus = try PrometheusProcess(scraping: tern.port, window: 5, in: mirror.folder)
                do {
                    try await tern.until("TernPartitionStalled", within: .seconds(60)) {
                        let firing = await prometheus.firing("TernPartitionStalled") ?? []
                        return firing.map(\.labels["topic"]) == ["\(topic)"]
                            && firing.map(\.labels["partition"]) == ["0"]
                    }
                    let alert = try #require(await prometheus.firing("TernPartitionStalled")?.first)
                    #expect(alert.labels["source"] == mirror.aliases[0] && alert.labels["target"] == mirror.aliases[1])
                    #expect(alert.labels["job"] == "tern" && alert.labels["severity"] == "critical")
                    #expect(
                        alert.annotations["summary"]
                            == "\(topic)/0 of \(mirror.flow(0, 1)) does not move.")
                    // It reads the page with MirrorMaker's names, too.
                    let count = "sum(kafka_connect_mirror_mirrorsourceconnector_record_count{topic=\"\(copy)\"})"
                    try await tern.until("11 copies by MirrorMaker's name") {
                        await prometheus.value(of: count) == "11"
                    }
                    let lag = #"sum(kafka_consumer_fetch_manager_records_lag{clientid=~".*replication-consumer\""})"#
                    #expect(await prometheus.value(of: lag) == "1")
                    // What docs/cost.md has for Prometheus.
                    for query in try Self.queriesOfCosts() {
                        try await tern.until("an answer to \(query)") {
                            await prometheus.value(of: "sum(\(query))") != nil
                        }
                    }
                    // Whoever is called finds the reason by the other alert: the target refuses the record.
                    try await tern.until("TernPartitionStopped") {
                        await prometheus.firing("TernPartitionStopped")?.map(\.labels["state"]) == ["REFUSED"]
                    }
                    try await mirror.clusters[1].withAdmin { admin in
                        _ = try await admin.alterConfigurations(
                            [copy: [("max.message.bytes", "20000")]], within: .seconds(20))
                    }
                    try await tern.until("the end of both alerts", within: .seconds(90)) {
                        let alerts = await prometheus.alerts()
                        return alerts.map { alerts in
                            !alerts.contains { ["TernPartitionStalled", "TernPartitionStopped"].contains($0.name) }
                        } ?? false
                    }
                    #expect(await tern.isCaughtUp("\(topic)", partitions: 2))
                } catch {
                    await prometheus.kill()
                    throw NeverHappened("\(error); Prometheus: \(prometheus.log.suffix(2000))")
                }
                await prometheus.kill()
                #expect(try await tern.stop() == 0)
            }
        }
    }
}
