// SPDX-License-Identifier: Apache-2.0
internal import MirrorWeb
internal import Platform
internal import Synchronization
internal import Telemetry
internal import TernConfiguration
internal import WebAccess

/// Follows `web.config.file` while a daemon runs. A file that is wrong changes nothing.
final class WebKeeper: Sendable {
    typealias ReadFile = @Sendable (String) throws(SystemFailure) -> [UInt8]

    let gatekeeper: Gatekeeper
    private let listen: ListenAddress?
    private let path: String
    private let readFile: ReadFile
    private let log: Log
    private let state: Mutex<State>

    private struct State {
        var server: HTTPServer?
        /// Of the files as they were read last.
        var stamps: [String: FileStamp?]
        var isLooking = false
        var isDue = false
    }

    /// Reads the file for the first time.
    ///
    /// - Returns: `nil` where the configuration names none.
    /// - Throws: a usage failure with the first error and its line.
    static func start(
        _ http: HTTPConfiguration, _ log: Log, readFile: @escaping ReadFile
    ) throws(CommandFailure) -> WebKeeper? {
        guard let path = http.webFile else {
            warn(http.listen, WebConfiguration(), log)
            return nil
        }
        let stamps = [path: FileStamp(ofFile: path)]
        let file = WebConfigurationFile(path: path, readFile: readFile)
        guard let configuration = file.configuration else { throw failure(of: file) }
        for problem in file.problems { log.warning(.webConfigWarning, [.reason(problem.description)]) }
        let keeper = WebKeeper(configuration, http.listen, path, readFile, log)
        keeper.state.withLock { state in
            for name in file.files { state.stamps[name] = stamps[name] ?? FileStamp(ofFile: name) }
        }
        warn(http.listen, configuration, log)
        return keeper
    }

    private init(
        _ configuration: WebConfiguration, _ listen: ListenAddress?, _ path: String, _ readFile: @escaping ReadFile,
        _ log: Log
    ) {
        gatekeeper = Gatekeeper(configuration)
        self.listen = listen
        self.path = path
        self.readFile = readFile
        self.log = log
        state = Mutex(State(stamps: [:]))
    }

    static func failure(of file: WebConfigurationFile) -> CommandFailure {
        let errors = file.problems.filter { $0.severity == .error }
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        return CommandFailure(
            .usage, code: "INVALID_WEB_CONFIG", (errors.first?.description ?? "web.config.file is wrong") + more,
            resource: file.files.first, hint: "'tern check' lists all that is wrong")
    }

    /// Whoever reaches the listener reads, and nobody may have meant that.
    private static func warn(_ listen: ListenAddress?, _ configuration: WebConfiguration, _ log: Log) {
        guard let exposure = WebExposure.sentence(listen, configuration) else { return }
        log.warning(.httpOpen, [LogField("address", listen.map { "\($0)" } ?? "none"), .reason(exposure)])
    }

    /// The listener whose certificate follows the file.
    func serve(_ server: HTTPServer) { state.withLock { $0.server = server } }

    /// What is wrong with the file at present; `nil` where nothing is.
    var problem: String? {
        let file = WebConfigurationFile(path: path, readFile: readFile)
        return file.configuration == nil ? Self.failure(of: file).message : nil
    }

    /// Has the next look read the file whether it has changed or not.
    func lookNext() { state.withLock { $0.isDue = true } }

    /// Looks on a thread that may block, one look at a time. To be called each second.
    func lookSoon() {
        let begins = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        Task {
            await ThreadExecutor.shared.run { self.look() }
            state.withLock { $0.isLooking = false }
        }
    }

    /// Reads the files again when one of them has changed. Blocks.
    func look() {
        let (known, isDue, server) = state.withLock { state in
            defer { state.isDue = false }
            return (state.stamps, state.isDue, state.server)
        }
        var stamps: [String: FileStamp?] = [:]
        for name in known.keys { stamps[name] = .some(FileStamp(ofFile: name)) }
        guard isDue || stamps != known else { return }
        let file = WebConfigurationFile(path: path, readFile: readFile)
        // Files that it names for the first time: as they are now, which is as they were read or later.
        for name in file.files where stamps[name] == nil { stamps[name] = .some(FileStamp(ofFile: name)) }
        state.withLock { $0.stamps = stamps.filter { file.files.contains($0.key) } }
        guard let configuration = file.configuration else { return refuse(Self.failure(of: file).message) }
        guard configuration != gatekeeper.configuration else { return }
        guard server?.take(configuration.tls) ?? true else {
            return refuse("\(path): GnuTLS does not take the certificate, its key or client_ca_file")
        }
        gatekeeper.take(configuration)
        log.info(
            .webConfigLoaded,
            [
                LogField("file", path), LogField("users", configuration.users.count),
                LogField("tokens", configuration.tokens.count), LogField("tls", configuration.tls != nil),
            ])
        Self.warn(listen, configuration, log)
    }

    private func refuse(_ reason: String) {
        log.error(.webConfigFailed, [.reason("\(reason); what held before holds on")])
    }
}

/// A listener that others reach, and nobody has to log in.
enum WebExposure {
    /// - Returns: `nil` where there is nothing to say.
    static func sentence(_ listen: ListenAddress?, _ configuration: WebConfiguration) -> String? {
        guard let listen, !listen.isLoopback, !configuration.wantsLogin else { return nil }
        return
            "whoever reaches \(listen) reads names, offsets and states without a login; name users or tokens in web.config.file"
    }
}
