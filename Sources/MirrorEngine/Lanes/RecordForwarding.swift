// SPDX-License-Identifier: Apache-2.0
package import TernConfiguration
package import Kafka
package import KafkaTypes
package import Mirroring

/// Asks the policy about each record of a partition, and writes the two headers of those that are sent.
package struct RecordForwarding: Sendable {
    private static let names = (origin: HeaderName(OriginHeader.name), path: HeaderName(PathHeader.name))

    /// Shared; held here since asking for a static is a call for each record.
    private let originName = Self.names.origin
    private let pathName = Self.names.path
    private let policy: ForwardingPolicy
    private var origin: OriginEncoder
    private var path: PathEncoder
    private let partition: Int32
    /// Records of at least this many bytes may have lost their `tern.origin` to the lack of room on this cluster.
    private let originMayLackFrom: Int
    /// Bytes that the values of the two headers have at most.
    let largestOrigin: Int
    let largestPath: Int

    package init(
        policy: ForwardingPolicy, source: TopicPartition, alias: ClusterAlias, sourceID: String,
        originMayLackFrom: Int = .max
    ) {
        self.policy = policy
        origin = OriginEncoder(alias: alias, topic: source.topic, partition: source.partition)
        path = PathEncoder(sourceClusterID: sourceID)
        partition = source.partition
        self.originMayLackFrom = originMayLackFrom
        largestOrigin = OriginHeader.largestValue(alias: alias, topic: source.topic)
        largestPath = sourceID.utf8.count
    }

    /// From so many bytes on a mirror had perhaps no room for `tern.origin` on the source.
    /// - Parameter limit: the topic's `max.message.bytes` there; `nil` where it is not known.
    package static func originMayLack(below limit: Int64?) -> Int {
        limit.map { Int(max($0 / 2, $0 - 65_536)) } ?? .max
    }

    /// What becomes of a record; keeps the extended path of one that is a copy.
    package mutating func verdict(of record: borrowing Record) -> ForwardingPolicy.Verdict {
        guard record.hasHeaders else {
            return policy.verdict(hasHeaders: false, origin: nil, path: nil, partition: partition)
        }
        let mayLack = (record.keyCount ?? 0) + (record.valueCount ?? 0) >= originMayLackFrom
        // Two steps instead of one inside the other: the first asks about the origin alone.
        let foundOrigin = record.withLastHeader(named: originName) { origin -> Bool in
            guard let origin else { return false }
            return policy.believes(origin, partition: partition)
        }
        let verdict = record.withLastHeader(named: pathName) { received -> ForwardingPolicy.Verdict in
            let verdict = policy.verdict(
                isOriginBelieved: foundOrigin ?? mayLack, path: received)
            if case .forwardExtended = verdict, let received { path.extend(received) }
            return verdict
        }
        if let verdict { return verdict }
        return policy.verdict(hasHeaders: foundOrigin != nil, origin: nil, path: nil, partition: partition)
    }

    /// Writes the headers behind the application's own, each once.
    package mutating func label(
        _ record: inout OutgoingRecord, verdict: ForwardingPolicy.Verdict, offset: Int64, room: HeaderRoom
    ) {
        switch verdict {
        case .forwardBorn(let isEchoed):
            if isEchoed {
                record.removeHeaders(named: originName)
                record.removeHeaders(named: pathName)
            }
            if room == .both {
                origin.withValue(offset: offset) { record.addHeader(named: originName, value: $0) }
            }
            if room != .none { path.withBorn { record.addHeader(named: pathName, value: $0) } }
        case .forwardExtended:
            record.removeHeaders(named: pathName)
            if room != .both { record.removeHeaders(named: originName) }
            if room != .none { path.withExtended { record.addHeader(named: pathName, value: $0) } }
        case .skip:
            break
        }
    }
}

extension TopicCounters {
    /// - Parameter bytes: of the record's key and value.
    package mutating func count(_ reason: ForwardingPolicy.Reason, bytes: Int) {
        switch reason {
        case .cycle:
            filteredCycle += 1
            filteredCycleBytes += Int64(bytes)
        case .direct:
            filteredDirect += 1
            filteredDirectBytes += Int64(bytes)
        case .hops:
            filteredHops += 1
            filteredHopsBytes += Int64(bytes)
        }
    }
}
