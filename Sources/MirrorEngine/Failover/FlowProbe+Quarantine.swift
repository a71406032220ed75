// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import TernConfiguration

extension FlowProbe {
    /// What the copies lack though the progress has passed it: it is in the quarantine topic until somebody replays it.
    func countQuarantined(_ topics: [TopicName: Int32], _ facts: inout FailoverFacts) async {
        guard topics[flow.quarantineTopic] != nil else { return facts.quarantined = [:] }
        do {
            let contents = try await QuarantineTopic(flow, patience: limit, stop: StopFlag()).contents(committedTarget)
            var counts: [TopicName: Int64] = [:]
            for entry in contents?.entries ?? [] { counts[entry.envelope.source.topic, default: 0] += 1 }
            facts.quarantined = counts
        } catch {
            facts.notes.append("records that were set aside are not known: \(error)")
        }
    }
}
