// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Mirroring

extension RealCluster {
    /// Commits positions for a group that has no members.
    func commit(_ offsets: [TopicPartition: Int64], for group: GroupID, metadata: String? = nil) async throws {
        let results = try await withAdmin {
            try await $0.alterGroupOffsets(
                of: group, to: offsets.mapValues { GroupOffset($0, metadata: metadata) }, within: .seconds(20))
        }
        for case let error? in results.values { throw error }
    }

    func committed(_ group: GroupID) async throws -> [TopicPartition: GroupOffset] {
        try await withAdmin { try await $0.groupOffsets(of: group, within: .seconds(20)) }
    }
}

extension RealMirror {
    /// What each copy on the second cluster is of: by partition and its offset there, the offset on the source.
    func origins(_ copy: TopicName, partitions: Int) throws -> [Int32: [Int64: Int64]] {
        var origins: [Int32: [Int64: Int64]] = [:]
        for record in try Onlooker.records(of: copy, partitions: partitions, at: address(1), within: .seconds(60)) {
            guard let origin = record.bornAt else { continue }
            origins[record.partition, default: [:]][record.offset] = origin
        }
        return origins
    }

    /// Which groups would read something again on the second cluster, or leave something out.
    ///
    /// - Parameters:
    ///   - wanted: where each group stands on the source.
    ///   - origins: of the copies, as ``origins(_:partitions:)`` tells them.
    func inexact(
        _ wanted: [GroupID: [TopicPartition: Int64]], _ copy: TopicName, _ origins: [Int32: [Int64: Int64]]
    ) async throws -> [String] {
        var found: [String] = []
        for (group, positions) in wanted {
            let moved = try await clusters[1].committed(group)
            for (place, position) in positions {
                guard let offset = moved[TopicPartition(copy, place.partition)]?.offset else {
                    found.append("\(group) \(place) has no offset")
                    continue
                }
                let copies = origins[place.partition] ?? [:]
                let rest = Set(copies.filter { $0.key >= offset }.values)
                let again = rest.count { $0 < position }
                let leftOut = Set(copies.values).count { $0 >= position && !rest.contains($0) }
                if again + leftOut > 0 {
                    found.append("\(group) \(place) \(position) → \(offset): \(again) again, \(leftOut) left out")
                }
            }
        }
        return found
    }
}
