// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration

/// `tern quarantine`: records that a flow's target refused for good, and what becomes of them. By the clusters alone, whether a daemon
/// runs or not.
enum QuarantineFamily {
    static let command = Command(
        path: ["quarantine"], summary: "list, show, replay and drop records that a flow's target refused for good")

    static let commands: [Command] = [
        command, QuarantineListCommand.list, QuarantineListCommand.show, QuarantineWriteCommand.replay,
        QuarantineWriteCommand.drop,
    ]

    static let record = Flag(
        "record", .text("TOPIC/P:OFFSET"), isRepeatable: true, "a record by its place on the source; can be repeated")
    static let all = Flag("all", "everything that the flow has set aside")
    static let kind = "QuarantineReport"

    /// `orders/3:42`.
    static func place(_ text: String) throws(CommandFailure) -> (TopicPartition, Int64) {
        guard let place = parse(text, lowest: 0) else {
            throw .usage("--record: '\(text)' names no record, write for example orders/3:42")
        }
        return place
    }

    /// - Parameter lowest: the least offset that is taken.
    static func parse(_ text: String, lowest: Int64) -> (TopicPartition, Int64)? {
        guard let colon = text.lastIndex(of: ":"), let slash = text[..<colon].lastIndex(of: "/"),
            slash != text.startIndex, let partition = Int32(text[text.index(after: slash)..<colon]), partition >= 0,
            let offset = Int64(text[text.index(after: colon)...]), offset >= lowest
        else { return nil }
        return (TopicPartition(TopicName(String(text[..<slash])), partition), offset)
    }
}

/// Which records a command line is about.
struct QuarantineSelection: Sendable {
    private var topics: Set<TopicName> = []
    private var records: [(place: TopicPartition, offset: Int64)] = []
    private var isAll = false

    init(_ invocation: Invocation) throws(CommandFailure) {
        topics = Set(invocation.all(VerificationFlags.topic).map { TopicName($0) })
        for text in invocation.all(QuarantineFamily.record) { records.append(try QuarantineFamily.place(text)) }
        isAll = invocation.command.flag(named: QuarantineFamily.all.name) != nil && invocation.has(QuarantineFamily.all)
        if isAll, !(topics.isEmpty && records.isEmpty) {
            throw .usage("--all and --record or --topic say different things", hint: "leave one of them out")
        }
    }

    var isEmpty: Bool { topics.isEmpty && records.isEmpty && !isAll }

    func takes(_ entry: QuarantineEntry) -> Bool {
        isAll || topics.contains(entry.envelope.source.topic)
            || records.contains { $0.place == entry.envelope.source && $0.offset == entry.envelope.offset }
    }

    /// What was named and is not there.
    func missing(among entries: [QuarantineEntry]) -> [CommandFailure] {
        let lost = records.filter { record in
            !entries.contains { $0.envelope.source == record.place && $0.envelope.offset == record.offset }
        }
        return lost.map { record in
            let name = "\(record.place):\(record.offset)"
            return CommandFailure(
                .failed, code: "UNKNOWN_RECORD", "\(name) is not set aside", resource: name,
                hint: "tern quarantine list shows what is")
        }
    }
}

extension OpenFlow {
    /// What the flow has set aside; nothing where it has no such topic.
    func quarantined() async throws -> QuarantineTopic.Contents {
        guard let target = cluster(flow.name.target) else { return QuarantineTopic.Contents() }
        do {
            return try await quarantine.contents(target.admin) ?? QuarantineTopic.Contents()
        } catch let error as KafkaError {
            throw error
        } catch {
            throw CommandFailure(
                .failed, code: "QUARANTINE_UNREADABLE", "\(error)", resource: flow.quarantineTopic.rawValue)
        }
    }

    var quarantine: QuarantineTopic { QuarantineTopic(flow, patience: limit, stop: stop) }
}
