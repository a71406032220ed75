// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import Platform
internal import Synchronization
internal import Telemetry
internal import TernAPI
internal import TernConfiguration
internal import Text
internal import WebAccess

/// Asks the daemons of `dashboard.peers` for their status, each by a job of its own, and keeps what they last answered.
final class PeerWatch: Sendable {
    typealias ReadFile = @Sendable (String) throws(SystemFailure) -> [UInt8]

    private static let interval = Duration.seconds(2)
    private static let backOff = BackOff(first: .seconds(2), longest: .seconds(8))
    private static let questionLimit = Duration.seconds(3)
    /// A round never blocks for longer than its question.
    static let roundLimit = Duration.seconds(10)
    /// Status reports are small whatever the number of topics.
    private static let answerLimit = 4 << 20
    /// Peers that hang keep no threads from the rest of the daemon.
    private static let executor = ThreadExecutor(name: "tern-peers", limit: 64)

    private struct State {
        var report: StatusReport?
        var answeredAt: DateTime?
        var answered: ContinuousClock.Instant?
        var problem: String?
        /// A question that does not come back, as one to a resolver, is not asked again beside it.
        var isAsking = false
        /// What was logged last; `nil` before anything was.
        var wasHeard: Bool?
    }

    private final class Peer: Sendable {
        let address: PeerAddress
        let state = Mutex(State())
        init(_ address: PeerAddress) { self.address = address }
    }

    private let peers: [Peer]
    private let configuration: DashboardConfiguration
    private let readFile: ReadFile
    private let log: Log
    private let now: @Sendable () -> ContinuousClock.Instant
    private let startedAt: ContinuousClock.Instant

    /// - Parameter now: by a clock that does not step.
    init(
        _ configuration: DashboardConfiguration, _ log: Log, readFile: @escaping ReadFile,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.configuration = configuration
        self.log = log
        self.readFile = readFile
        self.now = now
        startedAt = now()
        peers = configuration.peers.map(Peer.init)
    }

    /// A file that is wrong ends the start.
    ///
    /// - Returns: `nil` where no peers are configured.
    /// - Throws: a usage failure that names the key and the file.
    static func start(
        _ configuration: DashboardConfiguration, of daemon: RunningDaemon, _ log: Log, readFile: @escaping ReadFile
    ) throws(CommandFailure) -> PeerWatch? {
        guard !configuration.peers.isEmpty else { return nil }
        if let problem = problem(of: configuration, readFile) {
            throw CommandFailure(.usage, code: "INVALID_FILE", problem)
        }
        let watch = PeerWatch(configuration, log, readFile: readFile)
        for (index, peer) in watch.peers.enumerated() {
            daemon.comeRound?("peer \(peer.address)", interval, backOff) { await watch.ask(index) }
        }
        return watch
    }

    /// What is wrong with the files that `dashboard.*` names; `nil` where nothing is.
    static func problem(
        of configuration: DashboardConfiguration, _ readFile: (String) throws(SystemFailure) -> [UInt8]
    ) -> String? {
        if let path = configuration.authorities {
            do throws(SystemFailure) { _ = try readFile(path) } catch {
                return "dashboard.peers.ca.file: '\(path)' cannot be read: \(error.reason)"
            }
        }
        guard let path = configuration.tokenFile else { return nil }
        do throws(SystemFailure) {
            return TokenFile.token(in: try readFile(path)) == nil
                ? "dashboard.peers.token.file: '\(path)' holds no token: expected printable characters on one line"
                : nil
        } catch {
            return "dashboard.peers.token.file: '\(path)' cannot be read: \(error.reason)"
        }
    }

    /// What each last answered, in the order of the file.
    var members: [FleetMember] {
        let now = now()
        return peers.map { peer in
            let state = peer.state.withLock { $0 }
            return FleetMember(
                url: peer.address.description, report: state.report, answeredAt: state.answeredAt,
                answerAge: state.answered.map { (now - $0) / .seconds(1) }, problem: state.problem)
        }
    }

    /// One question.
    /// - Returns: why there was no answer that can be read.
    func ask(_ index: Int) async -> String? {
        let peer = peers[index]
        switch await answer(of: peer) {
        case .success(let report): heard(peer, report)
        case .failure(let failure): return unheard(peer, failure.message)
        case nil: return unheard(peer, "no daemon answers at \(peer.address): no answer in time")
        }
        return nil
    }

    private func heard(_ peer: Peer, _ report: StatusReport) {
        let isNew = peer.state.withLock { state in
            state.report = report
            state.answeredAt = DateTime(milliseconds: WallClock.milliseconds())
            state.answered = now()
            state.problem = nil
            defer { state.wasHeard = true }
            return state.wasHeard != true
        }
        guard isNew else { return }
        log.info(
            .peerHeard,
            [
                LogField("peer", peer.address.description), LogField("region", report.region.region.printable),
                LogField("version", report.program.version.printable),
            ])
    }

    private func unheard(_ peer: Peer, _ reason: String) -> String {
        // It may quote what a stranger has answered.
        let reason = String(reason.printable.prefix(300))
        let isNew = peer.state.withLock { state in
            state.problem = reason
            let silence = (now() - (state.answered ?? startedAt)) / .seconds(1)
            guard silence > FleetMember.answerLimit, state.wasHeard != false else { return false }
            state.wasHeard = false
            return true
        }
        if isNew { log.warning(.peerLost, [LogField("peer", peer.address.description), .reason(reason)]) }
        return reason
    }

    /// - Returns: `nil` when there was none in time.
    private func answer(of peer: Peer) async -> Result<StatusReport, CommandFailure>? {
        let isFree = peer.state.withLock { state in
            defer { state.isAsking = true }
            return !state.isAsking
        }
        guard isFree else { return nil }
        let (answers, stream) = AsyncStream<Result<StatusReport, CommandFailure>>.makeStream()
        Task {
            let answer: Result<StatusReport, CommandFailure>
            do throws(CommandFailure) {
                answer = .success(try await client(of: peer.address).report(StatusReport.self, from: .status))
            } catch {
                answer = .failure(error)
            }
            peer.state.withLock { $0.isAsking = false }
            stream.yield(answer)
            stream.finish()
        }
        let deadline = Task {
            try await Task.sleep(for: Self.questionLimit + .milliseconds(500))
            stream.finish()
        }
        defer { deadline.cancel() }
        return await answers.first { _ in true }
    }

    /// With the token as its file has it now: tokens are renewed.
    private func client(of address: PeerAddress) async throws(CommandFailure) -> DaemonClient {
        var login = DaemonLogin(
            authorities: configuration.authorities, tokenOption: "dashboard.peers.token.file",
            authoritiesOption: "dashboard.peers.ca.file")
        if let path = configuration.tokenFile {
            let readFile = readFile
            login.token = await Self.executor.run {
                (try? readFile(path)).flatMap { TokenFile.token(in: $0) }.map { String(decoding: $0, as: UTF8.self) }
            }
            guard login.token != nil else {
                throw .usage("dashboard.peers.token.file: '\(path)' cannot be read, or holds no token")
            }
        }
        return DaemonClient(
            address: DaemonAddress(
                host: address.listener.host, port: address.listener.port, isSecure: address.isSecure),
            timeout: Self.questionLimit, login: login, answerLimit: Self.answerLimit, executor: Self.executor)
    }
}
