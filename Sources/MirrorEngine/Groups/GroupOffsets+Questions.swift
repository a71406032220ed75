// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import TernConfiguration

/// What the source is asked in each round.
extension GroupOffsets {
    func committedOffsets(
        of groups: [GroupID]
    ) async -> [GroupID: Result<[TopicPartition: GroupOffset], KafkaError>] {
        let (source, limit) = (source, configuration.adminTimeout)
        return await askEach(groups, atOnce: Self.width) { group in
            do throws(KafkaError) {
                return .success(try await source.groupOffsets(of: group, within: limit))
            } catch {
                return .failure(error)
            }
        }
    }

    /// The ends of logs that hold groups, and that are not measured here: another process may carry them.
    func completed(
        _ ends: [TopicPartition: Int64],
        _ committed: [GroupID: Result<[TopicPartition: GroupOffset], KafkaError>], _ topics: [TopicName: TopicName]
    ) async -> [TopicPartition: Int64] {
        let places = Set(committed.values.lazy.flatMap { (try? $0.get())?.keys.map { $0 } ?? [] })
        let missing = places.filter { ends[$0] == nil && topics[$0.topic] != nil }
        guard !missing.isEmpty,
            let found = try? await source.offsets(.end, of: missing.sorted(), within: .seconds(5))
        else { return ends }
        return ends.merging(found.compactMapValues { try? $0.get() }) { known, _ in known }
    }
}
