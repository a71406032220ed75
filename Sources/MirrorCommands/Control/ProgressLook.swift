// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// What is stored of a flow's partitions, and what their logs on the source are.
struct ProgressLook {
    struct Row {
        let place: TopicPartition
        var stored: StoredProgress?
        /// Of the source; `nil` where it has no such partition, or does not tell.
        var log: Range<Int64>?
        var order: ProgressOrder?
    }

    /// Sorted.
    var rows: [Row]
    /// `nil` where the source does not answer.
    var sourceID: String?
    var sourceProblem: CommandFailure?
    var orders: ControlTable

    /// - Parameter scope: what is shown; partitions that the source has, and those with a row.
    static func make(_ open: OpenFlow, _ desk: ControlDesk, _ scope: ControlScope) async throws -> ProgressLook {
        let stored = try await desk.progress()
        let orders = try await desk.orders()
        var places = Set(stored.keys).union(orders.progressOrders.keys)
        var look = ProgressLook(rows: [], sourceID: nil, sourceProblem: nil, orders: orders)
        var logs: [TopicPartition: Range<Int64>] = [:]
        if let source = open.cluster(open.flow.name.source) {
            do throws(KafkaError) {
                look.sourceID = try await source.admin.clusterID(within: open.limit)
                let there = try await selected(source.admin, open)
                places.formUnion(there)
                logs = try await ranges(of: there.filter(scope.contains), source.admin, open.limit)
            } catch {
                look.sourceProblem = source.failure(error)
            }
        }
        look.rows = places.filter(scope.contains).sorted().map {
            Row(place: $0, stored: stored[$0], log: logs[$0], order: orders.progressOrders[$0])
        }
        return look
    }

    private static func selected(
        _ admin: AdminClient, _ open: OpenFlow
    ) async throws(KafkaError) -> Set<TopicPartition> {
        let (flow, topics) = (open.flow, try await admin.topics(within: open.limit))
        return Set(
            topics.filter { topic in
                topic.error == nil
                    && flow.topics.selects(topic.name, naming: flow.naming, target: flow.name.target).isSelected
            }.flatMap { topic in topic.partitions.map { TopicPartition(topic.name, $0.index) } })
    }

    private static func ranges(
        of places: Set<TopicPartition>, _ admin: AdminClient, _ limit: Duration
    ) async throws(KafkaError) -> [TopicPartition: Range<Int64>] {
        let starts = try await admin.knownOffsets(.beginning, of: Array(places), within: limit)
        let ends = try await admin.knownOffsets(.end, of: Array(places), within: limit)
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for (place, start) in starts {
            if let end = ends[place] { ranges[place] = start..<max(start, end) }
        }
        return ranges
    }
}

/// `tern progress show`.
struct ProgressShow {
    private let invocation: Invocation
    private let context: CommandContext

    init(_ invocation: Invocation, _ context: CommandContext) {
        self.invocation = invocation
        self.context = context
    }

    func run() async throws -> ExitStatus {
        let scope = try ControlFlags.scope(invocation)
        return try await OpenFlow.with(invocation, context) { open in
            try await open.withDesk { desk in
                let look = try await ProgressLook.make(open, desk, scope)
                if look.rows.isEmpty, let topic = scope.topic {
                    throw CommandFailure(
                        .failed, code: "UNKNOWN_TOPIC",
                        "\(open.flow.name.source) has no \(scope), and no progress of it is stored",
                        resource: topic.rawValue)
                }
                return try context.print(ProgressTable(look, open.flow).report, for: invocation)
            }
        }
    }
}

/// Rows of progress as a table and as data.
struct ProgressTable {
    private let look: ProgressLook
    private let flow: FlowConfiguration

    init(_ look: ProgressLook, _ flow: FlowConfiguration) {
        self.look = look
        self.flow = flow
    }

    var report: Report {
        var table = TextTable(
            [
                .init("TOPIC"), .init("PART", .right), .init("OFFSET", .right), .init("LOG-START", .right),
                .init("LOG-END", .right), .init("BEHIND", .right), .init("CLUSTER", isWide: true),
                .init("ORDERED", isSentence: true),
            ])
        var rows: [JSONValue] = []
        for row in look.rows {
            let behind = row.log.flatMap { log in row.stored.map { max(0, log.upperBound - $0.offset - 1) } }
            let ordered = row.order.flatMap { $0.answer == nil ? Self.words($0) : nil }
            table.rows.append([
                .text(row.place.topic.rawValue), .count(Int64(row.place.partition)), .count(row.stored?.offset),
                .count(row.log?.lowerBound), .count(row.log?.upperBound), .count(behind),
                .text(row.stored?.witness?.clusterID), .text(ordered),
            ])
            rows.append([
                "topic": .string(row.place.topic.rawValue), "partition": .integer(Int64(row.place.partition)),
                "offset": .optional(row.stored?.offset), "cluster_id": .optional(row.stored?.witness?.clusterID),
                "source_start": .optional(row.log?.lowerBound), "source_end": .optional(row.log?.upperBound),
                "behind": .optional(behind), "ordered": .optional(ordered),
            ])
        }
        var report = Report(
            kind: "ProgressReport",
            data: [
                "flow": .string("\(flow.name)"), "source_id": .optional(look.sourceID), "partitions": .array(rows),
            ], tables: [table])
        if let problem = look.sourceProblem { report.notes.append("! \(problem.message)") }
        if look.rows.isEmpty { report.notes.append("\(flow.name) has no topics, and no progress is stored.") }
        return report
    }

    private static func words(_ order: ProgressOrder) -> String {
        "\(order.offset.map { "offset \($0)" } ?? "reset") by \(order.order.summary), waits for a daemon"
    }
}
