// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import TernAPI
internal import Text

/// Asks a running daemon over its HTTP listener.
struct DaemonClient: Sendable {
    let address: DaemonAddress
    let timeout: Duration
    var login = DaemonLogin()
    /// Bytes of an answer. 256 MiB: a lag report of a million partitions.
    var answerLimit = 256 << 20
    /// Where it blocks.
    var executor = ThreadExecutor.shared

    /// The report that an endpoint answers.
    ///
    /// - Throws: a failure with status `failed`: nobody answers, something that is no daemon of Tern, or one of a
    ///   release whose reports this one does not know.
    func report<Answer: ReportDocument>(
        _ type: Answer.Type, from endpoint: Endpoint, _ parameters: KeyValuePairs<String, String> = [:]
    ) async throws(CommandFailure) -> Answer {
        let target = endpoint.target(parameters)
        let response = try await response(target)
        guard response.status == 200 else { throw refused(target, response.status, response.body) }
        do { return try Answer(json: response.body) } catch {
            // LagReport is a lag report.
            let title = Answer.name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
            switch error {
            case .notJSON: throw stranger("its answer is no JSON")
            case .otherKind: throw stranger("its answer is no\(title)")
            case .otherVersion:
                throw CommandFailure(
                    .failed, code: "VERSION_MISMATCH",
                    "the\(title) of \(address) is of a version that this tern does not know",
                    resource: address.description, hint: "use the tern of the daemon's release")
            case .malformed(let place):
                throw stranger("its\(title) has no \(place), or of another type")
            }
        }
    }

    func response(_ path: String) async throws(CommandFailure) -> HTTPResponse {
        try await exchange(request(path, accepting: "application/json"))
    }

    /// Has something done.
    ///
    /// - Throws: a failure with the daemon's own words where it was not.
    func post(_ endpoint: Endpoint, _ body: some Document) async throws(CommandFailure) -> AdminOutcome {
        let payload = Array(body.tree.compactText.utf8)
        let head = request(
            endpoint.path, method: "POST", accepting: "application/json",
            ["Content-Type: application/json", "Content-Length: \(payload.count)"])
        let response = try await exchange(head + payload)
        guard response.status == 200 else { throw refused(endpoint.path, response.status, response.body) }
        do { return try AdminOutcome(json: response.body) } catch { throw stranger("its answer is no outcome") }
    }

    private func exchange(_ request: [UInt8]) async throws(CommandFailure) -> HTTPResponse {
        let deadline = ContinuousClock.now + timeout
        let answer: Result<[UInt8], DaemonFailure> = await executor.run {
            do throws(DaemonFailure) {
                return .success(try exchangeBytes(request, by: deadline))
            } catch { return .failure(error) }
        }
        switch answer {
        case .failure(let failure): throw self.failure(failure)
        case .success(let bytes):
            do { return try HTTPResponse(parsing: bytes) } catch { throw stranger(error.reason) }
        }
    }

    /// - Parameter headers: further lines of the head.
    func request(
        _ path: String, method: String = "GET", accepting type: String, _ headers: [String] = []
    ) -> [UInt8] {
        let lines = [
            "\(method) \(address.prefix)\(path) HTTP/1.1", "Host: \(address.authority)", "Accept: \(type)",
            "User-Agent: tern/\(TernVersion.current)", "Connection: close",
        ]
        let authorization = login.token.map { ["Authorization: Bearer \($0)"] } ?? []
        return Array((lines + authorization + headers + ["", ""]).joined(separator: "\r\n").utf8)
    }

    private func exchangeBytes(
        _ request: [UInt8], by deadline: ContinuousClock.Instant
    ) throws(DaemonFailure) -> [UInt8] {
        let connection = try DaemonConnection(to: address, login, by: deadline)
        try connection.send(request, by: deadline)
        var bytes: [UInt8] = []
        while true {
            let chunk = try connection.receive(by: deadline)
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= answerLimit else {
                throw .system(SystemFailure(code: 0, reason: "the answer is larger than \(answerLimit >> 20) MiB"))
            }
        }
    }

    /// An answer with another status than 200.
    func refused(_ path: String, _ status: Int, _ body: [UInt8]) -> CommandFailure {
        if status == 401 {
            return CommandFailure(
                .failed, code: "HTTP_401",
                login.token == nil
                    ? "\(address) wants a login" : "\(address) does not know the token of \(login.tokenOption)",
                resource: address.description,
                hint: login.token == nil
                    ? "\(login.tokenOption) names a file with a token of its web.config.file"
                    : "bearer_tokens in its web.config.file has those that it knows")
        }
        if status == 403 {
            return CommandFailure(
                .failed, code: "HTTP_403", "\(address) refuses: \(Problem.detail(in: body) ?? "status 403")",
                resource: address.description)
        }
        return CommandFailure(
            .failed, code: "HTTP_\(status)",
            "\(address) answers \(path) with \(Problem.detail(in: body) ?? "status \(status)")",
            resource: address.description)
    }

    func unreachable(_ reason: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "DAEMON_UNREACHABLE", "no daemon answers at \(address): \(reason)",
            resource: address.description, hint: "is 'tern run' up, and is this its http.listen? --url names another")
    }

    func stranger(_ reason: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "NOT_A_DAEMON", "what answers at \(address) is no daemon of Tern: \(reason)",
            resource: address.description,
            // What speaks TLS answers plain HTTP with an alarm, or not at all.
            hint: address.isSecure ? nil : "one with tls_server_config in its web.config.file is asked by https://")
    }
}
