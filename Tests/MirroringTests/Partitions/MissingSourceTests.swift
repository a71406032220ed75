// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

/// A partition whose source is gone, and is asked for again now and then.
@Suite struct MissingSourceTests {
    @Test func `a source that is gone is shown as gone while it is asked for again, and told once`() {
        var rig = MachineRig()
        _ = rig.take(0..<1)
        rig.feed { $0.sourceMissing(.unknownTopicOrPart, $1, &$2) }
        let since = rig.stop?.since
        for _ in 0..<3 {
            rig.now += .seconds(60)
            rig.feed { $0.tick($1, &$2) }
            #expect(rig.machine.state.name == "asking")
            #expect(rig.stop?.state == .sourceMissing)
            let later = Moment(rig.now, wallClock: rig.moment.wallClock + 60_000)
            rig.machine.answered(nil, later, &rig.actions)
            #expect(rig.stop?.state == .sourceMissing)
        }
        #expect(since != nil && rig.stop?.since == since)
        #expect(rig.actions.count { if case .reportStopped = $0 { true } else { false } } == 1)
    }

    @Test func `a source that is there again is not shown as gone any more`() {
        var rig = MachineRig(.resume(last: 9, witness: nil, row: 9))
        rig.feed { $0.sourceMissing(.unknownTopicOrPart, $1, &$2) }
        rig.now += .seconds(60)
        rig.feed { $0.tick($1, &$2) }
        rig.actions = []
        rig.feed { $0.answered(5..<5, $1, &$2) }
        #expect(rig.stop?.state == .rewound)
        #expect(!rig.actions.contains(.reportResumed))
    }

    @Test func `a source that comes back as the same log goes on, and that is told`() {
        var rig = MachineRig()
        rig.feed { $0.sourceMissing(.unknownTopicOrPart, $1, &$2) }
        rig.now += .seconds(60)
        rig.feed { $0.tick($1, &$2) }
        rig.actions = []
        rig.feed { $0.answered(0..<5, $1, &$2) }
        #expect(rig.stop == nil)
        #expect(rig.machine.fetching == .on)
        #expect(rig.actions.contains(.reportResumed))
    }
}
