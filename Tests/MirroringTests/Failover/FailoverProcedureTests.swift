// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct `The steps of a failover` {
    private typealias Step = FailoverProcedure.Step

    /// The steps done one after the other, a second each.
    private func procedure(_ mode: FailoverProcedure.Mode, done count: Int) throws -> FailoverProcedure {
        var procedure = FailoverProcedure(mode, startedAt: 0)
        for (index, step) in mode.steps.prefix(count).enumerated() {
            try procedure.begin(step, at: Int64(index) * 1000)
            try procedure.finish(step, at: Int64(index + 1) * 1000)
        }
        return procedure
    }

    @Test(arguments: FailoverProcedure.Mode.allCases)
    func `follow each other, and nothing is done before all are`(mode: FailoverProcedure.Mode) throws {
        for count in mode.steps.indices {
            let procedure = try procedure(mode, done: count)
            #expect(procedure.next == mode.steps[count] && !procedure.isDone && procedure.seconds == nil)
        }
        let whole = try procedure(mode, done: mode.steps.count)
        #expect(whole.isDone && whole.next == nil && whole.seconds == Double(mode.steps.count))
    }

    @Test func `of an emergency do not wait for the source`() {
        #expect(FailoverProcedure.Mode.emergency.steps == [.check, .groups, .verify])
    }

    @Test func `cannot be skipped, begun twice, or ended before they began`() throws {
        var procedure = FailoverProcedure(.planned, startedAt: 0)
        #expect(throws: FailoverProcedure.Misstep.self) { try procedure.begin(.groups, at: 0) }
        #expect(throws: FailoverProcedure.Misstep.self) { try procedure.finish(.check, at: 0) }
        try procedure.begin(.check, at: 0)
        #expect(throws: FailoverProcedure.Misstep.self) { try procedure.begin(.check, at: 0) }
        #expect(procedure.next == nil, "a step is under way")
    }

    @Test func `end with a failure, whose reason is kept, until they are resumed`() throws {
        var procedure = try procedure(.planned, done: 1)
        try procedure.begin(.sourceStill, at: 1000)
        try procedure.fail(.sourceStill, reason: "orders still grows", at: 2000)
        #expect(procedure.next == nil && procedure.failure?.reason == "orders still grows")
        procedure.resume()
        #expect(procedure.next == .check && procedure.failure == nil)
    }

    @Test func `that only hold while somebody looks are done again after a crash`() throws {
        var procedure = try procedure(.planned, done: 3)
        try procedure.begin(.groups, at: 3000)
        procedure.resume()
        #expect(procedure.next == .check && procedure.state(of: .groups) == .pending)
    }

    @Test func `that last are not done again`() throws {
        var procedure = try procedure(.planned, done: 4)
        try procedure.begin(.verify, at: 4000)
        procedure.resume()
        for step in [Step.check, .sourceStill, .copied] {
            #expect(procedure.next == step)
            try procedure.begin(step, at: 9000)
            try procedure.finish(step, at: 9000)
        }
        #expect(procedure.next == .verify, "the offsets are written")
    }

    @Test func `that are all done stay so`() throws {
        let done = try procedure(.emergency, done: 3)
        var resumed = done
        resumed.resume()
        #expect(resumed == done)
    }
}
