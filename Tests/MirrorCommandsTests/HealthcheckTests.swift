// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import Mirroring
import MirrorWeb
import Platform
import Telemetry
import TernConfiguration
import Testing
import WebAccess

@testable import MirrorCommands

/// `tern healthcheck`, against daemons that speak what `web.config.file` may have them speak.
@Suite struct HealthcheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ lines: String...) throws -> String {
        try folder.write("m.properties", (["clusters = A, B"] + lines).joined(separator: "\n") + "\n")
        return folder.path("m.properties")
    }

    private func response(_ status: Int, _ text: String) -> Response {
        Response(status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }

    @Test func `a daemon that speaks TLS and wants logins is well, by a certificate that nobody here knows`()
        async throws
    {
        defer { folder.remove() }
        try await TestAuthority(in: folder).issue("server", hosts: "DNS:mirror.example")
        try folder.write("web.yaml", "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n")
        let tls = WebConfiguration.TLS(
            certificate: try FileDescriptors.contents(ofFile: folder.path("server.pem")),
            key: try FileDescriptors.contents(ofFile: folder.path("server.key")))
        let server = try HTTPServer(listen: ListenAddress(host: "127.0.0.1", port: 0), tls: tls, log: .silent) {
            request in
            switch request.path {
            case "/livez": Response(200)
            case "/readyz": Response(503)
            default: Response(401)
            }
        }
        defer { server.stop() }
        let path = try file(
            "http.listen = 0.0.0.0:\(server.address.port)", "web.config.file = \(folder.path("web.yaml"))")
        let live = await tern("healthcheck", path)
        #expect(live.status == .done, "\(live.diagnostics)")
        #expect(live.output == "" && live.diagnostics == "")
        let ready = await tern("healthcheck", path, "--probe", "ready")
        #expect(ready.status == .failed)
        #expect(ready.diagnostics == "tern: /readyz at https://127.0.0.1:\(server.address.port): status 503\n")
    }

    @Test func `what is not well is named, and so is a listener that wants a certificate`() async throws {
        defer { folder.remove() }
        let server = try HTTPServer(listen: ListenAddress(host: "127.0.0.1", port: 0), log: .silent) { request in
            request.path == "/livez"
                ? response(
                    500, "[+]job/lag ok\n[-]job/eu->us/topics failed: has not come round for 75 s\ncheck failed\n")
                : response(403, "")
        }
        defer { server.stop() }
        let path = try file("http.listen = :\(server.address.port)")
        let hung = await tern("healthcheck", path)
        #expect(hung.status == .failed)
        #expect(
            hung.diagnostics.contains("job/eu->us/topics failed: has not come round for 75 s"), "\(hung.diagnostics)")
        let refused = await tern("healthcheck", path, "--probe", "startup")
        #expect(refused.diagnostics.contains("give the daemon an admin.socket"), "\(refused.diagnostics)")
    }

    @Test func `a daemon with an admin socket is asked there, whatever its listener wants`() async throws {
        defer { folder.remove() }
        let socket = folder.path("admin.sock")
        let acts = AdminActs(reload: { _ in .success("") }, order: nil, log: .silent)
        let status = MirrorStatus(version: "1", startedAt: 0)
        let probes = HealthProbes(status: { status }, readiness: .any)
        let server = try AdminServer(acts, probes: probes, log: .silent).serve(at: socket)
        defer { server.stop() }
        // The file has got an error since the daemon was started.
        let path = try file(
            "admin.socket = \(socket)", "http.listen = 127.0.0.1:\(try unusedPort())", "tasks.max = many")
        let live = await tern("healthcheck", path)
        #expect(live.status == .done, "\(live.diagnostics)")
        let starting = await tern("healthcheck", path, "--probe", "startup")
        #expect(starting.diagnostics.contains("started failed: still starting"), "\(starting.diagnostics)")
        #expect(await tern("healthcheck", variables: ["TERN_ADMIN_SOCKET": socket]).status == .done)
    }

    @Test func `a socket that is not there leaves the listener, and without both nothing is well`() async throws {
        defer { folder.remove() }
        let daemon = StubDaemon { $0 == "/livez" ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : nil }
        defer { daemon.stop() }
        let socket = "admin.socket = \(folder.path("none.sock"))"
        let listening = await tern("healthcheck", try file(socket, "http.listen = 127.0.0.1:\(daemon.port)"))
        #expect(listening.status == .done, "\(listening.diagnostics)")
        let gone = await tern("healthcheck", try file(socket, "http.listen = none"))
        #expect(gone.status == .failed)
        #expect(gone.diagnostics.contains("no daemon answers at \(folder.path("none.sock"))"), "\(gone.diagnostics)")
        let nobody = await tern("healthcheck", try file("http.listen = 127.0.0.1:\(try unusedPort())"))
        #expect(nobody.status == .failed)
    }

    @Test func `with nobody to ask by intention it ends well, and a listener that is none is named`() async throws {
        defer { folder.remove() }
        #expect(await tern("healthcheck", try file("http.listen = none")).status == .done)
        #expect(await tern("healthcheck", variables: ["TERN_HTTP_LISTEN": "none"]).status == .done)
        let wrong = await tern("healthcheck", try file("http.listen = 127.0.0.1:http"))
        #expect(wrong.status == .usage)
        #expect(wrong.diagnostics.contains("'127.0.0.1:http' names no port"), "\(wrong.diagnostics)")
        #expect(await tern("healthcheck", folder.path("no.properties")).status == .usage)
    }
}
