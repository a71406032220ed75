// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import Testing

/// The helpers that other tests rely on.
@Suite struct TestSupportTests {
    @Test func `a manual clock wakes sleepers when it is moved past their time, and not before`() async throws {
        let clock = ManualClock()
        let first = Task { try await clock.sleep(for: .seconds(10)) }
        let second = Task { try await clock.sleep(for: .seconds(20)) }
        try await eventually { clock.sleeperCount == 2 }
        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .seconds(1))
        try await first.value
        #expect(clock.sleeperCount == 1)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(clock.sleeperCount == 0)
        try await clock.sleep(for: .zero)
    }

    @Test func `what never happens is an error that says what`() async {
        let error = await #expect(throws: NeverHappened.self) {
            try await eventually(within: .milliseconds(5), "the moon") { false }
        }
        #expect(error?.description.contains("the moon") == true)
    }

    @Test func `a port is claimed once, by one of all the test processes`() async throws {
        let ports = try (0..<100).map { _ in try unusedPort() }
        #expect(Set(ports).count == ports.count)
        // What another process would find: the names of the claims.
        let claims = try await Command.run(["cat", "/proc/net/unix"]).output
        for port in ports { #expect(claims.contains("@tern-test-port-\(port)\n")) }
    }

    @Test func `a command's output, errors and status are told apart`() async throws {
        let result = try await Command.run(
            ["sh", "-c", "echo out; echo $GREETING >&2; exit 3"], environment: ["GREETING": "hi"])
        #expect(result.status == 3)
        #expect(result.output == "out\n")
        #expect(result.errors == "hi\n")
        #expect(try await Command.run(["sh", "-c", "kill -TERM $$"]).status == 128 + 15)
        await #expect(throws: CommandFailure.self) {
            try await Command.run(["sleep", "600"], within: .milliseconds(20))
        }
        await #expect(throws: CommandFailure.self) { try await Command.run(["/no/such/program"]) }
    }
}
