// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Testing

@Suite struct `Hooks in a file` {
    @Test(arguments: [
        ("/bin/dns us", [["/bin/dns", "us"]]),
        (" /bin/dns  us ,/bin/mail ", [["/bin/dns", "us"], ["/bin/mail"]]),
        (#"/bin/mail 'a, b' "c \"d\" \e" f\,g"#, [["/bin/mail", "a, b", #"c "d" \e"#, "f,g"]]),
        ("/bin/a '' $HOME *", [["/bin/a", "", "$HOME", "*"]]),
        ("", []),
    ])
    func `are split as a shell would, and nothing is expanded`(text: String, wanted: [[String]]) throws {
        #expect(try HookCommand.list(text).map(\.arguments) == wanted)
    }

    @Test(arguments: [
        ("/bin/a 'b", "has a quote that is not closed"), (#"/bin/a \"#, "ends with a backslash"),
        ("/bin/a,", "has an empty command: commands are separated by commas"),
        ("/bin/a,,/bin/b", "has an empty command: commands are separated by commas"),
        ("dns us", "names 'dns': a hook begins with the absolute path of a program"),
    ])
    func `that cannot be read are refused with the reason`(text: String, reason: String) {
        #expect(throws: HookCommand.Problem(reason: reason)) { try HookCommand.list(text) }
    }

    private func load(_ lines: String) -> (flow: FlowConfiguration?, problems: [String]) {
        let text = """
            clusters = A, B
            A.bootstrap.servers = a:9092
            B.bootstrap.servers = b:9092
            A->B.enabled = true
            B->A.enabled = true
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "t.properties", text: Array(text.utf8))
        return (loaded.configuration?.flows.first { "\($0.name)" == "A->B" }, loaded.problems.map { "\($0)" })
    }

    @Test func `are off, and the controller with them, unless the file says otherwise`() throws {
        let flow = try #require(load("").flow)
        #expect(flow.failover == FailoverConfiguration() && !flow.failover.isOn)
    }

    @Test func `are read for one flow`() throws {
        let flow = try #require(
            load(
                """
                A->B.failover.controller = on
                A->B.failover.check.interval.seconds = 5
                A->B.failover.failure.threshold = 4
                A->B.failover.recovery.threshold = 20
                A->B.failover.hooks = /bin/dns us, /bin/mail
                A->B.failover.hook.timeout.seconds = 7
                A->B.failover.report.dir = /var/lib/tern
                A->B.failback.mode = auto
                A->B.failback.prepare.hooks = /bin/stop
                A->B.failback.hooks = /bin/start
                """
            ).flow)
        let failover = flow.failover
        #expect(failover.isOn && failover.checkInterval == .seconds(5) && failover.failureThreshold == 4)
        #expect(failover.recoveryThreshold == 20 && failover.hookTimeout == .seconds(7) && failover.failback == .auto)
        #expect(failover.hooks.map(\.text) == ["/bin/dns us", "/bin/mail"] && failover.reportFolder == "/var/lib/tern")
        #expect(failover.prepareHooks.map(\.text) == ["/bin/stop"])
        #expect(failover.failbackHooks.map(\.text) == ["/bin/start"])
    }

    @Test(arguments: [
        ("A->B.failover.controller = yes", "none of off, on"),
        ("A->B.failover.hooks = dns", "a hook begins with the absolute path of a program"),
        ("A->B.failover.check.interval.seconds = 0", "out of range"),
        ("A->B.failover.report.dir = reports", "is not the absolute path of a folder"),
    ])
    func `that are wrong are named with their line`(line: String, words: String) {
        let problems = load(line).problems
        #expect(problems.contains { $0.contains(words) && $0.contains("t.properties:6") }, "\(problems)")
    }
}
