// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring

/// One record as an independent reader found it.
struct DemoSighting: Sendable {
    var place: DemoPlace
    var offset: Int64
    /// Of everything but the headers that Tern adds.
    var checksum: UInt64
    /// What `tern.origin` says; `nil` unless it occurs exactly once.
    var origin: OriginHeader?
    /// Whether there is any header of Tern's.
    var isMarked: Bool
}

/// Compares what was written with what was found on every cluster. Pure: the judge of `tern demo`.
struct DemoProof: Sendable {
    /// What was found of one topic on one cluster.
    struct Row: Sendable, Equatable {
        var cluster: ClusterAlias
        var topic: TopicName
        var born = 0
        /// First arrivals, by the cluster where they were born.
        var arrived: [ClusterAlias: Int] = [:]
        var missing = 0
        /// Came from elsewhere more than once.
        var repeated = 0
        /// Was born here and came back.
        var returned = 0
        /// Came after one that was written later to the same partition.
        var reordered = 0
        /// Nobody wrote it like this: other bytes, another partition, or an origin that is not its own.
        var altered = 0
        /// The sum over the records, whatever their order: equal where the records are.
        var checksum: UInt64 = 0

        var isProved: Bool { missing + repeated + returned + reordered + altered == 0 }
    }

    private struct Birth {
        let place: DemoPlace
        let number: Int
    }
    private struct Stream: Hashable {
        let at: DemoPlace
        let from: ClusterAlias
    }

    private(set) var rows: [Row] = []
    let written: Int
    /// Two equal records were written: nothing can be proved of them.
    let ambiguous: Int

    /// - Parameters:
    ///   - written: the checksums of what applications wrote, in their order.
    ///   - sightings: of each cluster's topics, read to their ends; in the order of offsets within a partition.
    init(
        clusters: [ClusterAlias], topics: [TopicName], written: [DemoPlace: [UInt64]], sightings: [DemoSighting]
    ) {
        var births: [UInt64: Birth] = [:]
        for (place, checksums) in written {
            for (number, checksum) in checksums.enumerated() {
                births[checksum] = Birth(place: place, number: number)
            }
        }
        self.written = written.values.reduce(0) { $0 + $1.count }
        ambiguous = self.written - births.count
        var offsets: [UInt64: Int64] = [:]
        for sighting in sightings where births[sighting.checksum]?.place == sighting.place && !sighting.isMarked {
            offsets[sighting.checksum] = sighting.offset
        }
        for cluster in clusters {
            let here = sightings.filter { $0.place.cluster == cluster }
            var found = Self.found(at: cluster, topics, here, births, offsets)
            for (place, checksums) in written {
                let missing = checksums.count { !found.seen.contains($0) }
                found.rows[place.topic]?.missing += missing
            }
            rows += topics.compactMap { found.rows[$0] }
        }
    }

    var isProved: Bool { written > 0 && ambiguous == 0 && rows.allSatisfy(\.isProved) }

    private static func found(
        at cluster: ClusterAlias, _ topics: [TopicName], _ sightings: [DemoSighting], _ births: [UInt64: Birth],
        _ offsets: [UInt64: Int64]
    ) -> (rows: [TopicName: Row], seen: Set<UInt64>) {
        var rows = Dictionary(uniqueKeysWithValues: topics.map { ($0, Row(cluster: cluster, topic: $0)) })
        var seen: Set<UInt64> = []
        var last: [Stream: Int] = [:]
        for sighting in sightings {
            let place = sighting.place
            guard let birth = births[sighting.checksum], birth.place.topic == place.topic,
                birth.place.partition == place.partition
            else {
                rows[place.topic]?.altered += 1
                continue
            }
            let isBornHere = birth.place.cluster == cluster
            guard seen.insert(sighting.checksum).inserted, !(isBornHere && sighting.isMarked) else {
                if isBornHere { rows[place.topic]?.returned += 1 } else { rows[place.topic]?.repeated += 1 }
                continue
            }
            let stream = Stream(at: place, from: birth.place.cluster)
            if let previous = last[stream], previous > birth.number { rows[place.topic]?.reordered += 1 }
            last[stream] = max(last[stream] ?? 0, birth.number)
            rows[place.topic]?.checksum &+= sighting.checksum
            if isBornHere {
                rows[place.topic]?.born += 1
            } else {
                rows[place.topic]?.arrived[birth.place.cluster, default: 0] += 1
                if !names(sighting.origin, birth.place, offsets[sighting.checksum]) {
                    rows[place.topic]?.altered += 1
                }
            }
        }
        return (rows, seen)
    }

    /// Whether an origin is the place where the record was born; its offset is not known when it is missing there.
    private static func names(_ origin: OriginHeader?, _ place: DemoPlace, _ offset: Int64?) -> Bool {
        origin?.alias == place.cluster && origin?.topic == place.topic && origin?.partition == place.partition
            && (offset == nil || origin?.offset == offset)
    }
}
