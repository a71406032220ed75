// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Platform
import Synchronization
import Telemetry
import Testing

@testable import MirrorCommands

/// `log.level` of a file that is read again.
@Suite struct ReloadedLevelTests {
    private static let clusters = """
        clusters = eu, us
        eu.bootstrap.servers = eu:9092
        us.bootstrap.servers = us:9092
        eu->us.enabled = true

        """

    /// The levels after each text, and what was logged.
    private func levels(_ flags: [String: [String]] = [:], _ texts: [String]) async -> ([LogLevel], [String]) {
        let text = Mutex("")
        let sink = MemorySink()
        let log = Log(level: .info, sink: sink)
        var daemon = RunningDaemon(
            run: { .drained }, requestStop: {}, status: { MirrorStatus(version: "", startedAt: 0) })
        daemon.reload = { _ in ReloadOutcome() }
        var context = CommandContext(variables: [:], output: MemoryOutput(), diagnostics: MemoryOutput())
        context.readFile = { _ in text.withLock { Array((Self.clusters + $0).utf8) } }
        let invocation = Invocation(command: RunCommand.command, values: flags)
        let reloader = Reloader("mirror.properties", invocation, context, daemon, nil, log)
        var levels: [LogLevel] = []
        for next in texts {
            text.withLock { $0 = next }
            _ = await reloader.reload(by: "test")
            levels.append(log.level)
        }
        return (levels, sink.lines)
    }

    @Test func `holds at once, and a line says so where either level lets it through`() async {
        let (levels, lines) = await levels([:], ["log.level = debug", "log.level = debug", "log.level = error", ""])
        #expect(levels == [.debug, .debug, .error, .info])
        let changes = lines.filter { $0.contains("event=log.level_changed") }
        #expect(changes.map { $0.suffix(11).split(separator: "=").last } == ["debug", "error", "info"])
    }

    @Test func `stays as the command line has it, and as it was where the file has an error`() async {
        #expect(await levels(["verbose": [""]], ["log.level = error", "log.level = trace"]).0 == [.debug, .trace])
        #expect(await levels([:], ["log.level = debug", "log.level = loud"]).0 == [.debug, .debug])
    }
}
