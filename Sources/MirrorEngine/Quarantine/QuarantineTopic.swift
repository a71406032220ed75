// SPDX-License-Identifier: Apache-2.0
package import Kafka
package import KafkaTypes
package import Mirroring
package import Platform
package import TernConfiguration

/// A record that was set aside, with where its envelope is.
package struct QuarantineEntry: Sendable {
    package var envelope: QuarantineEnvelope
    /// Of the message in the quarantine topic.
    package var place: TopicPartition
    package var messageOffset: Int64
    /// Milliseconds since 1970.
    package var quarantinedAt: Int64
    /// Of the record's key and value, in bytes; `nil` where the envelope has no record in it.
    package var size: Int?
}

/// What a flow has set aside, as its quarantine topic has it now: the last message of each key, without those that were dealt with.
package struct QuarantineTopic: Sendable {
    package struct Contents: Sendable {
        /// In the order of the source's topics, partitions and offsets. Without the records themselves.
        package var entries: [QuarantineEntry] = []
        /// Messages that no version of Tern has written.
        package var foreign = 0

        package init(entries: [QuarantineEntry] = [], foreign: Int = 0) {
            self.entries = entries
            self.foreign = foreign
        }
    }
    let flow: FlowConfiguration
    let patience: Duration
    let stop: StopFlag

    /// - Parameter patience: how long no message may come while some are to come.
    package init(_ flow: FlowConfiguration, patience: Duration, stop: StopFlag) {
        self.flow = flow
        self.patience = patience
        self.stop = stop
    }

    package var name: TopicName { flow.quarantineTopic }

    /// - Returns: `nil` when there is no such topic.
    package func contents(_ target: AdminClient) async throws -> Contents? {
        guard let stretches = try await LogScan.stretches(of: name, on: target, within: patience) else { return nil }
        let table = try await read(stretches, into: Table(topic: name)) { $0.take($1) }
        var contents = Contents(entries: Array(table.entries.values), foreign: table.foreign)
        contents.entries.sort {
            ($0.envelope.source, $0.envelope.offset, $0.messageOffset)
                < ($1.envelope.source, $1.envelope.offset, $1.messageOffset)
        }
        return contents
    }

    /// The records of some entries, by the key of the envelope.
    package func bodies(of entries: [QuarantineEntry]) async throws -> [[UInt8]: QuarantineEnvelope.Body] {
        let wanted = entries.filter { $0.size != nil }.sorted { $0.messageOffset < $1.messageOffset }
        let stretches = wanted.map {
            LogScan.Stretch(place: $0.place, offsets: $0.messageOffset..<($0.messageOffset + 1))
        }
        return try await read(stretches, into: [:]) { bodies, record in
            guard let key = record.key else { return }
            bodies[key] = QuarantineEnvelope(QuarantineEnvelope.Message(record))?.body
        }
    }

    private func read<Kept: Sendable>(
        _ stretches: [LogScan.Stretch], into kept: Kept,
        _ take: @escaping @Sendable (inout Kept, OwnedRecord) -> Void
    ) async throws -> Kept {
        do {
            return try await LogScan(rowsOf: flow, for: "quarantine", patience: patience, stop: stop)
                .rows(stretches, into: kept, take)
        } catch let error as ProgressError {
            throw ProgressError(reason: "\(name) cannot be read: \(error.reason)")
        }
    }

    private struct Table: Sendable {
        let topic: TopicName
        var entries: [[UInt8]: QuarantineEntry] = [:]
        var foreign = 0

        init(topic: TopicName) { self.topic = topic }

        mutating func take(_ record: OwnedRecord) {
            guard let key = record.key else { return foreign += 1 }
            guard record.value != nil else { return entries[key] = nil }
            guard var envelope = QuarantineEnvelope(QuarantineEnvelope.Message(record)) else { return foreign += 1 }
            let size = envelope.body.map { ($0.key?.count ?? 0) + ($0.value?.count ?? 0) }
            envelope.body = nil
            entries[key] = QuarantineEntry(
                envelope: envelope, place: TopicPartition(topic, record.partition), messageOffset: record.offset,
                quarantinedAt: record.timestamp.milliseconds, size: size)
        }
    }
}

extension QuarantineEnvelope.Message {
    init(_ record: OwnedRecord) {
        self.init(
            key: record.key, value: record.value,
            headers: record.headers.map { QuarantineEnvelope.Header(name: $0.name, value: $0.value) })
    }
}
