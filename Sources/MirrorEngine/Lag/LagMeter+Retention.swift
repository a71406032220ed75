// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// How long the source keeps what is not mirrored yet: asked only of topics that are behind.
extension LagMeter {
    /// Asked anew after so many ticks: somebody who sees what is coming makes it longer.
    private static let ticksPerReading = 60

    func readRetentions(of statuses: [TopicPartition: PartitionStatus]) async {
        let behind = Set(statuses.compactMap { ($0.value.lagRecords ?? 0) > 0 ? $0.key.topic : nil })
        retentions = retentions.filter { behind.contains($0.key) }
        let wanted = behind.filter { topic in
            retentions[topic].map { tick - $0.asked >= Self.ticksPerReading } ?? true
        }
        guard !wanted.isEmpty else { return }
        let described = try? await source.describeConfigurations(topics: Array(wanted), within: .seconds(5))
        for topic in wanted {
            let entries = described?[topic].flatMap { try? $0.get() }
            // What was known stays known while the source does not answer.
            retentions[topic] = (entries.map(Self.retention) ?? retentions[topic]?.milliseconds, tick)
        }
    }

    /// `retention.ms`, where the cleanup policy heeds it.
    private static func retention(_ settings: [ConfigurationEntry]) -> Int64? {
        func value(_ name: String) -> String? { settings.first { $0.name == name }?.value }
        guard value("cleanup.policy")?.contains("delete") ?? true else { return nil }
        return value("retention.ms").flatMap(Int64.init)
    }
}
