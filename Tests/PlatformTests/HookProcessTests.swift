// SPDX-License-Identifier: Apache-2.0
import Platform
import Testing

@Suite struct `A hook` {
    private func run(_ script: String, _ input: String = "", within limit: Duration = .seconds(20)) -> (
        end: HookProcess.End, text: String
    ) {
        let (end, output) = HookProcess.run(
            ["/bin/sh", "-c", script], input: Array(input.utf8), environment: ["TERN_STAGE": "failover"], within: limit)
        return (end, String(decoding: output, as: UTF8.self))
    }

    @Test func `reads its input, and what it writes on both streams is kept`() {
        let (end, text) = run("cat; echo $TERN_STAGE; echo err >&2; exit 3", "{}\n")
        #expect(end == .exited(3) && text == "{}\nfailover\nerr\n")
    }

    @Test func `need not read its input`() {
        #expect(run("exit 0", String(repeating: "x", count: 1 << 20)).end == .exited(0))
    }

    @Test func `has the end kept of what it writes`() {
        let (end, text) = run("seq 1 100000")
        #expect(end == .exited(0) && text.hasSuffix("\n100000\n") && text.utf8.count == 4096)
    }

    @Test func `that takes too long is ended, with what it has started`() {
        let (end, text) = run("echo begun; trap '' TERM; sleep 60 & sleep 60; wait", within: .milliseconds(200))
        #expect(end == .timedOut && text == "begun\n")
    }

    @Test func `that a signal ends says so, and one that is not there too`() {
        #expect(run("kill -9 $$").end == .signalled(9))
        let (end, _) = HookProcess.run(["/nowhere/hook"], input: [], within: .seconds(5))
        guard case .notStarted(let failure) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(failure.reason == "No such file or directory")
    }

    @Test func `inherits no descriptor of this process`() {
        #expect(run("ls /proc/self/fd | wc -l").text.contains("4"), "three, and the one of ls")
    }
}
