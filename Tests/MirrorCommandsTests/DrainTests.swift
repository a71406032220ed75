// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
import KafkaTypes
import MirrorWeb
import Telemetry
import Testing

@testable import MirrorCommands

@Suite struct `Draining a region of the daemon itself` {
    @Test func `is one line of the log, and letting it back in is one more`() throws {
        let text = """
            clusters = eu, us
            eu.bootstrap.servers = 127.0.0.1:1
            us.bootstrap.servers = 127.0.0.1:1
            eu->us.enabled = true
            """
        let loaded = ConfigurationLoader.load(file: "mm2.properties", text: Array(text.utf8))
        let sink = MemorySink()
        let log = Log(level: .warning, format: .logfmt, sink: sink)
        let daemon = try DaemonRunner.engine.make(try #require(loaded.configuration), log)
        let web = DaemonWeb.routes(HTTPConfiguration(), for: daemon, log)
        for (operation, isForced) in [("drain", true), ("undrain", false)] {
            let response = web.respond(
                to: Request(
                    "POST", "/api/v1/health:\(operation)",
                    headers: [("Host", "localhost"), ("Content-Type", "application/json")],
                    body: Array(#"{"reason":"move to us"}"#.utf8), isFromLoopback: true))
            #expect(response.status == 200)
            #expect(daemon.status().regionCheck.isForcedUnhealthy == isForced)
        }
        #expect(sink.lines.count { $0.contains("event=admin.act who=anonymous role=none") } == 2)
        let lines = sink.lines.filter { $0.contains("move to us") && !$0.contains("event=admin.act") }
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.first?.contains("event=region.drained actor=http") == true)
        #expect(lines.last?.contains("event=region.undrained actor=http") == true)
    }
}
