// SPDX-License-Identifier: Apache-2.0
internal import Platform

/// Asks a running daemon over its HTTP listener.
struct DaemonClient: Sendable {
    /// 256 MiB: a lag report of a million partitions.
    private static let bodyLimit = 256 << 20
    let address: DaemonAddress
    let timeout: Duration

    /// The document at a path.
    ///
    /// - Throws: a failure with status `failed`: nobody answers, or something that is no daemon of Tern.
    func document(_ path: String) async throws(CommandFailure) -> JSONValue {
        let response = try await response(path)
        let value = try? JSONParser.parse(response.body)
        guard response.status == 200 else {
            let detail = value?["detail"]?.string ?? value?["title"]?.string ?? "status \(response.status)"
            throw CommandFailure(
                .failed, code: "HTTP_\(response.status)", "\(address) answers \(path) with \(detail)",
                resource: address.description)
        }
        guard let value else { throw stranger("its answer is no JSON") }
        return value
    }

    func response(_ path: String) async throws(CommandFailure) -> HTTPResponse {
        let address = address
        let request = Self.request(path, of: address)
        let deadline = ContinuousClock.now + timeout
        let answer: Result<[UInt8], SystemFailure> = await ThreadExecutor.shared.run {
            do throws(SystemFailure) {
                return .success(try Self.exchange(request, with: address, by: deadline))
            } catch { return .failure(error) }
        }
        switch answer {
        case .failure(let failure): throw unreachable(failure.reason)
        case .success(let bytes):
            do { return try HTTPResponse(parsing: bytes) } catch { throw stranger(error.reason) }
        }
    }

    private static func request(_ path: String, of address: DaemonAddress) -> [UInt8] {
        let lines = [
            "GET \(address.prefix)\(path) HTTP/1.1", "Host: \(address.authority)", "Accept: application/json",
            "User-Agent: tern/\(TernVersion.current)", "Connection: close", "", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private static func exchange(
        _ request: [UInt8], with address: DaemonAddress, by deadline: ContinuousClock.Instant
    ) throws(SystemFailure) -> [UInt8] {
        let connection = try TCPConnection.open(host: address.host, port: address.port, by: deadline)
        try connection.send(request, by: deadline)
        var bytes: [UInt8] = []
        while true {
            let chunk = try connection.receive(by: deadline)
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= bodyLimit else { throw SystemFailure(code: 0, reason: "the answer does not end") }
        }
    }

    private func unreachable(_ reason: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "DAEMON_UNREACHABLE", "no daemon answers at \(address): \(reason)",
            resource: address.description, hint: "is 'tern run' up, and is this its http.listen? --url names another")
    }

    private func stranger(_ reason: String) -> CommandFailure {
        CommandFailure(
            .failed, code: "NOT_A_DAEMON", "what answers at \(address) is no daemon of Tern: \(reason)",
            resource: address.description)
    }
}
