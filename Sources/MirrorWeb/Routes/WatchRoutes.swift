// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Telemetry
internal import TernAPI

extension MirrorWeb {
    /// Takes the status into the history, and says to readers of `/api/v1/events` what has changed. To be called each second.
    public func pulse() { pulse(at: watchers.second) }

    /// - Parameter second: by a clock that does not step.
    func pulse(at second: Int64) {
        let status = status()
        watchers.record(status, at: second)
        watchers.feed.beat()
        if watchers.feed.hasReaders { watchers.publish(report(of: status)) }
    }

    func report(of status: MirrorStatus) -> StatusReport {
        let readiness = HealthChecks.readiness(of: status, mode: options.readiness)
        var report = StatusReport(status, build: build, isReady: readiness.isPassed, now: now())
        report.instance = instance
        return report
    }

    func events(_ request: Request) -> Response {
        do throws(QueryReader.Problem) {
            let query = try QueryReader(request.query, of: .events, flows: [])
            let factsOnly = query["facts"] != nil
            guard let stream = watchers.feed.open(factsOnly: factsOnly) else {
                return .problem(
                    503, "too-many-readers", "Too many readers",
                    detail: "as many readers of events as there may be are connected; http.connections.max allows more",
                    instance: request.path)
            }
            // After it is open: what changes meanwhile comes twice rather than never.
            watchers.greet(
                stream.reader, factsOnly ? nil : report(of: status()), facts: log.recent?.events() ?? [],
                after: request.header("Last-Event-ID"))
            if query["past"] != nil { watchers.feed.end(stream.reader) }
            var response = Response(
                200,
                headers: [
                    ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"),
                ])
            response.stream = stream
            return response
        } catch {
            return error.response(to: request)
        }
    }

    func history(_ request: Request) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try HistoryQuery(request.query, flows: status.flowNames)
            return .report(
                HistoryReport(watchers.recorded, status, query: query, at: watchers.second, now: now()), to: request)
        } catch {
            return error.response(to: request)
        }
    }

    func topics(_ request: Request) -> Response {
        let status = status()
        do throws(QueryReader.Problem) {
            let query = try TopicQuery(request.query, flows: status.flowNames)
            return .report(TopicReport(status, query: query), to: request)
        } catch {
            return error.response(to: request)
        }
    }
}

/// The parameters of `/api/v1/history`.
struct HistoryQuery: Sendable, Equatable {
    /// `nil` is every flow, each by itself.
    let flow: String?
    let topics: [String]
    let level: LagLevel
    let range: HistoryRange
    let points: Int

    init(_ query: [(name: String, value: String)], flows: [String]) throws(QueryReader.Problem) {
        let values = try QueryReader(query, of: .history, flows: flows)
        flow = values["flow"]
        topics = values.all("topic")
        level = values["level"].flatMap(LagLevel.init) ?? .topic
        range = values["range"].flatMap(HistoryRange.init) ?? .hour
        points = values["points"].flatMap { Int($0) } ?? 3_600
        if flow == nil, !topics.isEmpty { throw .init(detail: "'topic' needs 'flow', whose topic it is") }
    }
}

/// The parameters of `/api/v1/topics`.
struct TopicQuery: Sendable, Equatable {
    let flow: String?
    let search: String?
    let sort: TopicOrder
    /// `nil`: as the order has it.
    let isDescending: Bool?
    let skip: Int
    let limit: Int

    init(_ query: [(name: String, value: String)], flows: [String]) throws(QueryReader.Problem) {
        let values = try QueryReader(query, of: .topics, flows: flows)
        flow = values["flow"]
        search = values["search"].flatMap { $0.isEmpty ? nil : $0.lowercased() }
        sort = values["sort"].flatMap(TopicOrder.init) ?? .attention
        isDescending = values["order"].map { $0 == "desc" }
        skip = values["skip"].flatMap { Int($0) } ?? 0
        limit = values["limit"].flatMap { Int($0) } ?? 50
    }
}
