// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Synchronization
internal import Telemetry
internal import TernAPI

/// Keeps the history, and says to whoever watches what has changed.
final class Watchers: Sendable {
    fileprivate struct Seen {
        var head: [UInt8] = []
        var flows: [String: [UInt8]] = [:]
    }
    private let history = Mutex(MirrorHistory())
    private let seen = Mutex(Seen())
    private let startedAt = ContinuousClock.now
    /// Ids of facts begin with it, so that those of another process are not taken for this one's.
    private let epoch: String
    let feed: EventFeed

    init(readerLimit: Int, epoch: Int64) {
        feed = EventFeed(limit: readerLimit)
        self.epoch = String(epoch, radix: 36)
    }

    /// Seconds since it was made, by a clock that does not step.
    var second: Int64 { (ContinuousClock.now - startedAt).components.seconds }

    /// Asks the history, without holding up who records.
    var recorded: MirrorHistory { history.withLock { $0 } }

    func record(_ status: MirrorStatus, at second: Int64) { history.withLock { $0.record(status, at: second) } }

    /// Sends what differs from what was sent last.
    func publish(_ report: StatusReport) {
        let changed = seen.withLock { $0.changes(in: report) }
        var frames: [[UInt8]]
        switch changed {
        case .everything: frames = [EventFeed.frame("status", report)]
        case .flows(let flows): frames = flows.map { EventFeed.frame("flow", $0) }
        }
        frames.append(
            EventFeed.frame(
                "tick", Tick(generatedAt: report.generatedAt, snapshotAgeSeconds: report.snapshotAgeSeconds)))
        feed.send(frames, areFacts: false)
    }

    func publish(_ fact: LogEvent) { feed.send([frame(fact)], areFacts: true) }

    /// The first that a reader gets.
    ///
    /// - Parameter lastID: of the last fact that it has; of another process it counts for nothing.
    func greet(_ reader: Int, _ report: StatusReport?, facts: [LogEvent], after lastID: String?) {
        var first = Array("retry: 2000\n\n".utf8)
        if let report { first += EventFeed.frame("status", report) }
        let last = lastID.flatMap(number) ?? 0
        for fact in facts where fact.number > last { first += frame(fact) }
        feed.send([first], areFacts: true, to: reader)
    }

    func frame(_ fact: LogEvent) -> [UInt8] {
        let event = Event(fact, id: "\(epoch)-\(fact.number)")
        return EventFeed.frame("fact", id: event.id, event)
    }

    private func number(_ id: String) -> Int64? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == epoch ? Int64(parts[1]) : nil
    }
}

private enum StatusChange {
    case everything
    case flows([StatusReport.Flow])
}

extension Watchers.Seen {
    /// What changed since the last report, which this one takes the place of.
    fileprivate mutating func changes(in report: StatusReport) -> StatusChange {
        var head = report
        head.flows = []
        head.generatedAt = report.startedAt
        head.snapshotAgeSeconds = 0
        // The time of the last check moves on by itself.
        head.region.checkedAt = nil
        let headBytes = head.bytes
        let flowBytes = Dictionary(report.flows.map { ($0.flowName, $0.bytes) }) { first, _ in first }
        defer { (self.head, flows) = (headBytes, flowBytes) }
        guard headBytes == self.head, flows.count == flowBytes.count else { return .everything }
        return .flows(report.flows.filter { flows[$0.flowName] != flowBytes[$0.flowName] })
    }
}

extension Event {
    private static let named: Set<String> = ["flow", "cluster", "topic", "partition", "code", "reason"]

    fileprivate init(_ fact: LogEvent, id: String) {
        self.init(id: id, at: DateTime(milliseconds: fact.time), level: fact.level.description, event: fact.name)
        flow = fact.text("flow")
        cluster = fact.text("cluster")
        topic = fact.text("topic")
        partition = fact.integer("partition")
        code = fact.text("code")
        reason = fact.text("reason")
        let others = fact.fields.filter { !Self.named.contains($0.key) }.map { field in
            let value =
                switch field.value {
                case .text(let text): text
                case .integer(let number): String(number)
                case .number(let number): number.description
                case .flag(let flag): flag ? "true" : "false"
                }
            return "\(field.key)=\(value)"
        }
        details = others.isEmpty ? nil : others.joined(separator: " ")
    }
}
