// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
public import Mirroring
internal import Synchronization
internal import TernAPI
public import TernConfiguration
internal import Text

extension MirrorWeb {
    /// Has the engine wait until a source record is on a flow's target; it calls what it is handed once.
    public typealias Wait =
        @Sendable (
            FlowName, TopicPartition, Int64, Duration, @escaping @Sendable (BarrierAnswer) -> Void
        ) -> Void

    /// A query that was understood.
    private struct Barrier: Sendable {
        let flow: FlowName
        let place: TopicPartition
        let offset: Int64
        let timeout: Duration
    }

    /// How long it is waited where nobody says.
    private static let barrierTimeout = Duration.seconds(5)

    private func barrier(_ request: Request) throws(QueryReader.Problem) -> Barrier {
        let status = status()
        let query = try QueryReader(request.query, of: .barrier, flows: status.flowNames)
        guard let flow = status.flows.map(\.name).first(where: { $0.description == query["flow"] }),
            let topic = query["topic"], let partition = query["partition"].flatMap({ Int32($0) }),
            let offset = query["offset"].flatMap({ Int64($0) }), offset < .max
        else { throw QueryReader.Problem(detail: "a parameter has a value that it cannot have") }
        let timeout = query["timeout"].flatMap { try? DurationText.milliseconds($0) }.map { Duration.milliseconds($0) }
        return Barrier(
            flow: flow, place: TopicPartition(TopicName(topic), partition), offset: offset,
            timeout: timeout ?? Self.barrierTimeout)
    }

    /// What is known at once: queries that are malformed, and whether the record is there already.
    func barrier(_ request: Request, by wait: Wait) -> Response {
        do throws(QueryReader.Problem) {
            let barrier = try barrier(request)
            // With no time to wait the engine answers before it returns.
            let box = AnswerBox()
            wait(barrier.flow, barrier.place, barrier.offset, .zero) { box.store($0) }
            return Self.response(box.answer ?? .late(next: nil, stop: nil), to: barrier, request)
        } catch {
            return error.response(to: request)
        }
    }

    /// A request whose answer comes later; `nil` for every other, which is answered at once.
    func later(_ request: Request) -> LaterAnswer? {
        switch admission(of: request) {
        case .missing, .wrong: return nil
        case .admitted(let request): return laterAdmitted(request)
        case .unchecked(let check): return LaterAnswer { answer(request, after: check, $0) }
        }
    }

    func laterAdmitted(_ request: Request) -> LaterAnswer? {
        guard let acts, let endpoint = Endpoint(rawValue: request.path),
            endpoint.entry.permission == .operator(otherwise: .adminSocket)
        else { return laterBarrier(request) }
        guard Permit(endpoint: endpoint, request: request, wantsLogin: wantsLogin).refusal == nil,
            let later = acts.later(request, by: Actor(callerOf: request))
        else { return nil }
        let began = ContinuousClock.now
        return LaterAnswer { answer in
            later.begin { response in
                var response = response
                response.route = request.path
                meter.record(
                    method: request.method, response: response, seconds: (ContinuousClock.now - began).inSeconds)
                answer(response)
            }
        }
    }

    private func laterBarrier(_ request: Request) -> LaterAnswer? {
        guard request.path == Endpoint.barrier.path, request.method == "GET", let wait,
            let barrier = try? barrier(request), barrier.timeout > .zero
        else { return nil }
        let began = ContinuousClock.now
        let most = max(1, options.limits.connections / 2)
        let (waiting, meter) = (waiting, meter)
        return LaterAnswer { answer in
            @Sendable func end(_ response: Response) {
                var response = response
                response.route = request.path
                meter.record(
                    method: request.method, response: response, seconds: (ContinuousClock.now - began).inSeconds)
                answer(response)
            }
            guard waiting.enter(atMost: most) else {
                return end(
                    .problem(
                        503, "too-many-wait", "Too many wait",
                        detail: "\(most) requests wait already, half of http.connections.max", instance: request.path,
                        headers: [("Retry-After", "1")]))
            }
            wait(barrier.flow, barrier.place, barrier.offset, barrier.timeout) { found in
                waiting.leave()
                end(Self.response(found, to: barrier, request))
            }
        }
    }

    private static func response(_ answer: BarrierAnswer, to barrier: Barrier, _ request: Request) -> Response {
        let name = "\(barrier.place.topic)/\(barrier.place.partition)"
        func missing(_ detail: String) -> Response {
            QueryReader.Problem(detail: detail, status: 404).response(to: request)
        }
        switch answer {
        case .passed(let passage, let next):
            return .json(200, BarrierReport(barrier.flow, barrier.place, barrier.offset, passage, next: next).bytes)
        case .late(let next, let stop):
            let far = next.map { "everything before \($0) of \(name) is on \(barrier.flow.target)" }
            let reason = stop.map { "; \(name) does not go on: \($0)" } ?? ""
            return .problem(
                504, "not-in-time", "Not in time", detail: (far ?? "how far \(name) is copied is unknown") + reason,
                instance: request.path)
        case .flowUnknown: return missing("there is no flow '\(barrier.flow)'")
        case .topicUnknown: return missing("\(barrier.flow) does not mirror the topic '\(barrier.place.topic)'")
        case .partitionUnknown(let count):
            return missing(
                "\(barrier.place.topic) has \(count) partition\(count == 1 ? "" : "s"), numbered from 0: there is no "
                    + "\(barrier.place.partition)")
        case .elsewhere:
            return .problem(
                503, "elsewhere", "Not here",
                detail:
                    "no lane of this daemon carries \(name) at present: ask the other daemons of \(barrier.flow), or again",
                instance: request.path)
        }
    }
}

/// What was answered before a call returned.
private final class AnswerBox: Sendable {
    private let state = Mutex<BarrierAnswer?>(nil)
    func store(_ answer: BarrierAnswer) { state.withLock { $0 = answer } }
    var answer: BarrierAnswer? { state.withLock { $0 } }
}

/// How many requests wait.
final class WaitingCount: Sendable {
    private let count = Mutex(0)

    /// - Returns: whether there was room.
    func enter(atMost most: Int) -> Bool {
        count.withLock { count in
            guard count < most else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

extension BarrierReport {
    fileprivate init(
        _ flow: FlowName, _ place: TopicPartition, _ offset: Int64, _ passage: BarrierPassage, next: Int64
    ) {
        let (word, reason) = passage.told
        self.init(
            source: flow.source.rawValue, target: flow.target.rawValue, topic: place.topic.rawValue,
            partition: Int64(place.partition), offset: offset, outcome: word, reason: reason, nextOffset: next)
        if case .copied(let at) = passage { targetOffset = at }
    }
}

extension BarrierPassage {
    fileprivate var told: (word: String, reason: String) {
        switch self {
        case .copied: ("copied", "the target has acknowledged its copy")
        case .skipped(.cycle): ("skipped", "cycle: it has been on the target")
        case .skipped(.direct):
            ("skipped", "direct: a cluster that it has passed sends it to the target by a flow of its own")
        case .skipped(.hops): ("skipped", "hops: it has passed as many clusters as replication.hops.max allows")
        case .quarantined: ("quarantined", "the target refuses it, and it is set aside: tern quarantine list")
        case .noCopy: ("no_copy", "a transaction marker, a record that was compacted away, or one that a rule skipped")
        case .passed: ("passed", "everything up to it was acknowledged, or skipped by rule, before it was asked for")
        }
    }
}
