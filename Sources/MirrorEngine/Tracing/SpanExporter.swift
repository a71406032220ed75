// SPDX-License-Identifier: Apache-2.0
import HTTPClient
import KafkaTypes
import Mirroring
import Platform
import Telemetry
import TernConfiguration
import Text

/// Sends spans to an OpenTelemetry collector by OTLP/HTTP in JSON: the daemon's job `spans`.
///
/// What a collector may answer, and what follows, is OTLP's: 429, 502, 503 and 504 are tried again, with the time that
/// `Retry-After` names; any other refusal drops the spans, since the same request would be refused again.
final class SpanExporter: Sendable {
    static let interval = Duration.seconds(1)
    /// A request stays below a quarter of a megabyte.
    static let mostInRequest = 256
    private static let limits = RequestLimits(connect: .seconds(3), whole: .seconds(8))

    let queue = SpanQueue()
    private let configuration: TracingConfiguration
    private let resource: SpanDocument.Resource
    private let http: any HTTPExchange
    private let log: Log
    private let limiter = LogLimiter()

    init(
        _ configuration: TracingConfiguration, _ resource: SpanDocument.Resource, log: Log,
        http: any HTTPExchange = CurlExchange()
    ) {
        self.configuration = configuration
        self.resource = resource
        self.http = http
        self.log = log
    }

    var job: Job {
        Job(
            name: "spans", interval: Self.interval,
            backOff: BackOff(first: .seconds(1), longest: .seconds(30)), limit: .seconds(60)
        ) { await self.round() }
    }

    /// Sends all that waits; ends at the first request that has to be tried again.
    func round() async -> Job.Outcome {
        guard queue.beginRound() else { return .done }
        defer { queue.endRound() }
        while !Task.isCancelled {
            let spans = queue.first(Self.mostInRequest)
            guard !spans.isEmpty else { return .done }
            let request = request(for: spans)
            let answer = await ThreadExecutor.shared.run { [http] () -> Result<HTTPResponse, HTTPFailure> in
                do throws(HTTPFailure) { return .success(try http.answer(to: request)) } catch {
                    return .failure(error)
                }
            }
            if let failed = settle(spans.count, answer) { return failed }
        }
        return .done
    }

    private func request(for spans: [RecordSpan]) -> HTTPRequest {
        var headers = [(name: "Content-Type", value: "application/json")]
        headers += configuration.headers.map { ($0.name, $0.value.reveal()) }
        return HTTPRequest(
            method: .post, address: configuration.endpoint, headers: headers,
            body: SpanDocument.bytes(of: spans, from: resource),
            trust: configuration.authorityFile.map { .file($0) } ?? .system, limits: Self.limits)
    }

    /// - Returns: how the round ends; `nil` where it goes on.
    private func settle(_ count: Int, _ answer: Result<HTTPResponse, HTTPFailure>) -> Job.Outcome? {
        switch answer {
        case .failure(let failure):
            return later("\(configuration.endpoint) cannot be reached: \(failure.reason)", after: nil)
        case .success(let answer) where (200..<300).contains(answer.status):
            let partial = (try? JSONValue(parsing: answer.body))?["partialSuccess"]
            let rejected = partial?["rejectedSpans"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } } ?? 0
            queue.settle(count, lost: min(max(0, rejected), Int64(count)))
            if rejected > 0 {
                tell("it rejects \(rejected) of \(count) spans: \(partial?["errorMessage"]?.string ?? "")")
            }
            return nil
        case .success(let answer) where [429, 502, 503, 504].contains(answer.status):
            let seconds = answer.headers["retry-after"].flatMap { Int($0) }
            return later(
                "\(configuration.endpoint) answers \(answer.status)",
                after: seconds.map { .seconds(min(max(1, $0), 300)) })
        case .success(let answer):
            queue.settle(count, lost: Int64(count))
            tell("it answers \(answer.status) to \(count) spans, which are dropped: \(answer.text.prefix(200))")
            return nil
        }
    }

    private func later(_ problem: String, after pause: Duration?) -> Job.Outcome {
        tell("\(problem); spans wait, \(SpanQueue.capacity) at most")
        return .failed(problem, retryAfter: pause)
    }

    private func tell(_ reason: String) {
        guard limiter.admit("spans") != nil else { return }
        log.warning(.spansNotExported, [.reason("\(configuration.endpoint): \(reason)")])
    }
}
