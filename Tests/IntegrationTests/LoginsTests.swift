// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import KafkaTypes
import Testing
import Text

@testable import MirrorCommands

extension RealBrokers {
    /// The whole way, with the program itself: a listener with TLS and logins, and the commands that ask it.
    @Suite struct LoginsTests {
        @Test(.needsExecutable, .needsProgram("openssl"))
        func
            `a daemon with TLS is read by viewers and acted on by operators only, and a new certificate needs no restart`()
            async throws
        {
            try await RealMirror.withPair { mirror in
                let topic = mirror.topic("tls")
                try await mirror.clusters[0].createTopic(topic)
                try Onlooker.write([.sample(topic, 0, value: "v")], to: mirror.address(0))
                let folder = mirror.folder
                let authority = try await TestAuthority(in: folder)
                try await authority.issue("server")
                try folder.write("viewer", "viewer-0123456789abcdef\n")
                try folder.write("operator", "operator-0123456789abcdef\n")
                try folder.write("nobody", "nobody-0123456789abcdef\n")
                try folder.write(
                    "web.yaml",
                    """
                    tls_server_config: {cert_file: server.pem, key_file: server.key}
                    bearer_tokens:
                      - {name: grafana, file: viewer}
                      - {name: deploy, file: operator, role: operator}
                    """)
                let text = mirror.file([(0, 1)], "web.config.file = \(folder.path("web.yaml"))")
                let tern = try TernProcess(text.replacing("http.listen = none\n", with: ""), in: folder)
                let command = try CommandLineRun(nil)
                let reach = ["--url", "https://127.0.0.1:\(tern.port)"]
                func ask(_ words: [String], as user: String?, trusting file: String = "ca.pem") async
                    -> CommandLineRun.Outcome
                {
                    let login = user.map { ["--token-file", folder.path($0)] } ?? []
                    return await command(words + reach + login + ["--ca-file", folder.path(file)])
                }
                try await eventually(within: .seconds(40), "a record, as a viewer sees it: \(tern.log.suffix(500))") {
                    let seen = await ask(["lag", "-o", "json"], as: "viewer")
                    let flow = seen.document?["data"]?["flows"]?.array?.first
                    return flow?["lag_records"]?.integer == 0
                }
                // Whoever has no login, a wrong one, or asks another authority, or without TLS.
                for (user, words) in [(nil, "wants a login"), ("nobody", "does not know the token")] {
                    let refused = await ask(["status"], as: user)
                    #expect(refused.status != 0)
                    #expect(refused.diagnostics.contains(words), "\(refused.diagnostics)")
                }
                _ = try await TestAuthority(in: folder, name: "other")
                let stranger = await ask(["status"], as: "viewer", trusting: "other.pem")
                #expect(stranger.status != 0)
                #expect(stranger.diagnostics.contains("certificate"), "\(stranger.diagnostics)")
                let plain = await command("status", "--url", "http://127.0.0.1:\(tern.port)")
                #expect(plain.status != 0)
                #expect(plain.diagnostics.contains("https://"), "\(plain.diagnostics)")
                // Acts.
                let pause = ["pause", "--flow", mirror.flow(0, 1), "--reason", "a bad deploy"]
                let viewer = await ask(pause, as: "viewer")
                #expect(viewer.status != 0)
                #expect(viewer.diagnostics.contains("operator"), "\(viewer.diagnostics)")
                let paused = await ask(pause, as: "operator")
                #expect(paused.status == 0, "\(paused.diagnostics)")
                try await eventually(within: .seconds(40), "a paused flow") {
                    await ask(["status"], as: "viewer").output.contains("a bad deploy")
                }
                let acts = tern.log.split(separator: "\n").filter { $0.contains("event=admin.act") }
                #expect(acts.contains { $0.contains("who=deploy") && $0.contains("action=pause") })
                #expect(acts.contains { $0.contains("who=grafana") && $0.contains("outcome=refused") })
                #expect(!tern.log.contains("0123456789abcdef"))
                // A certificate of another authority, in place of the one that ends soon.
                try await TestAuthority(in: folder, name: "next").issue("server")
                try await eventually(within: .seconds(40), "the new certificate") {
                    await ask(["status"], as: "viewer", trusting: "next.pem").status == 0
                }
                #expect(try await tern.stop() == 0)
            }
        }
    }
}
