// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Mirroring
import Platform
import SecureTransport
import Synchronization
import Telemetry
import TernAPI
import TernConfiguration
import Testing
import WebAccess

@testable import MirrorWeb

/// Over real sockets, by the certificate of an authority of the test's.
@Suite struct `A listener with TLS` {
    private final class Scene {
        let folder: TemporaryFolder
        let authority: TestAuthority
        let bench: LoginBench
        let server: HTTPServer

        init(clients: WebConfiguration.TLS.ClientCertificate = .none, hasLogins: Bool = true) async throws {
            folder = try TemporaryFolder()
            authority = try await TestAuthority(in: folder)
            try await authority.issue("server")
            bench = try LoginBench(tls: try Self.identity("server", folder, clients), hasLogins: hasLogins)
            server = try bench.web.serve(on: ListenAddress(host: "127.0.0.1", port: 0))
        }

        static func identity(
            _ name: String, _ folder: TemporaryFolder, _ clients: WebConfiguration.TLS.ClientCertificate = .none
        ) throws -> WebConfiguration.TLS {
            func bytes(_ name: String) throws -> [UInt8] { try FileDescriptors.contents(ofFile: folder.path(name)) }
            return WebConfiguration.TLS(
                certificate: try bytes("\(name).pem"), key: try bytes("\(name).key"),
                clientAuthorities: clients == .none ? nil : try bytes("ca.pem"), clientCertificate: clients)
        }

        deinit {
            server.stop()
            folder.remove()
        }

        func ask(
            _ method: String, _ path: String, _ headers: [(name: String, value: String)] = [], body: String = ""
        ) async throws -> (status: Int, text: String) {
            let head =
                ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"]
                + headers.map { "\($0.name): \($0.value)" }
                + (body.isEmpty ? [] : ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"])
            let request = Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
            let (port, authority) = (server.address.port, folder.path("ca.pem"))
            let bytes = try await ThreadExecutor.shared.run { () throws(any Error) -> [UInt8] in
                let limit = ContinuousClock.now + .seconds(20)
                let connection = try SecureConnection(
                    host: "127.0.0.1", port: port, authorities: authority, by: limit)
                try connection.send(request, by: limit)
                var bytes: [UInt8] = []
                while true {
                    let chunk = try connection.receive(by: limit)
                    if chunk.isEmpty { return bytes }
                    bytes += chunk
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            return (try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }), text)
        }
    }

    @Test func `answers readers, and takes an act from an operator with one line of the log`() async throws {
        let scene = try await Scene()
        #expect(try await scene.ask("GET", "/livez").text.hasSuffix("ok\n"))
        #expect(try await scene.ask("GET", "/api/v1/status").status == 401)
        #expect(try await scene.ask("GET", "/api/v1/status", [LoginBench.basic("bob")]).status == 200)
        let order = #"{"flow":"eu->us","topic":"orders","reason":"bad deploy"}"#
        let answer = try await scene.ask(
            "POST", Endpoint.pause.path, [LoginBench.bearer(LoginBench.operatorToken)], body: order)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.text.contains(#""by":"deploy""#))
        #expect(scene.bench.orders.all.withLock { $0.map(\.order.by) } == ["deploy"])
        let acts = scene.bench.sink.lines.filter { $0.contains("event=admin.act") }
        #expect(acts.count == 1)
        for word in ["who=deploy", "role=operator", "from=127.0.0.1", "action=pause", "scope=orders", "bad deploy"] {
            #expect(acts.first?.contains(word) == true, "\(word): \(acts.first ?? "")")
        }
        // By a password, which is verified on the way; and what is no act.
        #expect(
            try await scene.ask("POST", Endpoint.reload.path, [LoginBench.basic("alice")], body: "{}").status == 200)
        #expect(try await scene.ask("POST", Endpoint.pause.path, [LoginBench.basic("alice")], body: "{").status == 400)
        #expect(try await scene.ask("POST", Endpoint.pause.path, [LoginBench.basic("bob")], body: order).status == 403)
        #expect(
            try await scene.ask("POST", Endpoint.pause.path, [LoginBench.basic("bob", "x")], body: order).status == 401)
    }

    @Test func `streams events to whoever has logged in by a password`() async throws {
        let scene = try await Scene()
        let answer = try await scene.ask("GET", "/api/v1/events?past", [LoginBench.basic("bob")])
        #expect(answer.status == 200)
        #expect(answer.text.contains("event: status"))
    }

    @Test func `goes on with another certificate on the same port, and with none that is wrong`() async throws {
        let scene = try await Scene()
        #expect(try await scene.ask("GET", "/livez").status == 200)
        let other = try await TestAuthority(in: scene.folder, name: "other")
        try await other.issue("next")
        var broken = try Scene.identity("server", scene.folder)
        broken.key = try Scene.identity("next", scene.folder).key
        #expect(!scene.server.take(broken))
        #expect(try await scene.ask("GET", "/livez").status == 200)
        #expect(scene.server.take(try Scene.identity("next", scene.folder)))
        let failure = await #expect(throws: SecureFailure.self) { try await scene.ask("GET", "/livez") }
        guard case .certificate = failure?.kind else {
            Issue.record("\(String(describing: failure))")
            return
        }
        // Without TLS, and back.
        #expect(scene.server.take(nil))
        let plain = try #require(RawClient(port: scene.server.address.port))
        plain.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(plain.answer()?.status == 200)
        #expect(scene.server.take(try Scene.identity("server", scene.folder)))
        #expect(try await scene.ask("GET", "/livez").status == 200)
    }

    @Test func `says nothing to whoever speaks plain HTTP, and serves on`() async throws {
        let scene = try await Scene()
        let plain = try #require(RawClient(port: scene.server.address.port))
        plain.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(plain.answer()?.status != 200)
        #expect(try await scene.ask("GET", "/livez").status == 200)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/curl"), "curl is not installed"))
    func `wants a client's certificate where the file does, of its authority and for clients`() async throws {
        let scene = try await Scene(clients: .required, hasLogins: false)
        let folder = scene.folder
        try await scene.authority.issue("client", purpose: "clientAuth")
        try await TestAuthority(in: folder, name: "stranger").issue("foreign", purpose: "clientAuth")
        func status(_ name: String?) async throws -> String {
            let identity = name.map { ["--cert", folder.path("\($0).pem"), "--key", folder.path("\($0).key")] } ?? []
            let command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", folder.path("ca.pem")]
            return try await Command.run(
                command + identity + ["https://127.0.0.1:\(scene.server.address.port)/livez"]
            ).output
        }
        #expect(try await status("client") == "200")
        #expect(try await status(nil) == "403")
        #expect(try await status("foreign") == "403")
        #expect(try await status("server") == "403", "a server's certificate is none of a client")
    }
}
