// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import MirrorWeb
import Platform
import Synchronization
import Telemetry
import TernConfiguration
import Testing
import WebAccess

@testable import MirrorCommands

/// Commands that ask a daemon over TLS, and what they say where they get no answer.
@Suite struct DaemonLoginTests {
    /// Something that speaks TLS and knows one token of each role.
    private final class Daemon {
        let folder: TemporaryFolder
        let server: HTTPServer
        let asked: Asked
        final class Asked: Sendable { let all = Mutex<[(path: String, body: String)]>([]) }

        init(hosts: String = "IP:127.0.0.1") async throws {
            folder = try TemporaryFolder()
            let asked = Asked()
            self.asked = asked
            try await TestAuthority(in: folder).issue("server", hosts: hosts)
            try folder.write("token", "operator-token\n")
            try folder.write("viewer", "viewer-token")
            try folder.write("wrong", "no-token")
            let tls = WebConfiguration.TLS(
                certificate: try FileDescriptors.contents(ofFile: folder.path("server.pem")),
                key: try FileDescriptors.contents(ofFile: folder.path("server.key")))
            server = try HTTPServer(listen: ListenAddress(host: "127.0.0.1", port: 0), tls: tls, log: .silent) {
                request in
                func json(_ status: Int, _ text: String, _ type: String = "application/json") -> Response {
                    Response(status, headers: [("Content-Type", type)], body: Array(text.utf8))
                }
                let login = request.header("Authorization")
                guard ["Bearer operator-token", "Bearer viewer-token"].contains(login) else { return json(401, "{}") }
                asked.all.withLock { $0.append((request.path, String(decoding: request.body, as: UTF8.self))) }
                switch request.path {
                case "/api/v1/status": return json(200, statusFixture)
                case "/api/v1/events":
                    return json(
                        200,
                        "id: 1-1\nevent: fact\ndata: {\"id\":\"1-1\",\"at\":\"2026-11-20T18:24:47.806Z\",\"level\":\"info\","
                            + "\"event\":\"lane.started\"}\n\n", "text/event-stream")
                case _ where login == "Bearer viewer-token":
                    return json(
                        403,
                        #"{"title":"Forbidden","detail":"prometheus has the role viewer, and this needs operator"}"#)
                case "/api/v1/config:reload":
                    return json(
                        200,
                        #"{"kind":"AdminOutcome","version":1,"action":"reload","outcome":"nothing differs","by":"deploy"}"#
                    )
                case "/api/v1/flows:pause":
                    return json(
                        200, #"{"kind":"AdminOutcome","version":1,"action":"pause","outcome":"ordered","by":"deploy"}"#)
                default: return json(404, "{}")
                }
            }
        }

        var url: String { "https://127.0.0.1:\(server.address.port)" }
        func reach(_ token: String?) -> [String] {
            ["--url", url, "--ca-file", folder.path("ca.pem")]
                + (token.map { ["--token-file", folder.path($0)] } ?? [])
        }

        deinit {
            server.stop()
            folder.remove()
        }
    }

    @Test func `status, events and acts go over TLS with a token from a file`() async throws {
        let daemon = try await Daemon()
        let status = await tern(["status"] + daemon.reach("token"))
        #expect(status.status == .done, "\(status.diagnostics)")
        let events = await tern(["events"] + daemon.reach("viewer"))
        #expect(events.output.contains("lane.started"), "\(events.diagnostics)")
        let reload = await tern(["reload"] + daemon.reach("token"))
        #expect(reload.output == "nothing differs\n", "\(reload.diagnostics)")
        let pause = await tern(
            ["pause", "--flow", "eu→us", "--topic", "orders", "--reason", "bad deploy"] + daemon.reach("token"))
        #expect(pause.output == "eu->us: pause of orders is ordered\n", "\(pause.diagnostics)")
        let order = daemon.asked.all.withLock { $0.last }
        #expect(order?.body == #"{"flow":"eu->us","topic":"orders","reason":"bad deploy"}"#)
    }

    @Test func `what fails is one sentence that says what to do`() async throws {
        let daemon = try await Daemon()
        let url = daemon.url
        let untrusted = await tern("status", "--url", url)
        #expect(untrusted.status == .failed)
        #expect(
            untrusted.diagnostics
                == "tern: the certificate that \(url) shows is of an authority that is not trusted here; --ca-file names the "
                + "authority's certificate\n")
        let nobody = await tern(["status"] + daemon.reach(nil))
        #expect(
            nobody.diagnostics
                == "tern: \(url) wants a login; --token-file names a file with a token of its web.config.file\n")
        let wrong = await tern(["status"] + daemon.reach("wrong"))
        #expect(wrong.diagnostics.contains("does not know the token of --token-file"))
        let viewer = await tern(["reload"] + daemon.reach("viewer"))
        #expect(
            viewer.diagnostics == "tern: \(url) refuses: prometheus has the role viewer, and this needs operator\n")
        let other = await tern(["status", "--url", url, "--ca-file", daemon.folder.path("token")])
        #expect(other.diagnostics.contains("holds no certificates (PEM)"), "\(other.diagnostics)")
        let plain = await tern("status", "--url", url.replacing("https://", with: "http://"))
        #expect(plain.status == .failed)
    }

    @Test func `a certificate of another name is said to be one`() async throws {
        let daemon = try await Daemon(hosts: "DNS:mirror.example")
        let outcome = await tern(["status"] + daemon.reach("token"))
        #expect(
            outcome.diagnostics
                == "tern: the certificate that \(daemon.url) shows is for another name than 127.0.0.1; ask it by a name that is in "
                + "its certificate\n")
    }

    @Test func `a daemon without TLS is told from one that is not there`() async throws {
        let plain = try HTTPServer(listen: ListenAddress(host: "127.0.0.1", port: 0), log: .silent) { _ in Response(204)
        }
        defer { plain.stop() }
        let outcome = await tern("status", "--url", "https://\(plain.address)")
        #expect(outcome.status == .failed)
        #expect(outcome.diagnostics.contains("speaks no TLS that fits"), "\(outcome.diagnostics)")
        let gone = await tern("status", "--url", "https://127.0.0.1:\(try unusedPort())")
        #expect(gone.diagnostics.contains("no daemon answers at https://127.0.0.1:"), "\(gone.diagnostics)")
    }

    @Test func `a token does not cross the network in the clear`() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("token", "a-token")
        let outcome = await tern("status", "--url", "http://mirror.example:9470", "--token-file", folder.path("token"))
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics.contains("whoever is on the way would read the token"))
        let missing = await tern("status", "--url", "https://mirror.example", "--token-file", folder.path("none"))
        #expect(missing.diagnostics.contains("cannot be read: No such file or directory"))
        #expect(await tern("reload", "--token-file", folder.path("token")).status == .usage)
    }
}

private func tern(_ arguments: [String]) async -> Outcome {
    let output = MemoryOutput(terminalColumns: nil)
    let diagnostics = MemoryOutput(terminalColumns: nil)
    let context = CommandContext(variables: [:], output: output, diagnostics: diagnostics, allocator: "5.3.0")
    let status = await CommandLineTool(table: .standard).run(arguments, context)
    return Outcome(status: status, output: output.text, diagnostics: diagnostics.text)
}
