// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration
public import Mirroring
internal import Synchronization
public import Telemetry
public import TernAPI
public import WebAccess

/// The daemon's HTTP side: renders the `MirrorStatus` that it is handed, and asks no broker anything.
///
///     let web = MirrorWeb(status: daemon.status, build: …, log: log, options: .init(configuration.http))
///     let server = try web.serve(on: configuration.http.listen)
///     …
///     server.stop()
public struct MirrorWeb: Sendable {
    public struct Options: Sendable {
        public var metricsDetail = HTTPConfiguration.MetricsDetail.auto
        public var readiness = HTTPConfiguration.Readiness.any
        public var limits = HTTPLimits()

        public init() {}

        /// What a configuration asks for. One address gets at most three quarters of the connections, so that it cannot
        /// keep the others out.
        public init(_ configuration: HTTPConfiguration) {
            metricsDetail = configuration.metricsDetail
            readiness = configuration.readiness
            limits.connections = configuration.maximumConnections
            limits.connectionsPerAddress = max(1, configuration.maximumConnections * 3 / 4)
            limits.idleTimeout = configuration.idleTimeout
        }
    }

    let status: @Sendable () -> MirrorStatus
    let build: BuildInformation
    let log: Log
    let control: WebControl?
    let translate: Translate?
    let wait: Wait?
    let acts: AdminActs?
    let gatekeeper: Gatekeeper?
    let peers: @Sendable () -> [FleetMember]
    /// By it this process knows itself among its peers.
    let instance = String(UInt64.random(in: .min ... .max), radix: 16)
    var failedLogins = LogLimiter(interval: .seconds(60))
    let waiting = WaitingCount()
    let options: Options
    let now: @Sendable () -> Int64
    let meter = HTTPMeter()
    let watchers: Watchers
    let hasReducedDetail = OnceFlag()
    private var router = Router()

    /// - Parameters:
    ///   - status: the newest snapshot; called on the server's threads for each request, so it must return at once.
    ///   - control: `nil` serves nothing that changes anything.
    ///   - translate: called on the server's threads too, so it must return at once; `nil` serves no translation.
    ///   - wait: returns at once; `nil` serves no barrier.
    ///   - acts: what operators may have done over TLS; `nil` serves none.
    ///   - gatekeeper: who has to log in; `nil` lets everybody read.
    ///   - peers: what the other daemons of `dashboard.peers` last answered; returns at once.
    ///   - now: milliseconds since 1970.
    public init(
        status: @escaping @Sendable () -> MirrorStatus, build: BuildInformation, log: Log,
        control: WebControl? = nil, translate: Translate? = nil, wait: Wait? = nil, acts: AdminActs? = nil,
        gatekeeper: Gatekeeper? = nil, peers: @escaping @Sendable () -> [FleetMember] = { [] },
        options: Options = Options(),
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.status = status
        self.build = build
        self.log = log
        self.control = control
        self.translate = translate
        self.wait = wait
        self.acts = acts
        self.gatekeeper = gatekeeper
        self.peers = peers
        self.options = options
        self.now = now
        // The other half stays free for probes and scrapes.
        watchers = Watchers(readerLimit: max(1, options.limits.connections / 2), epoch: now())
        log.recent?.listen { [watchers] in watchers.publish($0) }
        router = makeRouter()
    }

    /// Answers a request, without any socket. A password that was not verified lately takes its time.
    public func respond(to request: Request) -> Response {
        switch admission(of: request) {
        case .admitted(let request): return respondAdmitted(request)
        case .missing: return metered(request, unauthorized(request))
        case .wrong(let claimed): return refused(request, claiming: claimed)
        case .unchecked(let check):
            guard let caller = gatekeeper?.caller(of: check) else { return refused(request, claiming: check.claimed) }
            var request = request
            request.caller = caller
            return respondAdmitted(request)
        }
    }

    /// Answers whoever was let in.
    func respondAdmitted(_ request: Request) -> Response {
        let began = ContinuousClock.now
        let response = router.respond(to: request)
        meter.record(method: request.method, response: response, seconds: (ContinuousClock.now - began).inSeconds)
        return response
    }

    /// Starts to listen and to answer.
    /// - Throws: one line that names the address and what to do.
    public func serve(on address: ListenAddress) throws(HTTPServerError) -> HTTPServer {
        let meter = meter
        let server = try HTTPServer(
            listen: address, limits: options.limits, tls: gatekeeper?.configuration.tls, log: log,
            refused: { meter.record(method: $0, response: $1, seconds: nil) },
            later: { later($0) }, respond: { respond(to: $0) })
        log.info(.httpListening, [LogField("address", server.address), LogField("url", server.localURL)])
        return server
    }
}

/// Raised once.
final class OnceFlag: Sendable {
    private let raised = Atomic<Bool>(false)
    /// - Returns: whether this call was the first.
    func raise() -> Bool { !raised.exchange(true, ordering: .relaxed) }
}
