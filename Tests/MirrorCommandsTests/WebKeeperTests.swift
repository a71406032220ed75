// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Platform
import Telemetry
import TernConfiguration
import Testing
import WebAccess

@testable import MirrorCommands

/// `web.config.file` while a daemon runs, and before it does.
@Suite struct WebKeeperTests {
    private static let hash = "$2y$04$4Zm5xU1BMSzxvKQ3ZOkiZeoFBhkdHIRymO2G4O/69yECOfBjE2QCS"
    private let folder: TemporaryFolder
    private let sink = MemorySink()

    init() throws { folder = try TemporaryFolder() }

    private func keeper(_ text: String, listen: String = "127.0.0.1:0") throws -> WebKeeper {
        try folder.write("web.yaml", text)
        var http = HTTPConfiguration()
        http.listen = ListenAddress(parsing: listen, defaultPort: nil)
        http.webFile = folder.path("web.yaml")
        return try #require(
            try WebKeeper.start(http, Log(level: .info, sink: sink)) { path throws(SystemFailure) in
                try FileDescriptors.contents(ofFile: path)
            })
    }

    @Test func `a file that changes holds at the next look, and one that is wrong changes nothing`() throws {
        defer { folder.remove() }
        let keeper = try keeper("basic_auth_users:\n  alice: \(Self.hash)\n")
        #expect(keeper.gatekeeper.configuration.users.map(\.name) == ["alice"])
        try folder.write("web.yaml", "basic_auth_users:\n  alice: \(Self.hash)\n  bob: \(Self.hash)\n")
        keeper.look()
        #expect(keeper.gatekeeper.configuration.users.map(\.name) == ["alice", "bob"])
        #expect(sink.lines.contains { $0.contains("event=web.config_loaded") && $0.contains("users=2") })
        try folder.write("web.yaml", "basic_auth_users:\n  alice: nothing of the kind\n")
        keeper.look()
        #expect(keeper.gatekeeper.configuration.users.count == 2)
        let failed = sink.lines.filter { $0.contains("event=web.config_failed") }
        #expect(failed.count == 1)
        #expect(failed.first?.contains("web.yaml:2: what alice has is no bcrypt hash") == true)
        keeper.look()
        #expect(sink.lines.count { $0.contains("event=web.config_failed") } == 1, "it is told once")
        #expect(keeper.problem?.contains("web.yaml:2") == true)
    }

    @Test func `a token's file is followed too`() throws {
        defer { folder.remove() }
        try folder.write("token", "0123456789abcdef")
        let keeper = try keeper("bearer_tokens:\n  - name: t\n    file: token\n")
        let before = keeper.gatekeeper.configuration
        try folder.write("token", "0123456789abcdef0")
        keeper.look()
        #expect(keeper.gatekeeper.configuration != before)
    }

    @Test func `a daemon does not start on a file that is wrong, and says where`() throws {
        defer { folder.remove() }
        let failure = #expect(throws: MirrorCommands.CommandFailure.self) {
            try keeper("bearer_tokens:\n  - name: t\n")
        }
        #expect(failure?.message.contains("web.yaml:2: the token has none of sha256, bcrypt and file") == true)
        #expect(failure?.status == .usage)
    }

    @Test(arguments: [
        ("0.0.0.0:9470", "", true), ("127.0.0.1:9470", "", false), ("[::1]:9470", "", false),
        ("0.0.0.0:9470", "basic_auth_users:\n  alice: \(hash)\n", false),
    ])
    func `a listener that others reach without a login is warned about once`(listen: String, text: String, warns: Bool)
        throws
    {
        defer { folder.remove() }
        _ = try keeper(text, listen: listen)
        #expect(sink.lines.count { $0.contains("event=http.open") } == (warns ? 1 : 0))
    }

    private func check(_ lines: String) async throws -> Outcome {
        try folder.write(
            "m.properties",
            "clusters = A, B\nA.bootstrap.servers = h:1\nB.bootstrap.servers = h:1\nA->B.enabled = true\n\(lines)\n")
        return await tern("check", folder.path("m.properties"), "--offline")
    }

    @Test func `tern check reads the file, and names an open listener and logins in the clear`() async throws {
        defer { folder.remove() }
        let open = try await check("http.listen = 0.0.0.0:9470")
        #expect(open.output.contains("reads names, offsets and states without a login"), "\(open.output)")
        try folder.write("web.yaml", "basic_auth_users:\n  alice: \(Self.hash)\n")
        let file = "web.config.file = \(folder.path("web.yaml"))"
        let clear = try await check("http.listen = 0.0.0.0:9470\n\(file)")
        #expect(clear.output.contains("in the clear"), "\(clear.output)")
        #expect(clear.status == .done)
        let local = try await check(file)
        #expect(!local.output.contains("in the clear") && !local.output.contains("without a login"))
        try folder.write("web.yaml", "basic_auth_user:\n")
        let wrong = try await check(file)
        #expect(wrong.status == .usage)
        #expect(
            wrong.output.contains("web.yaml:1") && wrong.output.contains("did you mean basic_auth_users?"),
            "\(wrong.output)")
    }
}
