// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring
import Telemetry

/// The ids of the clusters while the flow runs: its own two must stay what they were, and those of others decide what is
/// left to a direct flow.
extension Flow {
    /// How often a flow that stands asks whether its own clusters are back.
    static let returnInterval = Duration.seconds(5)

    func watchIdentities() async -> Job.Outcome {
        if clusterChange != nil {
            await goOnIfBack()
        } else if let change = changeSeen {
            await stand(because: change)
        } else {
            renewForwarding()
        }
        return clusterChange == nil ? .done : .again(after: Self.returnInterval)
    }

    /// Asked before anything is written that does not come from a lane: both clusters answer, and are the ones that the
    /// flow was started with.
    func verifyClusters() async throws {
        async let first = source.identify()
        async let second = target.identify()
        let result: Result<(String, String), any Error>
        do { result = .success(try await (first, second)) } catch { result = .failure(error) }
        // Before the failure: a stranger may be known under another alias, which is an error of its own.
        if let change = clusterChange ?? changeSeen {
            await stand(because: change)
            throw change
        }
        _ = try result.get()
    }

    /// A stranger at the target's address hands out lanes, too, and none as a rule: what partitions were at must not be
    /// forgotten for that.
    func noticeStrangeTarget() async {
        guard clusterChange == nil, !lanes.past.partitions.isEmpty else { return }
        _ = try? await target.identify()
        if let change = changeSeen { await stand(because: change) }
    }

    private var changeSeen: ClusterChange? {
        guard let ids else { return nil }
        for (cluster, was) in [(source, ids.source), (target, ids.target)] {
            if let now = cluster.clusterID, now != was {
                return ClusterChange(cluster: cluster.alias, was: was, now: now)
            }
        }
        return nil
    }

    /// Ends the lanes without their progress, and shows why.
    func stand(because change: ClusterChange) async {
        guard clusterChange == nil, !hasStopped else { return }
        clusterChange = change
        log.error(.flowClusterChanged, [.cluster(change.cluster), .reason(change.description)])
        let snapshots = lanes.running.values.map(\.handle.snapshot)
        show(change, snapshots)
        // What is in flight may be on its way to the stranger: nobody waits for it, and nothing of it counts.
        await lanes.abandonAll()
        // It may have read the stranger's rows.
        await follower?.end()
        follower = nil
        await translation?.forget()
    }

    /// The partitions stay visible, each with the reason; what the stranger would tell of their ends says nothing.
    private func show(_ change: ClusterChange, _ snapshots: [LaneSnapshot]) {
        drift = [:]
        // Lanes that were given up before, for want of the target, were somewhere as well.
        let places = snapshots.reduce(into: lanes.past.partitions) { $0.merge($1.partitions) { $1 } }
        let isSource = change.cluster == name.source
        let now = WallClock.milliseconds()
        board.update(name) { flow in
            flow.state = .failed
            flow.reason = change.description
            flow.recordsPerSecond = 0
            flow.bytesPerSecond = 0
            flow.bufferedBytes = 0
            for topic in flow.topics.indices {
                flow.topics[topic].driftFields = nil
                for index in flow.topics[topic].partitions.indices {
                    var partition = PartitionStatus(partition: flow.topics[topic].partitions[index].partition)
                    let place = TopicPartition(flow.topics[topic].topic, partition.partition)
                    partition.state = isSource ? .rewound : .targetReset
                    partition.replicatedOffset = places[place]?.nextOffset
                    partition.stop = PartitionStop(
                        state: partition.state, code: "CLUSTER_ID_CHANGED", offset: partition.replicatedOffset,
                        since: now, text: change.description)
                    flow.topics[topic].partitions[index] = partition
                }
            }
        }
    }

    private func goOnIfBack() async {
        guard let ids, let change = clusterChange else { return }
        guard let first = try? await source.identify(), let second = try? await target.identify(),
            first == ids.source, second == ids.target, !hasStopped
        else { return }
        clusterChange = nil
        lanes.trustClusters()
        log.info(.flowClusterBack, [.cluster(change.cluster), LogField("cluster_id", change.was)])
        follower = makeFollower()
        await prepareTranslation()
        jobs.wake(JobName.topics)
    }

    // MARK: other clusters

    /// A cluster that was down when lanes were assigned has an id once it answers: what it sends straight to the target is
    /// left to it from then on.
    private func renewForwarding() {
        let known = directFlows.knownIDs(to: name.target)
        guard let ids, known != directIDs else { return }
        directIDs = known
        for lane in lanes.running.values {
            var renewed: [TopicPartition: RecordForwarding] = [:]
            for place in lane.assigned {
                guard let topic = topics[place.topic] else { continue }
                renewed[place] = forwarding(of: topic, place.partition, ids: ids)
            }
            if !renewed.isEmpty { lane.handle.post(.forwarding(renewed)) }
        }
    }
}
