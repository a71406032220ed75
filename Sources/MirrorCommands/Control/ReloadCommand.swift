// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import TernAPI
internal import TernConfiguration
internal import Text

enum ReloadCommand {
    static let socket = Flag("socket", .file("PATH"), "the daemon's admin.socket, where the file does not name it")
    static let timeout = Flag("timeout", .duration, preset: "90s", "how long the answer is waited for")

    static let command = Command(
        path: ["reload"],
        summary: "have a running daemon read its file again",
        discussion: [
            "Asks the daemon over its admin.socket, or over TLS with an operator's token where --url names it, and waits until it is "
                + "done. Flows whose settings are the same go on untouched; "
                + "the others drain and restart. A file with an error changes nothing, and the error is shown. Without a socket, "
                + "SIGHUP does the same, and the log says how it went.",
            "http.*, dashboard.*, log.format, health.* and admin.* are read when the process starts only. web.config.file names a file that is followed by "
                + "itself.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: [socket] + DaemonQuestion.reach + [timeout] + Flag.configuration + [.output([.table, .json, .yaml])],
        examples: [
            .init(purpose: "the daemon that runs with this file", line: "tern reload mirror.properties"),
            .init(purpose: "one whose socket is known", line: "tern reload --socket /run/tern/admin.sock"),
            .init(purpose: "one elsewhere", line: "tern reload --url https://mirror:9470 --token-file token"),
        ],
        statuses: [(.failed, "the file has an error and nothing was changed, or no daemon answers")],
        kind: AdminOutcome.name,
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let limit = invocation.duration(timeout) ?? .seconds(90)
        let answer: AdminOutcome
        if let daemon = try DaemonQuestion.remote(invocation, context, timeout: limit) {
            answer = try await daemon.post(.reload, AdminReason(reason: nil))
        } else {
            let path = try socketPath(invocation, context)
            answer = try await AdminSocketClient(path: path, timeout: limit).post(.reload, AdminReason(reason: nil))
        }
        var report = Report(kind: AdminOutcome.name, data: answer.tree)
        report.text = answer.outcome + "\n"
        return try context.print(report, for: invocation)
    }

    /// A file with an error has a socket, too.
    private static func socketPath(
        _ invocation: Invocation, _ context: CommandContext
    ) throws(CommandFailure) -> String {
        if let path = invocation[socket] { return path }
        guard let path = try RawSettings(invocation, context).named("admin.socket") else {
            throw .usage(
                "no admin.socket is named", hint: "the file or --socket names it; without one: kill -HUP the daemon")
        }
        return path
    }
}

/// Asks a daemon over its admin socket.
struct AdminSocketClient {
    let path: String
    let timeout: Duration

    func post(_ endpoint: Endpoint, _ body: some Document) async throws(CommandFailure) -> AdminOutcome {
        let payload = Array(body.tree.compactText.utf8)
        let response = try await exchange(
            "POST", endpoint, ["Content-Type: application/json", "Content-Length: \(payload.count)"], payload)
        guard response.status == 200, let outcome = try? AdminOutcome(json: response.body) else {
            throw CommandFailure(
                .failed, code: "NOT_DONE", Problem.detail(in: response.body) ?? "status \(response.status)",
                resource: path)
        }
        return outcome
    }

    func get(_ endpoint: Endpoint) async throws(CommandFailure) -> HTTPResponse {
        try await exchange("GET", endpoint, [], [])
    }

    private func exchange(
        _ method: String, _ endpoint: Endpoint, _ headers: [String], _ body: [UInt8]
    ) async throws(CommandFailure) -> HTTPResponse {
        let lines =
            ["\(method) \(endpoint.path) HTTP/1.1", "Host: localhost"] + headers
            + ["User-Agent: tern/\(TernVersion.current)", "Connection: close", "", ""]
        let (path, request) = (path, Array(lines.joined(separator: "\r\n").utf8) + body)
        let deadline = ContinuousClock.now + timeout
        let answer: Result<[UInt8], SystemFailure> = await ThreadExecutor.shared.run {
            do throws(SystemFailure) {
                let connection = try TCPConnection.open(socket: path, by: deadline)
                try connection.send(request, by: deadline)
                var bytes: [UInt8] = []
                while true {
                    let chunk = try connection.receive(by: deadline)
                    if chunk.isEmpty { return .success(bytes) }
                    bytes += chunk
                }
            } catch { return .failure(error) }
        }
        switch answer {
        case .failure(let failure):
            throw CommandFailure(
                .failed, code: "DAEMON_UNREACHABLE", "no daemon answers at \(path): \(failure.reason)", resource: path,
                hint: "is 'tern run' up with this admin.socket, and are you its user, or root?")
        case .success(let bytes):
            guard let response = try? HTTPResponse(parsing: bytes) else {
                throw CommandFailure(
                    .failed, code: "NOT_A_DAEMON", "what answers at \(path) is no daemon of Tern", resource: path)
            }
            return response
        }
    }
}
