// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import TernConfiguration

extension VerifyPlanner {
    /// What the flow has set aside, by topic, partition and offset. It is read after the progress, which moves past a record only when
    /// its envelope is there.
    func setAside(
        _ target: AdminClient, _ stop: StopFlag, _ plan: inout VerifyPlan
    ) async -> [TopicName: [Int32: [Int64: Int64]]] {
        var found: [TopicName: [Int32: [Int64: Int64]]] = [:]
        do {
            let contents = try await QuarantineTopic(flow, patience: limit, stop: stop).contents(target)
            for entry in contents?.entries ?? [] where entry.envelope.witness.clusterID == plan.sourceID {
                let envelope = entry.envelope
                found[envelope.source.topic, default: [:]][envelope.source.partition, default: [:]][envelope.offset] =
                    envelope.witness.timestamp
            }
        } catch {
            plan.notes.append("Records that were set aside count as missing, since nobody can say which: \(error)")
        }
        return found
    }
}
