// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct CopyRecorderTests {
    private func map(_ rows: [OffsetMapWriter.Row]) -> OffsetMap {
        var map = OffsetMap()
        for case .block(let block) in rows { map.apply(block) }
        return map
    }

    @Test func `records one by one make one segment, and the syncs that MirrorMaker would write`() {
        var recorder = CopyRecorder(OffsetMap(), next: nil, maximumLag: 100)
        for offset in 0..<1000 as Range<Int64> { recorder.acknowledged(source: offset, target: offset + 5) }
        let (rows, syncs) = recorder.flush(next: 1002)
        #expect(map(rows).segmentCount == 1)
        #expect(map(rows).translate(1001) == .exact(1005))
        #expect(syncs == [OffsetPair(source: 909, target: 914), OffsetPair(source: 999, target: 1004)])
        let again = recorder.flush(next: 1002)
        #expect(again.rows.isEmpty && again.syncs.isEmpty)
    }

    @Test func `copies whose offsets were not told leave a hole, and nothing false`() {
        var recorder = CopyRecorder(OffsetMap(), next: 0, maximumLag: nil)
        recorder.acknowledged(source: 0, target: 0)
        recorder.acknowledged(source: 1, target: -1)
        recorder.acknowledged(source: 2, target: -1)
        let early = recorder.flush(next: 3)
        #expect(map(early.rows).translate(1) == .exact(1))
        #expect(map(early.rows).translate(3) == .ahead(1, behind: 2))
        recorder.acknowledged(source: 3, target: 7)
        let known = map(early.rows + recorder.flush(next: 4).rows)
        #expect(known.translate(2) == .bounded(1))
        #expect(known.translate(3) == .exact(7))
        #expect(known.translate(4) == .exact(8))
    }

    @Test func `what became of a record is known where it was acknowledged, before a row is written and after`() {
        var recorder = CopyRecorder(OffsetMap(), next: 0, maximumLag: nil)
        for source in [0, 1, 3] as [Int64] { recorder.acknowledged(source: source, target: source + 5) }
        for isWritten in [false, true] {
            if isWritten { _ = recorder.flush(next: 5) }
            #expect(recorder.passage(of: 1) == .copied(at: 6))
            #expect(recorder.passage(of: 2) == .noCopy)
            #expect(recorder.passage(of: 3) == .copied(at: 8))
            #expect(recorder.passage(of: 4) == .noCopy)
        }
    }

    @Test func `nothing is said of a record whose copy's place was not told, or that another lane copied`() {
        var recorder = CopyRecorder(OffsetMap(), next: 10, maximumLag: nil)
        recorder.acknowledged(source: 10, target: -1)
        recorder.acknowledged(source: 11, target: 20)
        #expect(recorder.passage(of: 9) == .passed)
        #expect(recorder.passage(of: 10) == .passed)
        #expect(recorder.passage(of: 11) == .copied(at: 20))
    }

    @Test func `a row that could not be written is due again`() {
        var recorder = CopyRecorder(OffsetMap(), next: 0, maximumLag: nil)
        recorder.acknowledged(source: 0, target: 0)
        let (rows, _) = recorder.flush(next: 1)
        recorder.rowFailed()
        #expect(recorder.flush(next: 1).rows == rows)
        #expect(recorder.flush(next: 1).rows.isEmpty)
    }

    @Test func `a lane that goes on where the map ends goes on with its segment`() {
        var first = CopyRecorder(OffsetMap(), next: 0, maximumLag: nil)
        first.acknowledged(source: 0, target: 0)
        let before = first.flush(next: 1).rows
        var second = CopyRecorder(map(before), next: 1, maximumLag: nil)
        second.acknowledged(source: 1, target: 1)
        let after = map(before + second.flush(next: 2).rows)
        #expect(after.segmentCount == 1)
        #expect(after.translate(2) == .exact(2))
    }
}
