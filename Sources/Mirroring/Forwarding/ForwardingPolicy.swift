// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import KafkaTypes

/// Decides for each record of one topic of a flow whether it is sent, by where it was born and what it has passed.
///
/// Loops are decided by cluster ids, never by aliases, which differ per file. Built once per flow and topic; asked for
/// every record, without allocation.
public struct ForwardingPolicy: Sendable {
    /// Why a record is not sent; each is counted.
    public enum Reason: String, Sendable, CaseIterable {
        /// It has been on the target.
        case cycle
        /// A cluster that it has passed sends it to the target by a flow of its own.
        case direct
        /// It has passed as many clusters as `replication.hops.max` allows.
        case hops
    }

    public enum Verdict: Sendable, Hashable {
        /// Born on the source: both headers are written again. `isEchoed`: it carried headers that are not its own, which
        /// an application copied from the record this one derives from.
        case forwardBorn(isEchoed: Bool)
        /// A copy: its path is extended by the source's id, its origin stays.
        case forwardExtended
        case skip(Reason)
    }

    private let targetID: [UInt8]
    private let believedOrigins: [[UInt8]]
    private let directIDs: [[UInt8]]
    private let maximumHops: Int?

    /// - Parameters:
    ///   - topic: on the source.
    ///   - directClusterIDs: ids of the clusters, other than the source, that have a flow of the same file to the target
    ///     which carries this topic to the same place. Only looked at where the topic keeps its name (elsewhere names
    ///     keep copies apart) and `replication.hops.max` is not set.
    ///   - maximumHops: `replication.hops.max`.
    public init(
        topic: TopicName, naming: any ReplicationNaming, targetClusterID: String, directClusterIDs: [String] = [],
        maximumHops: Int? = nil
    ) {
        targetID = PathHeader.element(for: targetClusterID)
        believedOrigins = naming.possibleOrigins(of: topic).map { Array($0.rawValue.utf8) }
        let leavesToDirectFlows = maximumHops == nil && naming.remoteTopic(for: topic) == topic
        directIDs = leavesToDirectFlows ? directClusterIDs.map(PathHeader.element(for:)) : []
        self.maximumHops = maximumHops
    }

    /// Decides for one record.
    /// - Parameters:
    ///   - hasHeaders: it has `tern.origin` or `tern.path`, be it with a null value.
    ///   - origin: the value of its last `tern.origin`; `nil` when absent or null.
    ///   - path: the value of its last `tern.path`; `nil` when absent or null.
    ///   - mayLackOrigin: the record is so large that a mirror had no room for `tern.origin` on this cluster, so that a
    ///     path without it is believed: not to believe it would let the record circle.
    public func verdict(
        hasHeaders: Bool, origin: RawSpan?, path: RawSpan?, partition: Int32, mayLackOrigin: Bool = false
    ) -> Verdict {
        guard hasHeaders else { return verdictOnBorn(isEchoed: false) }
        guard let origin else { return verdict(isOriginBelieved: mayLackOrigin, path: path) }
        return verdict(isOriginBelieved: believes(origin, partition: partition), path: path)
    }

    /// The same for a caller that has looked at the origin before and has a path, be it null.
    public func verdict(isOriginBelieved: Bool, path: RawSpan?) -> Verdict {
        guard isOriginBelieved, let path, PathWalk.isWellFormed(path) else { return verdictOnBorn(isEchoed: true) }
        return verdictOnCopy(path)
    }

    /// Headers are a record's own when its origin names the record's topic, by the rules of names, and its partition.
    public func believes(_ origin: RawSpan, partition: Int32) -> Bool {
        guard let places = OriginPlaces(origin), places.partition == partition else { return false }
        for topic in believedOrigins where origin.equals(topic, from: places.aliasEnd + 1, to: places.topicEnd) {
            return true
        }
        return false
    }

    private func verdictOnBorn(isEchoed: Bool) -> Verdict {
        if let maximumHops, maximumHops <= 0 { return .skip(.hops) }
        return .forwardBorn(isEchoed: isEchoed)
    }

    private func verdictOnCopy(_ path: RawSpan) -> Verdict {
        if PathWalk.contains(in: path, where: { path.equals(targetID, from: $0, to: $1) }) { return .skip(.cycle) }
        if let maximumHops, PathWalk.count(in: path) >= maximumHops { return .skip(.hops) }
        for id in directIDs where PathWalk.contains(in: path, where: { path.equals(id, from: $0, to: $1) }) {
            return .skip(.direct)
        }
        return .forwardExtended
    }
}
