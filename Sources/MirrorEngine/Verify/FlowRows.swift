// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Platform
import TernConfiguration

/// What the flow's own topics on the target say: how far it is, and where copies are.
struct FlowRows: Sendable {
    var maps: [TopicPartition: OffsetMap] = [:]
    var stored: [TopicPartition: StoredProgress] = [:]

    /// Behind the last record that was handled; `nil` where nothing is known.
    func progress(of place: TopicPartition) -> Int64? {
        let known = [stored[place].map { $0.offset + 1 }, maps[place]?.blocks.last?.covered]
        return known.compactMap(\.self).max()
    }
}

extension VerifyPlanner {
    /// Topics that are not there, or may not be read, say nothing.
    func rows(_ target: AdminClient, _ stop: StopFlag, _ plan: inout VerifyPlan) async -> FlowRows {
        var rows = FlowRows()
        do {
            let progress = ProgressTable(connectorName: flow.progressTopic.connectorName, source: flow.name.source)
            if let table = try await read(flow.progressTopic.name, into: progress, target, stop) {
                rows.stored = table.rows
            } else {
                plan.notes.append(
                    "\(flow.progressTopic.name) is not there: what is not copied at the end counts as in flight")
            }
        } catch {
            plan.notes.append(
                "\(flow.progressTopic.name) cannot be read (\(error)): what is not copied at the end counts as in flight"
            )
        }
        do {
            let table = try await read(flow.offsetMapTopic, into: OffsetMapTable(), target, stop)
            rows.maps = table?.maps ?? [:]
        } catch {
            plan.notes.append(
                "\(flow.offsetMapTopic) cannot be read (\(error)): copies are found by their headers alone")
        }
        return rows
    }

    /// - Returns: `nil` when there is no such topic.
    private func read<Table: RowTable>(
        _ topic: TopicName, into table: Table, _ target: AdminClient, _ stop: StopFlag
    ) async throws -> Table? {
        guard let stretches = try await LogScan.stretches(of: topic, on: target, within: limit) else { return nil }
        return try await LogScan(rowsOf: flow, for: "verify-rows", patience: limit, stop: stop)
            .rows(stretches, into: table) { $0.take($1) }
    }
}

/// The topics of a flow's own on its target.
extension LogScan {
    /// - Parameter purpose: part of the client's name.
    init(rowsOf flow: FlowConfiguration, for purpose: String, patience: Duration, stop: StopFlag) {
        self.init(
            flow.clients.targetConsumer, isolation: "read_committed", clientID: "tern|\(flow.name)|\(purpose)",
            patience: patience, stop: stop)
    }

    /// Reads the stretches wholly.
    /// - Throws: `ProgressError` with why one of them could not be read.
    func rows<State: Sendable>(
        _ stretches: [Stretch], into state: State, _ take: @escaping @Sendable (inout State, OwnedRecord) -> Void
    ) async throws -> State {
        let (rows, ends) = try await read(stretches, keeping: state) { state, _, record in
            take(&state, record.detached())
        }
        if let failure = ends.compactMap(\.failure).first { throw ProgressError(reason: failure) }
        return rows
    }

    /// All that a topic holds now.
    /// - Returns: `nil` when there is no such topic.
    static func stretches(
        of topic: TopicName, on cluster: AdminClient, within limit: Duration
    ) async throws -> [Stretch]? {
        guard let found = try await cluster.topics(within: limit).first(where: { $0.name == topic && $0.error == nil })
        else { return nil }
        let places = found.partitions.map { TopicPartition(topic, $0.index) }
        let starts = try await cluster.offsets(.beginning, of: places, within: limit)
        let ends = try await cluster.offsets(.end, of: places, within: limit)
        return try places.map { place in
            let start = try starts[place]?.get() ?? 0
            return Stretch(place: place, offsets: start..<max(start, try ends[place]?.get() ?? 0))
        }
    }
}
