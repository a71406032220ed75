// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

/// By which of its two names the lanes topic is shared.
@Suite struct LanesTopicNameTests {
    private let former: TopicName = "tern-lanes.A.internal"

    private func group(
        _ state: GroupState = .stable, _ members: [(instance: String?, topic: TopicName?)] = []
    ) -> GroupDescription {
        GroupDescription(
            id: "tern-lanes.A->B", state: state, isSimple: false, assignor: "range",
            members: members.map { instance, topic in
                GroupDescription.Member(
                    clientID: "tern", consumerID: "c", host: "h", instanceID: instance,
                    assignment: topic.map { [TopicPartition($0, 0)] } ?? [])
            })
    }

    private func isHeld(_ group: GroupDescription?) -> Bool? {
        LanesTopicName.isHeld(former, in: group, besides: "mine.abc|")
    }

    @Test func `where no topic has the former name it is the current one`() {
        for now in [nil, .current, .former] as [LanesTopicName?] {
            #expect(LanesTopicName.choice(now: now, isFormerThere: false, isFormerHeld: false) == .current)
        }
    }

    @Test func `beside a daemon that has lanes by the former name it is that one, for all`() {
        for now in [nil, .current, .former] as [LanesTopicName?] {
            #expect(LanesTopicName.choice(now: now, isFormerThere: true, isFormerHeld: true) == .former)
        }
    }

    @Test func `a start that finds nobody goes to the current name, and a daemon that runs stays where it is`() {
        #expect(LanesTopicName.choice(now: nil, isFormerThere: true, isFormerHeld: false) == .current)
        #expect(LanesTopicName.choice(now: .current, isFormerThere: true, isFormerHeld: false) == .current)
        #expect(LanesTopicName.choice(now: .former, isFormerThere: true, isFormerHeld: false) == .former)
    }

    @Test func `a lane is held by whoever was assigned it by that topic`() {
        #expect(isHeld(group(.stable, [("other.xyz|g|2", former)])) == true)
        #expect(isHeld(group(.stable, [(nil, former)])) == true)
        #expect(isHeld(group(.stable, [("other.xyz|mm2-g|2", "mm2-tern-lanes.A.internal")])) == false)
        #expect(isHeld(group(.stable, [("other.xyz|g|2", nil)])) == false)
    }

    @Test func `what an ended process of this daemon had counts for nothing`() {
        #expect(isHeld(group(.stable, [("mine.abc|g|2", former)])) == false)
        #expect(isHeld(group(.stable, [("mine.abcd|g|2", former)])) == true)
    }

    @Test func `no group and an empty one hold nothing, and one that shares out anew does not tell`() {
        #expect(isHeld(nil) == false)
        #expect(isHeld(group(.empty)) == false)
        #expect(isHeld(group(.dead)) == false)
        for state in [GroupState.unknown, .preparingRebalance, .completingRebalance] {
            #expect(isHeld(group(state)) == nil)
        }
    }
}
