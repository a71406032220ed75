// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import KafkaTypes
public import Mirroring
public import Telemetry
internal import TernAPI
internal import TernConfiguration

extension MirrorWeb {
    /// Has an order written for a flow; throws an `OrderProblem`.
    public typealias Order = @Sendable (_ flow: String, FlowCommand, ControlOrder) async throws -> Void
}

/// The acts of whoever administers a daemon, over `admin.socket` or over TLS. Each is one line of the log: who, from where, what, and
/// the outcome.
public struct AdminActs: Sendable {
    /// Reads the file again; the outcome in a sentence, or why it was not taken.
    public typealias Reload = @Sendable (_ by: String) async -> Result<String, OrderProblem>

    private let reload: Reload
    private let order: MirrorWeb.Order?
    private let log: Log
    private let now: @Sendable () -> Int64

    public init(
        reload: @escaping Reload, order: MirrorWeb.Order?, log: Log,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.reload = reload
        self.order = order
        self.log = log
        self.now = now
    }

    /// An act that was understood.
    private struct Act: Sendable {
        var action: String
        var flow: String?
        var command: FlowCommand?
        var reason: String?
    }

    /// - Returns: `nil` for all that is no act.
    func later(_ request: Request, by actor: Actor) -> LaterAnswer? {
        guard let endpoint = Self.endpoint(of: request), request.method == "POST", request.isJSON,
            let act = Self.act(endpoint, request.body)
        else { return nil }
        return LaterAnswer { answer in
            Task {
                let result = await perform(act, actor.name)
                record(act, actor, result)
                answer(Self.response(to: act, actor, result, request))
            }
        }
    }

    private func perform(_ act: Act, _ who: String) async -> Result<String, OrderProblem> {
        guard let command = act.command, let flow = act.flow else { return await reload(who) }
        guard let order else { return .failure(OrderProblem(.cluster, "this daemon takes no orders")) }
        do {
            try await order(flow, command, ControlOrder(by: who, at: now(), reason: act.reason))
            return .success("ordered; daemons take it up within about a second")
        } catch {
            return .failure(error as? OrderProblem ?? OrderProblem(.cluster, "\(error)"))
        }
    }

    private func record(_ act: Act, _ actor: Actor, _ result: Result<String, OrderProblem>) {
        var fields = actor.fields + [LogField("action", act.action)]
        if let flow = act.flow { fields.append(LogField("flow", flow)) }
        if let scope = act.command?.scope { fields.append(LogField("scope", scope.description)) }
        if case .setProgress(_, let offset)? = act.command {
            fields.append(LogField("offset", offset.map(String.init) ?? "none"))
        }
        switch result {
        case .success(let outcome): fields += [LogField("outcome", outcome), .reason(act.reason ?? "none given")]
        case .failure(let problem): fields += [LogField("outcome", "refused"), .reason(problem.description)]
        }
        log.warning(.adminAct, fields)
    }

    // MARK: requests

    private static func endpoint(of request: Request) -> Endpoint? {
        Endpoint.allCases.first { endpoint in
            endpoint.entry.permission == .operator(otherwise: .adminSocket) && endpoint.path == request.path
        }
    }

    /// - Returns: `nil` where the body is no such order.
    private static func act(_ endpoint: Endpoint, _ body: [UInt8]) -> Act? {
        func read<Body: Document>(_ type: Body.Type) -> Body? { try? JSONDecoder().decode(type, from: Data(body)) }
        func flow(_ name: String) -> String { name.replacing("\u{2192}", with: "->") }
        func short(_ reason: String?) -> String? { reason.map { String($0.prefix(500)) } }
        switch endpoint {
        case .reload:
            let isEmpty = !body.contains { $0 > 0x20 }
            guard let reason = isEmpty ? AdminReason(reason: nil) : read(AdminReason.self) else { return nil }
            return Act(action: "reload", reason: short(reason.reason))
        case .pause, .resume, .restart:
            guard let wanted = read(AdminOrder.self), let scope = ControlScope(wanted) else { return nil }
            let (action, command): (String, FlowCommand) =
                switch endpoint {
                case .pause: ("pause", .pause(scope))
                case .resume: ("resume", .resume(scope))
                default: ("restart", .restart(scope))
                }
            return Act(action: action, flow: flow(wanted.flow), command: command, reason: short(wanted.reason))
        case .setProgress:
            guard let wanted = read(AdminProgress.self),
                let partition = Int32(exactly: wanted.partition), partition >= 0,
                wanted.offset.map({ $0 >= -1 && $0 < .max }) ?? true
            else { return nil }
            let place = TopicPartition(TopicName(wanted.topic), partition)
            return Act(
                action: "set-progress", flow: flow(wanted.flow), command: .setProgress(place, offset: wanted.offset),
                reason: short(wanted.reason))
        default: return nil
        }
    }

    /// What is answered at once: everything that is no act.
    static func refusal(of request: Request) -> Response {
        guard let endpoint = endpoint(of: request) else {
            return .problem(
                404, "not-found", "Not found", detail: "administrative acts alone are taken here: see docs/api.md",
                instance: request.path)
        }
        guard request.method == "POST" else {
            return .problem(
                405, "method-not-allowed", "Method not allowed", detail: "this path takes POST", instance: request.path,
                headers: [("Allow", "POST")])
        }
        guard request.isJSON else {
            return .problem(
                415, "content-type", "Unsupported media type", detail: "Content-Type must be application/json",
                instance: request.path, headers: [("Accept", "application/json")])
        }
        let name = endpoint.entry.request?.name ?? "request"
        return .problem(
            400, "bad-body", "Bad body", detail: "the body is no \(name): see docs/api.md", instance: request.path)
    }

    private static func response(
        to act: Act, _ actor: Actor, _ result: Result<String, OrderProblem>, _ request: Request
    ) -> Response {
        switch result {
        case .success(let outcome):
            return .json(200, AdminOutcome(action: act.action, outcome: outcome, by: actor.name).bytes)
        case .failure(let problem):
            let (status, kind, title) =
                switch problem.kind {
                case .unknown: (404, "unknown", "Unknown")
                case .outOfRange: (409, "not-taken", "Not taken")
                case .cluster: (502, "cluster", "A cluster refuses")
                }
            return .problem(status, kind, title, detail: problem.description, instance: request.path)
        }
    }
}

extension ControlScope {
    /// - Returns: `nil` for a partition without a topic, or a number that is none.
    fileprivate init?(_ order: AdminOrder) {
        guard let topic = order.topic else {
            guard order.partition == nil else { return nil }
            self = .flow
            return
        }
        guard let number = order.partition else {
            self = .topic(TopicName(topic))
            return
        }
        guard let partition = Int32(exactly: number), partition >= 0 else { return nil }
        self = .partition(TopicPartition(TopicName(topic), partition))
    }
}

extension Request {
    var isJSON: Bool {
        let type = header("Content-Type")?.split(separator: ";").first.map { $0.filter { $0 != " " } }
        return type?.lowercased() == "application/json"
    }
}
