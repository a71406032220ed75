// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Testing

/// The map topic as a compacted log: what is left of it is the last row of each key, in the order of the topic.
private struct MapTopic {
    private var rows: [(key: [UInt8], value: [UInt8]?)] = []
    let partition = TopicPartition("orders", 3)

    mutating func write(_ row: OffsetMapWriter.Row) {
        switch row {
        case .block(let block):
            rows.append((key(block.first), OffsetMapRow(partition, block).value))
        case .forget(let first): rows.append((key(first), nil))
        }
    }

    private func key(_ first: Int64) -> [UInt8] { OffsetMapRow.key(partition, first: first) ?? [] }

    mutating func compact() {
        var seen: Set<[UInt8]> = []
        rows = Array(rows.reversed().filter { seen.insert($0.key).inserted }.reversed())
    }

    var map: OffsetMap {
        var map = OffsetMap()
        for row in rows {
            guard let key = OffsetMapRow.parseKey(row.key), key.partition == partition else { continue }
            guard let value = row.value else { map.remove(first: key.first); continue }
            guard let block = OffsetMapRow.parseValue(value, first: key.first) else { continue }
            map.apply(block)
        }
        return map
    }
}

private func segment(_ source: Int64, _ target: Int64, _ count: Int64 = 1) -> OffsetSegment {
    OffsetSegment(source: source, target: target, count: count)
}

@Suite struct OffsetMapTests {
    private func map(from start: Int64 = 0, _ runs: OffsetSegment..., covered: Int64? = nil) -> OffsetMap {
        var writer = OffsetMapWriter(OffsetMap())
        writer.begin(at: start)
        for run in runs { writer.acknowledged(run) }
        if let covered { writer.cover(before: covered) }
        var topic = MapTopic()
        writer.takeRows().forEach { topic.write($0) }
        return topic.map
    }

    @Test func `plain traffic is one segment, however long, and each position in it is exact`() {
        var writer = OffsetMapWriter(OffsetMap())
        writer.begin(at: 0)
        for start in stride(from: 0, to: 1_000_000, by: 1000) as StrideTo<Int64> {
            writer.acknowledged(segment(start, start + 77, 1000))
        }
        var topic = MapTopic()
        writer.takeRows().forEach { topic.write($0) }
        let map = topic.map
        #expect(map.segmentCount == 1)
        for position in [0, 1, 499_999, 999_999, 1_000_000] as [Int64] {
            #expect(map.translate(position) == .exact(position + 77))
            #expect(map.translateBack(position + 77) == .exact(position))
        }
    }

    @Test func `a position in a gap goes to the next copy, one behind the copies to their end`() {
        let map = map(segment(0, 100, 10), segment(15, 111, 5), covered: 25)
        #expect(map.translate(10) == .exact(111))
        #expect(map.translate(14) == .exact(111))
        #expect(map.translate(15) == .exact(111))
        #expect(map.translate(20) == .exact(116))
        #expect(map.translate(25) == .exact(116))
        #expect(map.translate(27) == .ahead(116, behind: 2))
    }

    @Test func `a position before the first copy is exact where the mirror began, and unknown before`() {
        let map = map(from: 40, segment(42, 0, 10))
        #expect(map.translate(40) == .exact(0))
        #expect(map.translate(39) == .unknown)
        #expect(OffsetMap().translate(0) == .unknown)
    }

    @Test func `what was copied again counts where it was copied last`() {
        let map = map(segment(0, 0, 10), segment(4, 20, 6), segment(10, 26, 2))
        #expect(map.translate(3) == .exact(3))
        #expect(map.translate(4) == .exact(20))
        #expect(map.translate(11) == .exact(27))
        #expect(map.translateBack(7) == .exact(4))
    }

    @Test
    func `a group that has committed the largest offset there is, has it translated back like any behind the copies`() {
        var map = map(segment(0, 100, 10))
        #expect(map.translateBack(.max) == .exact(10))
        // A lane that has just begun has covered nothing yet.
        map.apply(OffsetMapBlock(first: 10))
        #expect(map.translateBack(.max) == .exact(10))
        var begun = OffsetMap()
        begun.apply(OffsetMapBlock(first: 7))
        #expect(begun.translateBack(.max) == .bounded(7))
        #expect(begun.translate(.max) == .unknown)
    }

    @Test func `what is to be copied again is not covered until its newer copies are there`() {
        var writer = OffsetMapWriter(map(segment(0, 0, 10)))
        writer.begin(at: 4)
        var topic = MapTopic()
        writer.takeRows().forEach { topic.write($0) }
        #expect(topic.map.translate(4) == .exact(4))
        #expect(topic.map.translate(8) == .ahead(4, behind: 4))
    }

    @Test func `a hole between two runs of the daemon is bounded by what lies before it`() {
        var writer = OffsetMapWriter(map(segment(0, 0, 10)))
        writer.begin(at: 50)
        writer.acknowledged(segment(50, 50, 5))
        var topic = MapTopic()
        for row in writer.takeRows() { topic.write(row) }
        var whole = map(segment(0, 0, 10))
        whole.apply(topic.map.blocks[0])
        #expect(whole.translate(10) == .exact(10))
        #expect(whole.translate(30) == .bounded(10))
        #expect(whole.translate(50) == .exact(50))
    }

    @Test func `copies that begin again at the front of another log leave nothing of the old one`() {
        let map = map(segment(0, 500, 10), segment(10, 0, 5))
        #expect(map.translate(3) == .unknown)
        #expect(map.translate(12) == .exact(2))
    }

    @Test func `rows that are cut off, contradict themselves or overflow are none`() {
        var block = OffsetMapBlock(first: 5)
        for run in [segment(7, 1, 300), segment(400, 900, 1)] {
            let isTaken = block.append(run)
            #expect(isTaken)
        }
        let value = OffsetMapRow(TopicPartition("t", 0), block).value
        #expect(OffsetMapRow.parseValue(value, first: 5) == block)
        for count in 0..<value.count { #expect(OffsetMapRow.parseValue(Array(value.prefix(count)), first: 5) == nil) }
        #expect(OffsetMapRow.parseValue(value, first: .max - 3) == nil)
        #expect(OffsetMapRow.parseValue([0, 1] + value.dropFirst(2), first: 5) == nil)
        #expect(OffsetMapRow.parseValue([0, 0] + [UInt8](repeating: 0xFF, count: 12), first: 5) == nil)
        #expect(OffsetMapRow.parseKey([0, 0, 0]) == nil)
    }

    @Test func `rows that nobody takes do not pile up, and what is left of them says nothing false`() {
        var writer = OffsetMapWriter(OffsetMap())
        writer.begin(at: 0)
        let segments = Int64(OffsetMapBlock.capacity * OffsetMapWriter.mostBlocks * 4)
        for index in 0..<segments { writer.acknowledged(segment(2 * index, 3 * index)) }
        let rows = writer.takeRows()
        #expect(rows.count <= 2 * OffsetMapWriter.mostBlocks + 2)
        var topic = MapTopic()
        rows.forEach { topic.write($0) }
        let map = topic.map
        for index in stride(from: 0, to: segments, by: 1001) as StrideTo<Int64> {
            let translation = map.translate(2 * index)
            #expect(translation == .exact(3 * index) || translation.offset == nil)
        }
    }

    @Test func `blocks that are too many lose the oldest, and positions in it are unknown`() {
        var writer = OffsetMapWriter(OffsetMap())
        writer.begin(at: 0)
        var topic = MapTopic()
        let segments = Int64(OffsetMapBlock.capacity * (OffsetMapWriter.mostBlocks + 2))
        for index in 0..<segments {
            writer.acknowledged(segment(2 * index, index))
            if index % 100 == 0 { writer.takeRows().forEach { topic.write($0) } }
        }
        writer.takeRows().forEach { topic.write($0) }
        let map = topic.map
        #expect(map.blocks.count == OffsetMapWriter.mostBlocks)
        #expect(map.translate(0) == .unknown)
        #expect(map.translate(2 * segments - 2) == .exact(segments - 1))
    }
}

/// Random lives of one partition, against a dictionary of the newest copy of each record.
@Suite struct OffsetMapModelTests {
    @Test(arguments: 0..<40)
    func `each covered position leaves out no copy and repeats none, through rows, compaction and restarts`(
        _ seed: Int
    ) {
        var random = SplitMix(state: UInt64(seed))
        var topic = MapTopic()
        var writer = OffsetMapWriter(OffsetMap())
        var copies: [Int64: Int64] = [:]
        var (source, target): (Int64, Int64) = (Int64.random(in: 0...5, using: &random), 0)
        let start = source
        writer.begin(at: source)
        for _ in 0..<400 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0:  // markers, or records left out by rule
                source += .random(in: 1...3, using: &random)
                writer.cover(before: source)
            case 1:  // the target's own markers, or records of others
                target += .random(in: 1...3, using: &random)
            case 2:  // sent again
                source = max(start, source - .random(in: 0...30, using: &random))
                copies = copies.filter { $0.key < source }
                writer.begin(at: source)
            case 3:  // stopped and started: what was flushed is known
                writer.cover(before: source)
                writer.takeRows().forEach { topic.write($0) }
                if Bool.random(using: &random) { topic.compact() }
                writer = OffsetMapWriter(topic.map)
                writer.begin(at: source)
            case 4: writer.takeRows().forEach { topic.write($0) }
            default:
                let count = Int64.random(in: 1...4, using: &random)
                writer.acknowledged(segment(source, target, count))
                for index in 0..<count { copies[source + index] = target + index }
                (source, target) = (source + count, target + count)
            }
        }
        writer.cover(before: source)
        writer.takeRows().forEach { topic.write($0) }
        topic.compact()
        let map = topic.map
        for position in start...source {
            guard let offset = map.translate(position).offset else {
                #expect(copies.isEmpty)
                continue
            }
            #expect(copies.allSatisfy { ($0.key >= position) == ($0.value >= offset) }, "\(position) → \(offset)")
            guard case .exact(let back) = map.translateBack(offset) else { continue }
            #expect(copies.keys.allSatisfy { ($0 >= position) == ($0 >= back) }, "\(offset) ← \(back)")
        }
    }
}
