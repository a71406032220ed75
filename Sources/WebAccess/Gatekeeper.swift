// SPDX-License-Identifier: Apache-2.0
internal import Platform
internal import Synchronization

/// Says who asks, by the configuration that holds at the moment.
///
/// A password costs bcrypt's time once a minute: a success is remembered by a keyed digest of user, hash and password, under a key
/// that lives as long as the process. Passwords are verified one at a time on a thread of their own, so that neither requests
/// of others nor their processors wait.
public final class Gatekeeper: Sendable {
    public enum Sight: Sendable {
        /// Nobody has to log in.
        case unneeded
        case known(Caller)
        case missing
        /// No login of anybody; the name that was claimed, where there is one.
        case refused(claimed: String?)
        /// A password that has to be verified first.
        case unchecked(Check)
    }

    /// A password, and what it may be the password of.
    public struct Check: Sendable {
        struct Candidate: Sendable {
            let hash: PasswordHash
            /// `nil` where there is no such user: verified all the same, so that the time tells nobody which users there are.
            let caller: Caller?
        }
        let candidates: [Candidate]
        let secret: [UInt8]
        public let claimed: String?
    }

    /// For how long a password that was right is not verified again.
    static let memory = Duration.seconds(60)
    /// Passwords that may wait to be verified.
    static let longestLine = 32
    private static let mostRemembered = 512

    private struct State {
        var configuration: WebConfiguration
        var remembered: [[UInt8]: ContinuousClock.Instant] = [:]
        var line: [@Sendable () -> Void] = []
        var isWorking = false
        var verified = 0
    }

    private let state: Mutex<State>
    private let key: [UInt8]
    private let now: @Sendable () -> ContinuousClock.Instant

    public init(_ configuration: WebConfiguration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        state = Mutex(State(configuration: configuration))
        // The system's generator: 32 bytes that nobody knows.
        key = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        self.now = now
    }

    public var configuration: WebConfiguration { state.withLock { $0.configuration } }
    /// How many passwords took bcrypt's time so far.
    var verifications: Int { state.withLock { $0.verified } }

    /// From now on another configuration holds.
    public func take(_ configuration: WebConfiguration) { state.withLock { $0.configuration = configuration } }

    /// Who asks; returns at once.
    ///
    /// - Parameter authorization: the values of all `Authorization` headers of the request.
    public func look(at authorization: [String]) -> Sight {
        let configuration = configuration
        guard configuration.wantsLogin else { return .unneeded }
        guard !authorization.isEmpty else { return .missing }
        guard authorization.count == 1, let credentials = Credentials(authorization[0]) else {
            return .refused(claimed: nil)
        }
        switch credentials {
        case .basic(let name, let password):
            guard let stranger = configuration.users.first else { return .refused(claimed: name) }
            let user = configuration.users.first { $0.name.utf8.elementsEqual(name.utf8) }
            return recalled(
                Check(
                    candidates: [
                        .init(
                            hash: (user ?? stranger).hash,
                            caller: user.map { Caller(name: $0.name, role: $0.role) })
                    ], secret: password, claimed: name))
        case .bearer(let token):
            let digest = Digest.sha256(token)
            var found: Caller?
            var candidates: [Check.Candidate] = []
            for known in configuration.tokens {
                let caller = Caller(name: known.name, role: known.role)
                switch known.proof {
                case .sha256(let wanted): if Digest.isEqual(wanted, digest) { found = caller }
                case .bcrypt(let hash): candidates.append(.init(hash: hash, caller: caller))
                }
            }
            if let found { return .known(found) }
            guard !candidates.isEmpty else { return .refused(claimed: nil) }
            return recalled(Check(candidates: candidates, secret: token, claimed: nil))
        }
    }

    private func recalled(_ check: Check) -> Sight {
        let now = now()
        for candidate in check.candidates {
            guard let caller = candidate.caller else { continue }
            let digest = digest(candidate, caller, check.secret)
            if state.withLock({ $0.remembered[digest].map { $0 > now } ?? false }) { return .known(caller) }
        }
        return .unchecked(check)
    }

    private func digest(_ candidate: Check.Candidate, _ caller: Caller, _ secret: [UInt8]) -> [UInt8] {
        Digest.keyed(Array(candidate.hash.text.utf8) + [0] + Array(caller.name.utf8) + [0] + secret, by: key)
    }

    /// Verifies a password on the gatekeeper's own thread.
    ///
    /// - Parameter answer: called once, on that thread, with who it is; `nil` where the password is wrong.
    /// - Returns: `false` where too many wait, and nothing is called.
    public func verify(_ check: Check, _ answer: @escaping @Sendable (Caller?) -> Void) -> Bool {
        let (isAdmitted, starts) = state.withLock { state -> (Bool, Bool) in
            guard state.line.count < Self.longestLine else { return (false, false) }
            state.line.append { [self] in answer(caller(of: check)) }
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if starts { detachThread(name: "logins") { self.work() } }
        return isAdmitted
    }

    private func work() {
        while true {
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard !state.line.isEmpty else {
                    state.isWorking = false
                    return nil
                }
                return state.line.removeFirst()
            }
            guard let next else { return }
            next()
        }
    }

    /// Who it is, by bcrypt where nothing is remembered. Blocks.
    public func caller(of check: Check) -> Caller? {
        // A page asks for several things at once: the first of them has verified the password for the others.
        if case .known(let caller) = recalled(check) { return caller }
        for candidate in check.candidates {
            state.withLock { $0.verified += 1 }
            guard candidate.hash.matches(check.secret), let caller = candidate.caller else { continue }
            let (digest, now) = (digest(candidate, caller, check.secret), now())
            state.withLock { state in
                if state.remembered.count >= Self.mostRemembered {
                    state.remembered = state.remembered.filter { $0.value > now }
                    if state.remembered.count >= Self.mostRemembered { state.remembered = [:] }
                }
                state.remembered[digest] = now + Self.memory
            }
            return caller
        }
        return nil
    }
}
