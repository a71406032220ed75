// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

@Suite struct `A group that moves` {
    private let place = TopicPartition("eu.orders", 0)

    private func position(
        _ committed: Int64, _ translation: OffsetTranslation, onTarget: Int64? = nil, log: ClosedRange<Int64>? = 0...100
    ) -> GroupPosition {
        var position = GroupPosition(
            committed: committed, metadata: "m", place: TranslatedOffset(partition: place, translation: translation))
        position.onTarget = onTarget
        position.targetStart = log?.lowerBound
        position.targetEnd = log?.upperBound
        return position
    }

    private func move(_ position: GroupPosition, _ presence: GroupOffsetSync.Presence = .idle) -> GroupMove {
        GroupMove("billing", [position], presence: presence)
    }

    @Test func `goes on exactly where it stopped, with its metadata`() {
        let move = move(position(30, .exact(31)), .absent)
        #expect(move.state == .ready && move.readAgain == 0 && move.behind == 31 && move.isMovable)
        #expect(move.writes == [place: GroupOffset(31, metadata: "m")])
        #expect(move.missing(on: [place: GroupOffset(30)]) == [place])
        #expect(move.missing(on: [place: GroupOffset(31)]) == [])
    }

    @Test func `is never set back`() {
        let move = move(position(30, .exact(31), onTarget: 50))
        #expect(move.writes == [:] && move.further == 1 && move.state == .ready)
        #expect(move.missing(on: [place: GroupOffset(50)]) == [])
    }

    @Test func `is not written again where it has its offset already`() {
        let move = move(position(30, .exact(31), onTarget: 31))
        #expect(move.writes == [:] && move.further == 0 && move.behind == 0)
    }

    @Test func `reads again what it has read and is not copied`() {
        let move = move(position(40, .ahead(31, behind: 9)))
        #expect(move.state == .ahead && move.readAgain == 9 && move.isMovable)
        #expect(move.writes[place]?.offset == 31)
    }

    @Test func `may have committed the largest offset there is, of several partitions`() {
        let translation = OffsetTranslation.ahead(31, behind: .max - 31)
        let move = GroupMove("billing", [position(.max, translation), position(.max, translation)], presence: .idle)
        #expect(move.state == .ahead && move.readAgain == .max)
        let places = (0..<2).map {
            TranslatedOffset(partition: TopicPartition("eu.orders", $0), translation: translation)
        }
        #expect(places.notCopied == .max)
    }

    @Test func `reads some again where a place is only bounded`() {
        let move = move(position(40, .bounded(31)))
        #expect(move.state == .bounded && move.readAgain == nil && move.isMovable)
    }

    @Test func `is left where consumers use it on the target`() {
        let move = move(position(30, .exact(31)), .active)
        #expect(move.state == .active && move.writes == [:] && move.isMovable)
    }

    @Test func `gets no offset where no copy is known, and says so`() {
        let move = move(position(30, .unknown))
        #expect(move.state == .unmapped && move.unmapped == 1 && move.writes == [:] && !move.isMovable)
        #expect(move.reason?.contains("auto.offset.reset decides") == true)
    }

    @Test func `gets no offset beyond the end of the target's log, from where Java would begin anew`() {
        let move = move(position(30, .exact(131)))
        #expect(move.state == .unmapped && move.writes == [:])
        #expect(move.reason == "eu.orders/0: 131 is beyond the end of the log, 100")
    }

    @Test func `begins at the start of a log whose older records have expired`() {
        #expect(move(position(30, .exact(31), log: 60...100)).writes[place]?.offset == 60)
    }
}

@Suite struct `The verdict before a failover` {
    private let gone = CopyLoss(records: 7, seconds: 2)
    private let nothing = CopyLoss(records: 0, seconds: 0)

    @Test func `is READY when nothing would be lost`() {
        #expect(FailoverVerdict(obstacles: [], loss: nothing, groups: []) == .ready)
    }

    @Test func `is READY WITH LOSS when something is not copied, or when that is unknown`() {
        #expect(FailoverVerdict(obstacles: [], loss: gone, groups: []) == .readyWithLoss(gone))
        let unknown = CopyLoss(records: nil, seconds: 3)
        #expect(FailoverVerdict(obstacles: [], loss: unknown, groups: []) == .readyWithLoss(unknown))
    }

    @Test func `is NOT READY while a group would be left, whose name it says`() {
        let groups = [GroupMove("a", failed: "denied"), GroupMove("b", failed: "denied")]
        #expect(
            FailoverVerdict(obstacles: ["x"], loss: gone, groups: groups).reasons
                == ["x", "2 groups are not ready: a (denied), and 1 more"])
    }

    @Test(
        arguments: [
            ([3, 3], nil, TargetTopicState.writable), ([3, 1], 2, .underMinimum(1, minimum: 2)),
            ([3, nil], 2, .leaderless(1)),
            ([1, 1], 1, .writable),
        ] as [([Int?], Int?, TargetTopicState)])
    func `knows whether a topic can be written`(inSync: [Int?], minimum: Int?, state: TargetTopicState) {
        #expect(TargetTopicState(inSync: inSync, replicas: 3, minimum: minimum) == state)
    }

    @Test func `asks for no more replicas in sync than there are, as brokers do`() {
        #expect(TargetTopicState(inSync: [1], replicas: 1, minimum: 3) == .writable)
        #expect(TargetTopicState(inSync: nil, replicas: 0, minimum: nil) == .missing)
    }
}
