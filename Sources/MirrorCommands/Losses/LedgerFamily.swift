// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// `tern ledger`: what a flow has lost, or may have. By the target alone, whether a daemon runs or not.
enum LedgerFamily {
    static let command = Command(
        path: ["ledger"], summary: "list, show and acknowledge events by which a flow lost records, or may have")
    static let commands: [Command] = [command, list, show, acknowledge]

    static let event = Flag(
        "event", .text("TOPIC/P:POSITION"), isRepeatable: true,
        "an event by its partition and the offset at which that stopped; can be repeated")
    static let every = Flag("every", "those that were acknowledged or have ended as well")
    static let note = Flag("note", .text("TEXT"), "what to write beside it, such as a ticket's number")
    private static let kind = "LedgerReport"

    static let list = Command(
        path: ["ledger", "list"],
        summary: "list the events by which a flow lost records, or may have",
        discussion: [
            "Reads mm2-tern-ledger.SOURCE.internal on the flow's target; the daemon that finds an event writes it. OFFSETS are the "
                + "source's, the last excluded; an en dash where nobody can tell. OPEN: the partition stands, and nobody has accepted it. "
                + "ACKNOWLEDGED: a person has. ENDED: the partition continues at another position."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [VerificationFlags.flow, VerificationFlags.topic, every] + VerificationFlags.connection + Flag.listing,
        examples: [
            .init(purpose: "what is open", line: "tern ledger list mirror.properties --flow 'eu->us'"),
            .init(
                purpose: "the whole history of a topic, as data",
                line: "tern ledger list mirror.properties --topic orders --every -o json"),
        ],
        statuses: [(.failed, "the topic cannot be read")],
        kind: kind
    ) { invocation, context in
        try await OpenFlow.with(invocation, context) { open in
            let topics = Set(invocation.all(VerificationFlags.topic))
            let events = try await open.losses().filter { event in
                (topics.isEmpty || topics.contains(event.key.source.topic.rawValue))
                    && (invocation.has(every) || event.outcome == .open)
            }
            var view = LedgerView(flow: open.flow, events: events, now: context.milliseconds())
            view.sourceID = await open.sourceID()
            if events.isEmpty { view.notes = [invocation.has(every) ? "Nothing was lost." : "Nothing is open."] }
            return try context.print(view.report(kind), for: invocation)
        }
    }

    static let show = Command(
        path: ["ledger", "show"],
        summary: "show an event of loss: what happened, and what became of it",
        arguments: [ConfigurationFile.argument],
        flags: [VerificationFlags.flow, event] + VerificationFlags.connection + Flag.tabular,
        examples: [.init(purpose: "one event", line: "tern ledger show mirror.properties --event orders/3:41")],
        statuses: [(.failed, "the topic cannot be read, or the event is not there")],
        kind: kind
    ) { invocation, context in
        let named = try places(invocation)
        return try await OpenFlow.with(invocation, context) { open in
            var view = LedgerView(flow: open.flow, events: [], now: context.milliseconds())
            view.sourceID = await open.sourceID()
            view.isDetailed = true
            view.select(named, of: try await open.losses())
            return try context.print(view.report(kind), for: invocation)
        }
    }

    static let acknowledge = Command(
        path: ["ledger", "acknowledge"],
        summary: "accept events by which a flow lost records, or may have",
        discussion: [
            "Writes who knows of it, and when, beside the event. It changes no progress: a partition that stands goes on by what "
                + "`tern ledger show` says to do."
        ],
        arguments: [ConfigurationFile.argument],
        flags: [VerificationFlags.flow, event, note, RepairRun.dryRun] + VerificationFlags.connection + Flag.tabular,
        examples: [
            .init(
                purpose: "one event",
                line: "tern ledger acknowledge mirror.properties --event orders/3:41 --note 'OPS-17, told the owners'")
        ],
        statuses: [(.failed, "the event is not there, or could not be written")],
        kind: kind
    ) { invocation, context in
        let named = try places(invocation)
        return try await OpenFlow.with(invocation, context) { open in
            var view = LedgerView(flow: open.flow, events: [], now: context.milliseconds())
            view.select(named, of: try await open.losses())
            for index in view.events.indices where view.events[index].acknowledgedAt == nil {
                view.events[index].acknowledgedAt = context.milliseconds()
                view.events[index].note = invocation[note]
            }
            if invocation.has(RepairRun.dryRun) || !view.failures.isEmpty {
                view.notes = ["Nothing was written."]
            } else {
                do throws(KafkaError) { try await open.ledger.write(view.events) } catch {
                    throw CommandFailure(
                        .failed, code: error.code.name, "\(open.flow.ledgerTopic) was not written: \(error.reason)",
                        resource: open.flow.ledgerTopic.rawValue)
                }
                view.notes = ["Acknowledged \(NumberText.counted(view.events.count, "event"))."]
            }
            return try context.print(view.report(kind), for: invocation)
        }
    }

    private static func places(_ invocation: Invocation) throws(CommandFailure) -> [(TopicPartition, Int64)] {
        var places: [(TopicPartition, Int64)] = []
        for text in invocation.all(event) {
            guard let place = QuarantineFamily.parse(text, lowest: -1) else {
                throw .usage("--event: '\(text)' names no event, write for example orders/3:41")
            }
            places.append(place)
        }
        guard !places.isEmpty else {
            throw .usage(
                "which event?", hint: "--event names one, as in --event orders/3:41; tern ledger list shows them")
        }
        return places
    }
}

extension OpenFlow {
    var ledger: LedgerTopic { LedgerTopic(flow, patience: limit, stop: stop) }

    /// Of the cluster that answers as the flow's source; `nil` where none does.
    func sourceID() async -> String? {
        try? await cluster(flow.name.source)?.admin.clusterID(within: min(limit, .seconds(3)))
    }

    /// What the flow has lost; nothing where it has no ledger.
    func losses() async throws -> [LossEvent] {
        guard let target = cluster(flow.name.target) else { return [] }
        do { return try await ledger.events(target.admin) ?? [] } catch let error as KafkaError {
            throw error
        } catch {
            throw CommandFailure(.failed, code: "LEDGER_UNREADABLE", "\(error)", resource: flow.ledgerTopic.rawValue)
        }
    }
}
