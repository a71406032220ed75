// SPDX-License-Identifier: Apache-2.0
import Foundation
import Platform
import Synchronization
import Testing

@Suite struct MailboxTests {
    @Test func `messages of several threads all arrive, each thread's in its order`() async {
        let mailbox = Mailbox<(sender: Int, number: Int)>()
        let count = 2_000
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    await OwnedThread(name: "sender-\(sender)") {
                        for number in 0..<count { mailbox.post((sender, number)) }
                    }.joined()
                }
            }
            var next = [0, 0, 0, 0]
            while next.reduce(0, +) < 4 * count {
                let messages = await ThreadExecutor.shared.run { mailbox.takeAll(within: .seconds(10)) }
                #expect(!messages.isEmpty)
                guard !messages.isEmpty else { return }
                for message in messages {
                    #expect(message.number == next[message.sender])
                    next[message.sender] = message.number + 1
                }
            }
        }
        #expect(mailbox.takeAll().isEmpty)
    }

    @Test func `each message wakes its reader once, and the time ends a wait for none`() {
        let wakes = Atomic(0)
        let mailbox = Mailbox<Int> { wakes.add(1, ordering: .relaxed) }
        #expect(mailbox.takeAll(within: .milliseconds(1)).isEmpty)
        for number in 0..<3 { mailbox.post(number) }
        #expect(wakes.load(ordering: .relaxed) == 3)
        #expect(mailbox.takeAll(within: .seconds(10)) == [0, 1, 2])
    }

    @Test func `a wait is not ended by a message that was taken before it`() async {
        for _ in 0..<50 {
            let mailbox = Mailbox<Int>()
            mailbox.post(0)
            #expect(mailbox.takeAll() == [0])
            let sender = OwnedThread(name: "sender") { mailbox.post(1) }
            let received = await ThreadExecutor.shared.run { mailbox.takeAll(within: .seconds(10)) }
            #expect(received == [1])
            await sender.joined()
        }
    }
}

@Suite struct ThreadExecutorTests {
    private struct Refused: Error {}

    /// How many calls run at once.
    private final class Load: Sendable {
        private let state = Mutex((running: 0, most: 0))
        var most: Int { state.withLock { $0.most } }
        func enter() {
            state.withLock { state in
                state.running += 1
                state.most = max(state.most, state.running)
            }
        }
        func leave() { state.withLock { $0.running -= 1 } }
    }

    @Test func `more calls than threads wait their turn, and every one returns its own value`() async {
        let executor = ThreadExecutor(name: "test", limit: 3)
        let load = Load()
        let values = await withTaskGroup(of: Int.self, returning: Set<Int>.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await executor.run {
                        load.enter()
                        defer { load.leave() }
                        return number
                    }
                }
            }
            return await group.reduce(into: []) { $0.insert($1) }
        }
        #expect(values == Set(0..<50))
        #expect(load.most <= 3)
    }

    @Test func `calls that block hold up no other`() async {
        let executor = ThreadExecutor(name: "test", limit: 16)
        let gate = Mailbox<Bool>()
        // More of them than cores; the last one opens the gate for each.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await executor.run {
                        while gate.takeAll(within: .seconds(10)).isEmpty {}
                        gate.post(true)
                    }
                }
            }
            group.addTask { await executor.run { gate.post(true) } }
        }
        #expect(gate.takeAll() == [true])
    }

    @Test func `a call that does not return in time is not waited for, nor is a thread that is not free`() async {
        let executor = ThreadExecutor(name: "test", limit: 1)
        let gate = Mailbox<Void>()
        let stuck = await executor.run(within: .milliseconds(10)) { () -> Int in
            while gate.takeAll(within: .seconds(10)).isEmpty {}
            return 1
        }
        #expect(stuck == nil)
        let second = await executor.run(within: .milliseconds(10)) { 2 }
        #expect(second == nil)
        gate.post(())
        let third = await executor.run(within: .seconds(60)) { 3 }
        #expect(third == 3)
    }

    @Test func `an error of a call is its caller's`() async {
        await #expect(throws: Refused.self) {
            try await ThreadExecutor.shared.run { () throws(Refused) in throw Refused() }
        }
    }
}

@Suite struct OwnedThreadTests {
    @Test func `a thread carries its name, cut to what the system keeps, and is over when it is joined`() async {
        let name = Mutex("")
        await OwnedThread(name: "a-name-of-more-than-15-bytes") {
            let comm = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
            name.withLock { $0 = comm }
        }.joined()
        #expect(name.withLock { $0 } == "a-name-of-more-\n")
    }

    @Test(.timeLimit(.minutes(1)))
    func `threads that are waited for keep none of the pool's from calls`() async {
        let gate = Mailbox<Void>()
        let started = Mailbox<Void>()
        await withTaskGroup(of: Void.self) { group in
            // More than the pool has threads: lanes that drain.
            for _ in 0..<100 {
                group.addTask {
                    await OwnedThread(name: "lane") {
                        started.post(())
                        while gate.takeAll(within: .seconds(10)).isEmpty {}
                        gate.post(())
                    }.joined()
                }
            }
            var count = 0
            while count < 100 { count += started.takeAll(within: .seconds(10)).count }
            let answer = await ThreadExecutor.shared.run { 1 }
            #expect(answer == 1)
            gate.post(())
        }
    }

    @Test func `a flag is raised by one of many only`() async {
        let flag = StopFlag()
        #expect(!flag.isRaised)
        let raised = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await ThreadExecutor.shared.run { flag.raise() } } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(raised == 1)
        #expect(flag.isRaised)
    }
}
