// SPDX-License-Identifier: Apache-2.0
import Foundation
import Mirroring
import Synchronization
import Telemetry
import TernAPI
import Testing
import WebAccess

@testable import MirrorWeb

/// A daemon's HTTP side with users alice (operator) and bob (viewer), whose password is `secret`, and the tokens
/// `operator-token-1` and `viewer-token-01`.
final class LoginBench: Sendable {
    /// bcrypt of `secret`, cost 4.
    static let hash = "$2y$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCS"
    let sink = MemorySink()
    let gatekeeper: Gatekeeper
    let web: MirrorWeb
    let orders = Orders()

    final class Orders: Sendable {
        let all = Mutex<[(flow: String, command: FlowCommand, order: ControlOrder)]>([])
        let drains = Mutex(0)
    }

    init(tls: WebConfiguration.TLS? = nil, hasLogins: Bool = true) throws {
        gatekeeper = Gatekeeper(try Self.configuration(tls: tls, hasLogins: hasLogins))
        let log = Log(level: .info, sink: sink, recent: RecentEvents(), now: { Fixture.now })
        let orders = orders
        let acts = AdminActs(
            reload: { _ in .success("reloaded") },
            order: { flow, command, order in
                guard flow == "eu->us" else { throw OrderProblem(.unknown, "there is no flow \(flow)") }
                orders.all.withLock { $0.append((flow, command, order)) }
            }, log: log, now: { Fixture.now })
        web = MirrorWeb(
            status: { Fixture.rich }, build: Fixture.build, log: log,
            control: WebControl { _, _ in orders.drains.withLock { $0 += 1 } },
            translate: { _, _, _ in .topicUnknown },
            wait: { _, _, _, _, answer in answer(.passed(.copied(at: 5), next: 2)) }, acts: acts,
            gatekeeper: gatekeeper, now: { Fixture.now })
    }

    static func configuration(tls: WebConfiguration.TLS?, hasLogins: Bool = true) throws -> WebConfiguration {
        guard hasLogins else { return WebConfiguration(tls: tls) }
        let hash = try PasswordHash(hash)
        func token(_ name: String, _ role: Role, _ digest: String) -> WebConfiguration.Token {
            let digits = digest.compactMap(\.hexDigitValue)
            return .init(
                name: name, proof: .sha256((0..<32).map { UInt8(digits[2 * $0] << 4 | digits[2 * $0 + 1]) }), role: role
            )
        }
        return WebConfiguration(
            tls: tls, users: [.init(name: "alice", hash: hash, role: .operator), .init(name: "bob", hash: hash)],
            tokens: [
                token("deploy", .operator, operatorDigest), token("prometheus", .viewer, viewerDigest),
            ])
    }

    static let operatorToken = "operator-token-1"
    static let viewerToken = "viewer-token-01"
    private static let operatorDigest = "8444a60820a42635bfe112dbaf969c5b719b26b9c0f6d290cd484d6a85398068"
    private static let viewerDigest = "abcf7e106b265e9a2a2475f3a1ac01880ad4de2c96581257831f18585fb6a07a"

    static func basic(_ user: String, _ password: String = "secret") -> (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
    }
    static func bearer(_ token: String) -> (name: String, value: String) { ("Authorization", "Bearer \(token)") }

    func get(_ path: String, _ headers: [(name: String, value: String)] = []) -> Response {
        web.respond(to: Request("GET", path, headers: headers))
    }

    func post(
        _ endpoint: Endpoint, _ headers: [(name: String, value: String)], body: String = "", local: Bool = true,
        secure: Bool = false
    ) -> Response {
        var request = Request(
            "POST", endpoint.path,
            headers: [("Content-Type", "application/json"), ("Host", "localhost:9470")] + headers,
            body: Array(body.utf8), isFromLoopback: local)
        request.isSecure = secure
        request.peerAddress = "192.0.2.7"
        return web.respond(to: request)
    }
}

@Suite struct `A listener with logins` {
    @Test func `wants one for everything but the probes that a kubelet asks`() throws {
        let bench = try LoginBench()
        for endpoint in Endpoint.allCases where endpoint.entry.method == .get {
            let response = bench.get(endpoint.path)
            let isOpen = endpoint == .live || endpoint == .ready
            #expect((response.status == 401) != isOpen, "\(endpoint.path) \(response.status)")
        }
        for path in ["/nothing", "/livez/", "/api/v1/"] { #expect(bench.get(path).status == 401, "\(path)") }
    }

    @Test func `says how to log in, for browsers and for programs`() throws {
        let response = try LoginBench().get("/api/v1/status")
        #expect(response.header("Content-Type") == "application/problem+json")
        let challenges = response.headers.filter { $0.name == "WWW-Authenticate" }.map(\.value)
        #expect(challenges == [#"Basic realm="tern", charset="UTF-8""#, #"Bearer realm="tern""#])
        #expect(try JSONDocument(response.body)["type"].string == "urn:tern:problem:login")
    }

    @Test func `shows probes without a login no names`() throws {
        let bench = try LoginBench()
        #expect(["ok\n", "not ok\n"].contains(bench.get("/readyz?verbose").text))
        #expect(bench.get("/readyz?verbose", [LoginBench.bearer(LoginBench.viewerToken)]).text.contains("flow/"))
    }

    @Test func `lets viewers read`() throws {
        let bench = try LoginBench()
        for header in [LoginBench.basic("bob"), LoginBench.basic("alice"), LoginBench.bearer(LoginBench.viewerToken)] {
            #expect(bench.get("/api/v1/lag", [header]).status == 200, "\(header.value)")
            #expect(bench.get("/metrics", [header]).status == 200)
            #expect(bench.get("/nothing", [header]).status == 404)
        }
    }

    @Test func `writes who failed to log in, once a minute for each address, and never the password`() throws {
        let bench = try LoginBench()
        for _ in 0..<5 {
            let response = bench.get("/metrics", [LoginBench.basic("eve", "hunter2")])
            #expect(response.status == 401)
        }
        let lines = bench.sink.lines.filter { $0.contains("login.refused") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("eve") == true)
        #expect(!bench.sink.lines.contains { $0.contains("hunter2") })
    }

    @Test func `counts a login that failed once, though the listener looks at it twice`() throws {
        let bench = try LoginBench()
        let clock = Mutex<Int64>(0)
        var web = bench.web
        web.failedLogins = LogLimiter(interval: .seconds(60), now: { clock.withLock { $0 } })
        let request = Request("GET", "/metrics", headers: [LoginBench.bearer("nobody's")], isFromLoopback: true)
        for minute in [0, 0, 0, 2] as [Int64] {
            clock.withLock { $0 = minute * 60_000 }
            #expect(web.later(request) == nil)
            #expect(web.respond(to: request).status == 401)
        }
        let lines = bench.sink.lines.filter { $0.contains("login.refused") }
        #expect(lines.map { $0.contains("count=3") } == [false, true], "\(lines)")
    }

    @Test func `takes acts from operators over TLS alone, and says what is missing`() throws {
        let bench = try LoginBench()
        let order = #"{"flow":"eu->us"}"#
        for (headers, isSecure, words) in [
            ([LoginBench.basic("bob")], true, "bob has the role viewer, and this needs operator"),
            ([LoginBench.bearer(LoginBench.viewerToken)], true, "prometheus has the role viewer"),
            ([LoginBench.basic("alice")], false, "over TLS"),
        ] {
            let response = bench.post(.pause, headers, body: order, secure: isSecure)
            #expect(response.status == 403)
            #expect(response.text.contains(words), "\(response.text)")
        }
        #expect(bench.post(.pause, [], body: order, secure: true).status == 401)
        let acts = bench.sink.lines.filter { $0.contains("event=admin.act") }
        #expect(acts.count == 3)
        for word in ["who=bob", "role=viewer", "from=192.0.2.7", "action=pause", "outcome=refused"] {
            #expect(acts.first?.contains(word) == true, "\(word): \(acts.first ?? "")")
        }
        #expect(bench.orders.all.withLock { $0.isEmpty })
    }

    @Test func `drains for operators: over TLS from anywhere, without from this machine`() throws {
        let bench = try LoginBench()
        let alice = LoginBench.basic("alice")
        #expect(bench.post(.drain, [], local: true).status == 401)
        #expect(bench.post(.drain, [LoginBench.basic("bob")], local: true).status == 403)
        #expect(bench.post(.drain, [alice], local: false).status == 403)
        #expect(bench.post(.drain, [alice], local: true).status == 200)
        #expect(bench.post(.drain, [alice], local: false, secure: true).status == 200)
        #expect(bench.orders.drains.withLock { $0 } == 2)
        #expect(
            bench.sink.lines.contains {
                $0.contains("admin.act")
                    && $0.contains("who=alice role=operator from=192.0.2.7 action=drain outcome=done")
            })
    }

    @Test func `that has none serves as before, but for acts`() throws {
        let bench = try LoginBench(hasLogins: false)
        #expect(bench.get("/metrics").status == 200)
        #expect(bench.post(.drain, []).status == 200)
        let response = bench.post(.pause, [], body: #"{"flow":"eu->us"}"#, secure: true)
        #expect(response.status == 403)
        #expect(response.text.contains("web.config.file names neither users nor tokens"))
    }

    @Test func `refuses a foreign page also from an operator's browser`() throws {
        let bench = try LoginBench()
        let alice = LoginBench.basic("alice")
        #expect(bench.post(.drain, [alice, ("Origin", "https://evil.example")], secure: true).status == 403)
        #expect(bench.post(.drain, [alice, ("Origin", "https://localhost:9470")], secure: true).status == 200)
    }
}
