// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Synchronization
import Testing

@testable import WebAccess

@Suite struct `A gatekeeper` {
    private func basic(_ user: String, _ password: String) -> [String] {
        ["Basic " + Data("\(user):\(password)".utf8).base64EncodedString()]
    }

    private func keeper(
        _ tokens: [WebConfiguration.Token] = [], now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws -> Gatekeeper {
        let hash = try PasswordHash(secretHash)
        return Gatekeeper(
            WebConfiguration(
                users: [.init(name: "alice", hash: hash, role: .operator), .init(name: "bob", hash: hash)],
                tokens: tokens), now: now)
    }

    /// As a request would see it, waiting where it has to.
    private func caller(_ keeper: Gatekeeper, _ headers: [String]) -> Caller? {
        switch keeper.look(at: headers) {
        case .known(let caller): caller
        case .unchecked(let check): keeper.caller(of: check)
        case .unneeded, .missing, .refused: nil
        }
    }

    @Test func `knows users by their passwords and tokens by their digests`() throws {
        let token = "0123456789abcdef"
        let keeper = try keeper([
            .init(name: "grafana", proof: .sha256(Digest.sha256(Array(token.utf8)))),
            .init(name: "deploy", proof: .bcrypt(try PasswordHash(secretHash)), role: .operator),
        ])
        #expect(caller(keeper, basic("alice", "secret")) == Caller(name: "alice", role: .operator))
        #expect(caller(keeper, basic("bob", "secret")) == Caller(name: "bob", role: .viewer))
        #expect(caller(keeper, ["Bearer \(token)"]) == Caller(name: "grafana", role: .viewer))
        #expect(caller(keeper, ["bearer  secret"]) == Caller(name: "deploy", role: .operator))
    }

    @Test func `lets nobody in by a login that is wrong or malformed`() throws {
        let keeper = try keeper([.init(name: "t", proof: .sha256(Digest.sha256(Array("token".utf8))))])
        let long = String(repeating: "x", count: 5_000)
        for headers in [
            basic("alice", "Secret"), basic("alice", ""), basic("eve", "secret"), basic("", "secret"),
            basic("alice", "secret\u{0}"), basic("alice", "secret" + long), ["Basic"], ["Basic !!!"], ["Bearer"],
            ["Bearer tokem"], ["Bearer token token"], ["Bearer tok en"], ["Bearer tok\ten"], ["Digest x"], [""],
            ["Basic YWxpY2U="],
            basic("alice", "secret") + basic("alice", "secret"), ["Bearer \(long)"],
        ] {
            #expect(caller(keeper, headers) == nil, "\(headers)")
        }
        guard case .missing = keeper.look(at: []) else {
            Issue.record("no login is missing")
            return
        }
    }

    @Test func `takes bcrypt's time once, and again after a minute or another password`() throws {
        let clock = Mutex(ContinuousClock.now)
        let keeper = try keeper(now: { clock.withLock { $0 } })
        #expect(caller(keeper, basic("alice", "secret")) != nil)
        #expect(caller(keeper, basic("alice", "secret")) != nil)
        #expect(keeper.verifications == 1)
        #expect(caller(keeper, basic("alice", "other")) == nil)
        #expect(caller(keeper, basic("bob", "secret")) != nil, "one user's password is not remembered as another's")
        #expect(keeper.verifications == 3)
        clock.withLock { $0 += Gatekeeper.memory }
        #expect(caller(keeper, basic("alice", "secret")) != nil)
        #expect(keeper.verifications == 4)
    }

    @Test func `verifies a password for a user that there is not, so that the time tells nobody`() throws {
        let keeper = try keeper()
        #expect(caller(keeper, basic("eve", "secret")) == nil)
        #expect(caller(keeper, basic("eve", "secret")) == nil)
        #expect(keeper.verifications == 2)
    }

    @Test func `follows another configuration at once: roles, passwords, users that are gone`() throws {
        let keeper = try keeper()
        #expect(caller(keeper, basic("alice", "secret"))?.role == .operator)
        var other = keeper.configuration
        other.users[0].role = .viewer
        keeper.take(other)
        #expect(caller(keeper, basic("alice", "secret"))?.role == .viewer)
        other.users.removeFirst()
        keeper.take(other)
        #expect(caller(keeper, basic("alice", "secret")) == nil)
        keeper.take(WebConfiguration())
        guard case .unneeded = keeper.look(at: []) else {
            Issue.record("nobody has to log in")
            return
        }
    }

    @Test func `has a line of passwords with an end, and answers all that are in it`() async throws {
        let keeper = try keeper()
        let answered = Atomic(0)
        guard case .unchecked(let check) = keeper.look(at: basic("alice", "wrong")) else {
            Issue.record("a password has to be verified")
            return
        }
        let release = DispatchSemaphore(value: 0)
        let taken = (0..<200).count { _ in
            keeper.verify(check) { _ in
                release.wait()
                answered.add(1, ordering: .relaxed)
            }
        }
        #expect((Gatekeeper.longestLine...Gatekeeper.longestLine + 1).contains(taken))
        for _ in 0..<taken { release.signal() }
        try await eventually { answered.load(ordering: .relaxed) == taken }
    }
}

@Suite struct `A password's hash` {
    @Test(arguments: [
        // OpenWall's own vectors of bcrypt.
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    ])
    func `matches its password and no other`(password: String, hash: String) throws {
        let hash = try PasswordHash(hash)
        #expect(hash.matches(Array(password.utf8)))
        #expect(!hash.matches(Array((password + "x").utf8)))
    }

    @Test(arguments: [
        "", "secret", "$2y$10$short", "$1$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCK",
        "$2y$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QC:",
        "$2y$xx$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCK",
        "$2x$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCK",
    ])
    func `is nothing else`(text: String) {
        #expect(throws: PasswordHash.Problem.noHash) { try PasswordHash(text) }
    }

    @Test func `reads no more of a password than bcrypt does, and takes none that is longer`() throws {
        let hash = try PasswordHash(secretHash)
        #expect(!hash.matches([UInt8](repeating: 65, count: 73)))
    }
}
