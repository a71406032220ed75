// SPDX-License-Identifier: Apache-2.0
import Platform
import Testing

@Suite struct OwnThreadTests {
    @Test func `loops that live long leave the threads of the executor to calls that return`() async {
        let stop = StopFlag()
        await withTaskGroup(of: Void.self) { group in
            // More than the executor has threads.
            for _ in 0..<100 {
                group.addTask {
                    let pause = Mailbox<Void>()
                    await runOnOwnThread(name: "loop") {
                        while !stop.isRaised { _ = pause.takeAll(within: .milliseconds(10)) }
                    }
                }
            }
            let answer = await ThreadExecutor.shared.run { 42 }
            #expect(answer == 42)
            stop.raise()
        }
    }
}
