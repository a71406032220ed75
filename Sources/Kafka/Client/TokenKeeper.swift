// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
internal import KafkaTypes
internal import Login
internal import Platform
internal import Synchronization

/// Keeps the clients of one login in valid tokens: gets one, hands it to all of them, and gets the next when four fifths of its
/// time are over.
///
/// librdkafka asks for tokens by a callback, which comes on whatever thread serves a client's queue, or costs each client a
/// thread of its own. Here the keeper hands over by itself, so that a client needs no thread, and hundreds of them one request.
final class TokenKeeper: Sendable {
    private struct State {
        var clients: [NativeAddress] = []
        var token: Held?
        var failure: LoginFailure?
        var round: Task<Void, Never>?
    }

    private struct Held {
        let token: AccessToken
        let since: ContinuousClock.Instant

        var left: Duration { token.lifetime - since.duration(to: .now) }
        /// Until the next one is wanted: as Java's `sasl.login.refresh.window.factor` and librdkafka have it.
        var fresh: Duration { token.lifetime * 4 / 5 - since.duration(to: .now) }
    }

    private let provider: any TokenProvider
    /// Between one attempt that failed and the next; doubles up to the last.
    private let pauses: ClosedRange<Duration>
    private let state = Mutex(State())

    init(_ provider: any TokenProvider, pauses: ClosedRange<Duration> = .milliseconds(500)...(.seconds(30))) {
        self.provider = provider
        self.pauses = pauses
    }

    // MARK: The keepers of this process

    private struct Keepers {
        var keepers: [(login: TokenLogin, keeper: TokenKeeper)] = []
        var ofClients: [NativeAddress: TokenKeeper] = [:]
    }
    /// As many as the configuration has logins: they stay, so that commands which open clients one after the other share a token.
    private static let all = Mutex(Keepers())

    static func keeper(of login: TokenLogin) -> TokenKeeper {
        all.withLock { all in
            if let known = all.keepers.first(where: { $0.login == login }) { return known.keeper }
            let made = TokenKeeper(login.provider)
            all.keepers.append((login, made))
            return made
        }
    }

    /// Has a client kept in tokens until ``forget(_:)``, which must come before it is destroyed.
    func keep(_ client: OpaquePointer) {
        let address = NativeAddress(client)
        Self.all.withLock { $0.ofClients[address] = self }
        state.withLock { state in
            state.clients.append(address)
            if let held = state.token, held.left > .zero {
                hand(held, to: address)
            } else if let failure = state.failure {
                tell(failure, to: address)
            }
            if state.round == nil { state.round = Task { await self.renew() } }
        }
    }

    /// No token comes to this client any more once this has returned.
    static func forget(_ client: OpaquePointer) {
        let address = NativeAddress(client)
        all.withLock { $0.ofClients.removeValue(forKey: address) }?.drop(address)
    }

    /// Why there is no new token for a client; `nil` while all is well, or the client needs none.
    static func failure(of client: OpaquePointer) -> LoginFailure? {
        all.withLock { $0.ofClients[NativeAddress(client)] }?.state.withLock { $0.failure }
    }

    private func drop(_ client: NativeAddress) {
        state.withLock { state in
            state.clients.removeAll { $0 == client }
            guard state.clients.isEmpty else { return }
            state.round?.cancel()
            state.round = nil
            state.failure = nil
        }
    }

    // MARK: Rounds

    private func renew() async {
        var pause = pauses.lowerBound
        while !Task.isCancelled {
            let rest = state.withLock { $0.token?.fresh ?? .zero }
            if rest > .zero {
                try? await ContinuousClock().sleep(for: rest)
                continue
            }
            do throws(LoginFailure) {
                let provider = provider
                // Counted from before it is asked for: a token never lives longer than we believe.
                let start = ContinuousClock.now
                let token = try await ThreadExecutor.shared.run { () throws(LoginFailure) in try provider.token() }
                take(Held(token: token, since: start))
                pause = pauses.lowerBound
                // One that ends at once would be asked for without end.
                if token.lifetime < .seconds(1) { try? await ContinuousClock().sleep(for: pauses.lowerBound) }
            } catch {
                // Nobody waits any more; who comes next has a round of its own.
                if Task.isCancelled { return }
                take(error)
                try? await ContinuousClock().sleep(for: pause)
                pause = min(pause * 2, pauses.upperBound)
            }
        }
    }

    private func take(_ held: Held) {
        state.withLock { state in
            state.token = held
            state.failure = nil
            for client in state.clients { hand(held, to: client) }
        }
    }

    /// While the last token is valid, clients need to know nothing.
    private func take(_ failure: LoginFailure) {
        state.withLock { state in
            state.failure = failure
            if let held = state.token, held.left > .zero { return }
            for client in state.clients { tell(failure, to: client) }
        }
    }

    // MARK: Handing over, under the lock, so that a client is not destroyed meanwhile

    /// The corresponding C function is `rd_kafka_oauthbearer_set_token`.
    private func hand(_ held: Held, to client: NativeAddress) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let end = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000 + Int64(held.left.wholeMilliseconds)
        let extensions = held.token.extensions.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let (code, text) = withCStrings(extensions) { pointers in
            withErrorText { text, size in
                rd_kafka_oauthbearer_set_token(
                    client.pointer, held.token.value.reveal(), end, held.token.principal, pointers.baseAddress,
                    pointers.count, text, size)
            }
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        tell(
            LoginFailure(
                "librdkafka does not take the token: \(text.isEmpty ? String(cString: rd_kafka_err2str(code)) : text)",
                remedy: "check the names and values of its extensions (RFC 7628, section 3.1)"), to: client)
    }

    /// The corresponding C function is `rd_kafka_oauthbearer_set_token_failure`.
    private func tell(_ failure: LoginFailure, to client: NativeAddress) {
        _ = rd_kafka_oauthbearer_set_token_failure(client.pointer, failure.description)
    }
}

extension NativeConfiguration {
    /// librdkafka's default makes unsigned tokens by itself. The corresponding C function is
    /// `rd_kafka_conf_set_oauthbearer_token_refresh_cb`.
    func leaveTokensToKeeper() { rd_kafka_conf_set_oauthbearer_token_refresh_cb(pointer) { _, _, _ in } }
}

/// Lends C strings to a call.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutableBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    var copies = texts.map { UnsafePointer<CChar>(strdup($0)) }
    defer { for copy in copies { free(UnsafeMutableRawPointer(mutating: copy)) } }
    return copies.withUnsafeMutableBufferPointer { body($0) }
}
