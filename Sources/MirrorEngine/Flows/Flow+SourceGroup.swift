// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Telemetry

/// Progress for people's existing lag tools: committed to the group `tern.A->B` on the source, for information only.
/// Nothing is ever read back from it.
extension Flow {
    static let sourceGroupInterval = Duration.seconds(5)
    /// Rows of an idle group expire after a week unless they are renewed.
    static let sourceGroupRenewal = Duration.seconds(86_400)

    /// One commit of what has changed since the last.
    @discardableResult
    func commitProgressToSourceGroup() async -> Job.Outcome {
        if isSourceGroupRefused { return .over }
        guard configuration.emitsSourceGroupOffsets, clusterChange == nil else { return .done }
        let renews = lastGroupRenewal.map { ContinuousClock.now - $0 > Self.sourceGroupRenewal } ?? true
        var offsets: [TopicPartition: GroupOffset] = [:]
        // Those of lanes that have drained, as at a stop, come first: a lane that runs knows better.
        for partitions in [lanes.past.partitions] + lanes.running.values.map(\.handle.snapshot.partitions) {
            for (place, partition) in partitions {
                guard let next = partition.nextOffset, renews || groupOffsets[place] != next else { continue }
                offsets[place] = GroupOffset(next)
            }
        }
        guard !offsets.isEmpty else { return .done }
        let problem = await commit(offsets)
        if renews { lastGroupRenewal = .now }
        return problem.map { .failed($0) } ?? .done
    }

    /// - Returns: why nothing was committed, or not all.
    private func commit(_ offsets: [TopicPartition: GroupOffset]) async -> String? {
        let group = GroupID("tern.\(name)")
        do throws(KafkaError) {
            let refused = try await groupCommitter.commit(offsets, within: hasStopped ? .seconds(2) : .seconds(60))
            noteDenial(group)
            for (place, error) in refused {
                if let error { noteRefusal(group, error) } else { groupOffsets[place] = offsets[place]?.offset }
            }
            return refused.values.compactMap { $0 }.first?.reason
        } catch {
            noteDenial(group)
            if !isSourceGroupRefused { noteRefusal(group, error) }
            return error.reason
        }
    }

    /// A commit for a group that is denied only times out; the client has told why beside it.
    private func noteDenial(_ group: GroupID) {
        let denial = groupCommitter.takeClientErrors().last { $0.code == .groupAuthorizationFailed }
        if let denial { noteRefusal(group, denial) }
    }

    /// One warning: replication does not need the group.
    private func noteRefusal(_ group: GroupID, _ error: KafkaError) {
        let isDenied = error.code == .groupAuthorizationFailed || error.code == .topicAuthorizationFailed
        if isDenied { isSourceGroupRefused = true }
        guard warned.insert("group \(error.code.name)").inserted else { return }
        log.warning(
            .groupNotCommitted,
            [
                .group(group), .code(error.code.name),
                .reason(
                    isDenied
                        ? "grant Read on group \(group) on \(name.source), or set emit.source.group.offsets=false; mirroring "
                            + "goes on without it" : error.reason),
            ])
    }
}
