// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import TernAPI
internal import TernConfiguration
internal import WebAccess

/// What a container's health check calls, and an exec probe of Kubernetes.
enum HealthcheckCommand {
    static let probe = Flag(
        "probe", .choice(["live", "ready", "startup"]), preset: "live",
        "which of /livez, /readyz and /startupz is asked")
    static let timeout = Flag("timeout", .duration, preset: "4s", "how long the answer is waited for")

    static let command = Command(
        path: ["healthcheck"],
        summary: "ask the daemon of this machine whether it is well",
        discussion: [
            "Ends with 0 when the daemon that runs with the file says so, and with 1 otherwise. It is asked over its admin.socket where it has "
                + "one: no login and no certificate are needed there. Else it is asked at its http.listen, by TLS where web.config.file "
                + "has tls_server_config. The certificate is not verified, as Kubernetes' own probes do not: nothing secret is sent.",
            "Without a file, TERN_HTTP_LISTEN, TERN_WEB_CONFIG_FILE and TERN_ADMIN_SOCKET say where it is. With http.listen = none and no "
                + "admin.socket there is nobody to ask, and it ends with 0.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: [probe, timeout] + Flag.configuration,
        examples: [
            .init(purpose: "a container's health check", line: "tern healthcheck /etc/tern/tern.properties"),
            .init(
                purpose: "an exec probe, where clients need certificates",
                line: "tern healthcheck /etc/tern/tern.properties --probe ready"),
        ],
        statuses: [(.failed, "it is not well, or does not answer")],
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let settings = try RawSettings(invocation, context)
        let endpoint: Endpoint =
            switch invocation[probe] {
            case "ready": .ready
            case "startup": .started
            default: .live
            }
        let limit = invocation.duration(timeout) ?? .seconds(4)
        let socket = settings.named("admin.socket")
        let listener = try listener(settings, context, limit)
        if let socket {
            do throws(CommandFailure) {
                return try verdict(
                    try await AdminSocketClient(path: socket, timeout: limit).get(endpoint), endpoint, at: socket)
            } catch {
                // A daemon that has been asked, or that listens nowhere else.
                guard error.code == "DAEMON_UNREACHABLE", listener != nil else { throw error }
            }
        }
        guard let listener else { return .done }
        return try verdict(try await listener.response(endpoint.path), endpoint, at: "\(listener.address)")
    }

    /// `nil` where nothing listens, by intention.
    private static func listener(
        _ settings: RawSettings, _ context: CommandContext, _ limit: Duration
    ) throws(CommandFailure) -> DaemonClient? {
        guard let text = settings["http.listen"] else {
            guard let standard = HTTPConfiguration().listen else { return nil }
            return client(standard, settings, context, limit)
        }
        guard settings.named("http.listen") != nil else { return nil }
        guard let listen = ListenAddress(parsing: text, defaultPort: HTTPConfiguration().listen?.port), listen.port > 0
        else { throw .usage("http.listen: '\(text)' names no port where the daemon could be asked") }
        return client(listen, settings, context, limit)
    }

    private static func client(
        _ listen: ListenAddress, _ settings: RawSettings, _ context: CommandContext, _ limit: Duration
    ) -> DaemonClient {
        var http = HTTPConfiguration()
        http.webFile = settings.named("web.config.file")
        let address = DaemonAddress(
            host: listen.host, port: listen.port, isSecure: DaemonQuestion.isSecure(http, context))
        return DaemonClient(address: address, timeout: limit, login: DaemonLogin(verifiesPeer: false))
    }

    private static func verdict(
        _ answer: HTTPResponse, _ endpoint: Endpoint, at place: String
    ) throws(CommandFailure) -> ExitStatus {
        if answer.status == 200 { return .done }
        // The server says so of a certificate before it looks at the path.
        let hint = answer.status == 403 ? "clients need a certificate there: give the daemon an admin.socket" : nil
        // Names and reasons, a line each, where whoever asks may know them.
        let lines = String(decoding: answer.body.prefix(4_096), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("[-]") }.map { $0.dropFirst(3) }
        let reason = lines.isEmpty ? "status \(answer.status)" : lines.joined(separator: "; ")
        throw CommandFailure(
            .failed, code: "NOT_WELL", "\(endpoint.path) at \(place): \(reason)", resource: place, hint: hint)
    }
}
