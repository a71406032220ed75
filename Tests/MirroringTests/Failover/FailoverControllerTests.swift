// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct `A failover controller` {
    private typealias Controller = FailoverController

    private static let settings = FailoverController.Settings(
        failureThreshold: 3, recoveryThreshold: 2,
        hooks: [.failover: ["/dns", "/mail"], .prepare: ["/stop"], .failback: ["/start"]])

    /// One that acts.
    private func owner(_ phase: Controller.Phase = .watching, failsBack: Bool = false) -> Controller {
        var settings = Self.settings
        settings.failsBack = failsBack
        var state = Controller.State(since: 0)
        state.phase = phase
        if ![.watching, .suspecting, .failingOver].contains(phase) { state.failedOverAt = 1 }
        if phase == .suspecting { state.badChecks = 1 }
        if phase == .recovering { state.goodChecks = 1 }
        var controller = Controller(state, settings)
        _ = controller.take(.ownership(true), at: 0)
        return controller
    }

    private func take(_ events: [Controller.Event], _ controller: inout Controller) -> [Controller.Notice] {
        events.flatMap { controller.take($0, at: 10) }
    }

    private let good = Controller.Event.good(isCaughtUp: true)
    private let bad = Controller.Event.bad("no answer")
    private let done = Controller.Event.moved(problem: nil, report: "/r")
    private let ok = Controller.Event.hookEnded(.exited(0), output: "")

    @Test func `fails over after as many failed checks in a row as are configured, and not before`() {
        var controller = owner()
        #expect(take([bad, bad], &controller) == [.suspected] && controller.due == nil)
        #expect(take([good], &controller) == [.cleared] && controller.state.phase == .watching)
        #expect(take([bad, bad, bad], &controller) == [.suspected, .failingOver])
        #expect(controller.due == .failOver(attempt: 1) && controller.state.reason == "no answer")
    }

    @Test func `counts no check while the target is not seen`() {
        var controller = owner()
        _ = take([bad, bad, .inconclusive("us does not answer"), bad, bad], &controller)
        #expect(controller.state.phase == .suspecting && controller.due == nil)
    }

    @Test func `moves the groups, then runs hooks in their order, then waits for the source`() {
        var controller = owner()
        _ = take([bad, bad, bad], &controller)
        #expect(take([.began, done], &controller) == [])
        #expect(controller.due == .hook(.failover, index: 0, attempt: 1))
        _ = take([.began, .hookEnded(.exited(7), output: "no")], &controller)
        // A hook that failed keeps none of the others from running.
        #expect(controller.due == .hook(.failover, index: 1, attempt: 1))
        let notices = take([.began, ok], &controller)
        #expect(notices.last == .failedOver && controller.state.phase == .failedOver && controller.due == nil)
        #expect(controller.state.hooks.map(\.outcome) == [.exited(7), .exited(0)])
        #expect(controller.state.report == "/r" && controller.state.failedOverAt == 10)
    }

    @Test func `goes on from what it had written, with the hook that was under way`() {
        var first = owner()
        _ = take([bad, bad, bad, .began, done, .began, ok, .began], &first)
        var second = Controller(first.state, first.settings)
        #expect(second.due == nil, "another process acts")
        _ = second.take(.ownership(true), at: 20)
        #expect(second.due == .hook(.failover, index: 1, attempt: 2))
        #expect(second.state.hooks.first?.outcome == .exited(0))
    }

    @Test func `tries a move that failed again after the next check, and gives it up when the source is back`() {
        var controller = owner()
        _ = take([bad, bad, bad, .began, .moved(problem: "us is full", report: "/r")], &controller)
        #expect(controller.due == nil && controller.state.problem == "us is full")
        _ = take([bad], &controller)
        #expect(controller.due == .failOver(attempt: 2))
        _ = take([.began, .moved(problem: "us is full", report: "/r")], &controller)
        #expect(take([good, good], &controller) == [.givenUp] && controller.state.phase == .watching)
    }

    @Test func `asks a person when the source has recovered and everything is copied`() {
        var controller = owner(.failedOver)
        #expect(take([good], &controller) == [.recovering])
        #expect(take([.good(isCaughtUp: false)], &controller) == [] && controller.state.phase == .recovering)
        #expect(take([good], &controller) == [.asksPerson] && controller.state.phase == .recovered)
        #expect(controller.due == nil)
        #expect(take([bad], &controller) == [.lostAgain] && controller.state.phase == .failedOver)
        #expect(take([.rearmed], &controller) == [.rearmed] && controller.state.phase == .watching)
    }

    @Test func `fails back in steps where that is configured`() {
        var controller = owner(.failedOver, failsBack: true)
        #expect(take([good, good], &controller) == [.recovering, .failingBack])
        #expect(controller.due == .hook(.prepare, index: 0, attempt: 1))
        _ = take([.began, ok], &controller)
        #expect(controller.due == .failBack(attempt: 1))
        _ = take([.began, done], &controller)
        #expect(controller.due == .hook(.failback, index: 0, attempt: 1))
        #expect(take([.began, ok], &controller).last == .failedBack)
        #expect(controller.state.phase == .watching && controller.state.failedOverAt == nil)
    }

    @Test func `brings the applications on the target back when the source is lost while it fails back`() {
        var controller = owner(.failedOver, failsBack: true)
        _ = take([good, good, .began, ok], &controller)
        _ = take([.began, .moved(problem: "producers still write", report: nil), bad, bad], &controller)
        #expect(take([bad], &controller) == [.lostAgain])
        #expect(controller.due == .hook(.failover, index: 0, attempt: 1))
    }

    @Test func `does nothing while it is paused, and what is due when it goes on`() {
        var controller = owner()
        _ = take([.paused(true), bad, bad, bad, bad], &controller)
        #expect(controller.state.phase == .suspecting && controller.due == nil)
        _ = take([.paused(false)], &controller)
        #expect(controller.due == nil, "the next failed check decides")
        _ = take([bad, .began], &controller)
        _ = take([.paused(true), done], &controller)
        #expect(controller.state.phase == .failoverHooks && controller.due == nil)
        _ = take([.paused(false)], &controller)
        #expect(controller.due == .hook(.failover, index: 0, attempt: 1))
    }

    @Test func `has no stage that waits for hooks that are not there`() {
        var controller = Controller(.init(since: 0), .init(failureThreshold: 1, recoveryThreshold: 1, failsBack: true))
        _ = take([.ownership(true), bad, .began], &controller)
        #expect(take([done], &controller) == [.failedOver])
        #expect(take([good], &controller) == [.recovering, .failingBack] && controller.due == .failBack(attempt: 1))
        #expect(take([.began, done], &controller) == [.failedBack] && controller.state.phase == .watching)
    }

    @Test(arguments: UInt64(0)..<200)
    func `keeps its rules whatever happens`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var controller = owner(failsBack: seed.isMultiple(of: 2))
        var events: [String] = []
        for _ in 0..<400 {
            let before = controller
            let event = random.event()
            events.append("\(event)")
            _ = controller.take(event, at: Int64(events.count))
            if random.next() % 40 == 0 {
                // A crash: what is written is read by another.
                let row = FailoverRow(epoch: 1, owner: "a", at: 1, state: controller.state)
                let read = ControlRow.parseFailoverRow(ControlRow.value(row))
                #expect(read == row)
                controller = Controller(controller.state, controller.settings)
                _ = controller.take(.ownership(true), at: Int64(events.count))
            }
            #expect(controller.violation == nil, "\(events.suffix(8))")
            if !controller.isOwner || controller.isPaused { #expect(controller.due == nil) }
            if controller.state.phase == .failingOver, before.state.phase != .failingOver {
                #expect(before.state.badChecks + 1 >= Self.settings.failureThreshold, "\(events.suffix(8))")
            }
            if controller.state.phase == .prepareHooks, before.state.phase != .prepareHooks {
                #expect(controller.state.goodChecks >= Self.settings.recoveryThreshold)
            }
        }
    }
}

extension SplitMix {
    fileprivate mutating func event() -> FailoverController.Event {
        switch next() % 16 {
        case 0...2: .good(isCaughtUp: next() % 2 == 0)
        case 3...6: .bad("no")
        case 7: .inconclusive("blind")
        case 8...10: .began
        case 11: .moved(problem: next() % 3 == 0 ? "no" : nil, report: "/r")
        case 12, 13: .hookEnded(next() % 3 == 0 ? .timedOut : .exited(0), output: "x")
        case 14: next() % 2 == 0 ? .paused(next() % 3 == 0) : .ownership(next() % 4 != 0)
        default: next() % 6 == 0 ? .rearmed : .good(isCaughtUp: true)
        }
    }
}

@Suite struct `Who acts for a flow` {
    private func row(_ epoch: Int64, _ owner: String?) -> [UInt8] {
        ControlRow.value(FailoverRow(epoch: epoch, owner: owner, at: 1, state: .init(since: 1)))
    }

    private func owner(_ rows: [[UInt8]]) -> String? {
        var table = ControlTable()
        for (position, value) in rows.enumerated() {
            table.take(key: ControlRow.key(.init(.failover, .flow)), value: value, at: Int64(position))
        }
        return table.failover?.row.owner
    }

    @Test func `is the first to write an epoch, until the next`() {
        #expect(owner([row(1, "a"), row(1, "b")]) == "a")
        #expect(owner([row(1, "a"), row(2, "b"), row(1, "a")]) == "b", "a was suspended and writes late")
        #expect(owner([row(1, "a"), row(2, "b"), row(2, "c"), row(2, "b")]) == "b")
        #expect(owner([row(1, "a"), row(1, nil), row(1, "b"), row(2, "c")]) == "c")
    }

    @Test func `is whoever has written within the time that others wait`() {
        var lease = FailoverLease(me: "b", patience: .seconds(9))
        let row = FailoverRow(epoch: 4, owner: "a", at: 1, state: .init(since: 1))
        #expect(lease.look(nil, at: nil, now: .seconds(1)) == .free(epoch: 1))
        #expect(lease.look(row, at: 7, now: .seconds(2)) == .other("a"))
        #expect(lease.look(row, at: 7, now: .seconds(10)) == .other("a"))
        #expect(lease.look(row, at: 8, now: .seconds(11)) == .other("a"), "it has written again")
        #expect(lease.look(row, at: 8, now: .seconds(20)) == .free(epoch: 5))
        var mine = row
        mine.owner = "b"
        #expect(lease.look(mine, at: 9, now: .seconds(21)) == .mine)
        mine.owner = nil
        #expect(lease.look(mine, at: 10, now: .seconds(22)) == .free(epoch: 5))
    }
}
