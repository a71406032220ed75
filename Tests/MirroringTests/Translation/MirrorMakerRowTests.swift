// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

/// The vectors are what MirrorMaker 4.3.1's own classes write.
@Suite struct MirrorMakerRowTests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).map { start in
            UInt8(hex.dropFirst(start).prefix(2), radix: 16) ?? 0
        }
    }

    @Test func `a heartbeat has the bytes of MirrorMaker's`() {
        let row = HeartbeatRow(source: "source-1", target: "target-2", timestamp: 1_234_567_890)
        #expect(row.key == bytes("0008736f757263652d3100087461726765742d32"))
        #expect(row.value == bytes("000000000000499602d2"))
    }

    @Test func `an offset sync has the bytes of MirrorMaker's, and is read from them`() {
        let row = OffsetSyncRow(TopicPartition("topic-1", 2), upstream: 3, downstream: 4)
        let (key, value) = (bytes("0007746f7069632d3100000002"), bytes("00000000000000030000000000000004"))
        #expect(row.key == key)
        #expect(row.value == value)
        #expect(OffsetSyncRow(key: key, value: value) == row)
    }

    @Test func `a checkpoint has the bytes of MirrorMaker's, and is read from them`() {
        let row = CheckpointRow(
            group: "group-1", partition: TopicPartition("topic-2", 3), upstream: 4, downstream: 5,
            metadata: "metadata-6")
        let key = bytes("000767726f75702d310007746f7069632d3200000003")
        let value = bytes("000000000000000000040000000000000005000a6d657461646174612d36")
        #expect(row.key == key)
        #expect(row.value == value)
        #expect(CheckpointRow(key: key, value: value) == row)
        let bare = CheckpointRow(
            group: "g", partition: TopicPartition("A.t", 0), upstream: 10, downstream: 11, metadata: "")
        #expect(bare.key == bytes("0001670003412e7400000000"))
        #expect(bare.value == bytes("0000000000000000000a000000000000000b0000"))
    }

    @Test func `what is no row is none: cut off, of another version, with a negative length, not UTF-8`() {
        let row = CheckpointRow(
            group: "组", partition: TopicPartition("t", 0), upstream: 1, downstream: 2, metadata: "m")
        guard let key = row.key, let value = row.value else { Issue.record("no row"); return }
        for count in 0..<key.count { #expect(CheckpointRow(key: Array(key.prefix(count)), value: value) == nil) }
        for count in 0..<value.count { #expect(CheckpointRow(key: key, value: Array(value.prefix(count))) == nil) }
        #expect(CheckpointRow(key: key, value: [0, 1] + value.dropFirst(2)) == nil)
        #expect(CheckpointRow(key: [0xFF, 0xFF] + key.dropFirst(2), value: value) == nil)
        #expect(CheckpointRow(key: [0, 3, 0xFF, 0xFE, 0xFD] + key.dropFirst(5), value: value) == nil)
        // Java ignores what follows, and leaves room for more members.
        #expect(CheckpointRow(key: key, value: value + [1, 2, 3]) == row)
    }

    @Test func `a text that a row cannot hold makes no row`() {
        let long = String(repeating: "m", count: 32_768)
        let row = CheckpointRow(
            group: "g", partition: TopicPartition("t", 0), upstream: 1, downstream: 2, metadata: long)
        #expect(row.value == nil)
        #expect(row.key != nil)
    }
}

@Suite struct OffsetSyncRuleTests {
    /// A record, and whether MirrorMaker syncs it at once (its own test, MirrorSourceTaskTest.testOffsetSync).
    @Test func `syncs are written when MirrorMaker writes them`() {
        var rule = OffsetSyncRule(maximumLag: 50)
        let steps: [(Int64, Int64, Bool)] = [
            (0, 100, true), (2, 102, true), (3, 152, false), (4, 153, true), (5, 154, false), (6, 203, false),
            (7, 204, true), (2, 206, true), (3, 207, false), (4, 3, true), (5, 4, false), (7, 6, true),
        ]
        for (upstream, downstream, isDue) in steps {
            let due = rule.acknowledged(OffsetSegment(source: upstream, target: downstream, count: 1))
            #expect(
                due == (isDue ? OffsetPair(source: upstream, target: downstream) : nil), "\(upstream), \(downstream)")
            #expect(rule.delayed == (isDue ? nil : OffsetPair(source: upstream, target: downstream)))
        }
        #expect(rule.flush() == nil)
    }

    @Test func `a limit of zero syncs each record, and a flush brings what was delayed, once`() {
        var each = OffsetSyncRule(maximumLag: 0)
        for offset in 0..<5 as Range<Int64> {
            #expect(each.acknowledged(OffsetSegment(source: offset, target: offset + 7, count: 1))?.source == offset)
        }
        var rule = OffsetSyncRule(maximumLag: 100)
        _ = rule.acknowledged(OffsetSegment(source: 0, target: 0, count: 11))
        #expect(rule.flush() == OffsetPair(source: 10, target: 10))
        #expect(rule.flush() == nil)
    }

    @Test(arguments: [0, 1, 3, 100] as [Int64])
    func `a run ends with the same sync as its records one by one`(_ lag: Int64) {
        var random = SplitMix(state: UInt64(lag) + 1)
        var runs = OffsetSyncRule(maximumLag: lag)
        var singles = OffsetSyncRule(maximumLag: lag)
        var (source, target): (Int64, Int64) = (0, 0)
        for _ in 0..<500 {
            source += Int64.random(in: 0...1, using: &random) * .random(in: 0...3, using: &random)
            target += Int64.random(in: 0...1, using: &random) * .random(in: 0...40, using: &random)
            let count = Int64.random(in: 1...250, using: &random)
            let due = runs.acknowledged(OffsetSegment(source: source, target: target, count: count))
            var last: OffsetPair?
            for index in 0..<count {
                last =
                    singles.acknowledged(OffsetSegment(source: source + index, target: target + index, count: 1))
                    ?? last
            }
            #expect(due == last)
            #expect(runs == singles)
            (source, target) = (source + count, target + count)
        }
    }
}
