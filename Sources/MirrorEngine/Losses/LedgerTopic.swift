// SPDX-License-Identifier: Apache-2.0
package import Kafka
import KafkaTypes
package import Mirroring
package import Platform
package import TernConfiguration

/// A flow's ledger of losses on its target: the last row of each event counts.
package struct LedgerTopic: Sendable {
    let flow: FlowConfiguration
    let patience: Duration
    let stop: StopFlag

    /// - Parameter patience: how long no row may come while some are to come, and how long a write may take.
    package init(_ flow: FlowConfiguration, patience: Duration, stop: StopFlag) {
        self.flow = flow
        self.patience = patience
        self.stop = stop
    }

    /// - Returns: the events, oldest first; `nil` when there is no such topic.
    package func events(_ target: AdminClient) async throws -> [LossEvent]? {
        guard let stretches = try await LogScan.stretches(of: flow.ledgerTopic, on: target, within: patience) else {
            return nil
        }
        let empty: [[UInt8]: LossEvent] = [:]
        let rows: [[UInt8]: LossEvent]
        do {
            rows = try await LogScan(rowsOf: flow, for: "ledger", patience: patience, stop: stop)
                .rows(stretches, into: empty) { rows, row in
                    guard let key = row.key else { return }
                    rows[key] = row.value.flatMap { LossEvent(key: key, value: $0) }
                }
        } catch let error as ProgressError {
            throw ProgressError(reason: "\(flow.ledgerTopic) cannot be read: \(error.reason)")
        }
        return rows.values.sorted { ($0.detectedAt, $0.key.source) < ($1.detectedAt, $1.key.source) }
    }

    /// Writes events as they are now, and returns when the target has them.
    package func write(_ events: [LossEvent], traffic: ClientTraffic = ClientTraffic()) async throws(KafkaError) {
        let writer = RowWriter(
            flow.clients.targetProducer.merging(["enable.idempotence": "true", "acks": "all", "linger.ms": "0"]),
            clientID: "tern|\(flow.name)|ledger", traffic: traffic)
        let rows = events.map { RowWriter.Row(topic: flow.ledgerTopic, key: $0.keyBytes, value: $0.valueBytes) }
        do throws(KafkaError) { try await writer.write(rows, within: patience) } catch {
            await writer.close()
            throw error
        }
        await writer.close()
    }
}
