// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Foundation
import Kafka
import KafkaTypes
import Mirroring
import Testing

@testable import MirrorCommands

@Suite struct DemoProofTests {
    private let topics: [TopicName] = ["orders", "payments"]
    private let eu: ClusterAlias = "eu"
    private let us: ClusterAlias = "us"

    /// Ten records of each topic written on each cluster.
    private var written: [DemoPlace: [UInt64]] {
        var written: [DemoPlace: [UInt64]] = [:]
        for (index, cluster) in [eu, us].enumerated() {
            for (number, topic) in topics.enumerated() {
                let place = DemoPlace(cluster: cluster, topic: topic, partition: 0)
                written[place] = (0..<10).map { UInt64(index * 1000 + number * 100 + $0 + 1) }
            }
        }
        return written
    }

    /// Every cluster holds its own records, then those of the other.
    private var faithful: [DemoSighting] {
        var sightings: [DemoSighting] = []
        for (cluster, other) in [(eu, us), (us, eu)] {
            for topic in topics {
                let place = DemoPlace(cluster: cluster, topic: topic, partition: 0)
                let home = DemoPlace(cluster: other, topic: topic, partition: 0)
                for (offset, checksum) in (written[place] ?? []).enumerated() {
                    sightings.append(
                        DemoSighting(
                            place: place, offset: Int64(offset), checksum: checksum, origin: nil, isMarked: false))
                }
                for (offset, checksum) in (written[home] ?? []).enumerated() {
                    let origin = OriginHeader(alias: other, topic: topic, partition: 0, offset: Int64(offset))
                    sightings.append(
                        DemoSighting(
                            place: place, offset: Int64(10 + offset), checksum: checksum, origin: origin, isMarked: true
                        ))
                }
            }
        }
        return sightings
    }

    private func proof(_ change: (inout [DemoSighting]) -> Void = { _ in }) -> DemoProof {
        var sightings = faithful
        change(&sightings)
        return DemoProof(clusters: [eu, us], topics: topics, written: written, sightings: sightings)
    }

    /// The row of what the changes below touch: the first topic on the first cluster.
    private func first(_ change: (inout [DemoSighting]) -> Void) throws -> (row: DemoProof.Row, isProved: Bool) {
        let proof = proof(change)
        #expect(proof.rows.dropFirst().allSatisfy { $0.isProved })
        return (try #require(proof.rows.first), proof.isProved)
    }

    @Test func `what arrived once, in order and unchanged is proved, and equal topics have equal checksums`() throws {
        let proof = proof()
        #expect(proof.isProved)
        #expect(proof.written == 40)
        #expect(proof.rows.map(\.born) == [10, 10, 10, 10])
        #expect(proof.rows.map { $0.arrived.values.reduce(0, +) } == [10, 10, 10, 10])
        #expect(proof.rows[0].checksum == proof.rows[2].checksum)
        #expect(proof.rows[0].checksum != proof.rows[1].checksum)
    }

    @Test func `a missing record fails the proof`() throws {
        let (row, isProved) = try first { $0.remove(at: 13) }
        #expect(row.missing == 1)
        #expect(!isProved)
    }

    @Test func `a missing record of the cluster's own fails the proof`() throws {
        let (row, isProved) = try first { $0.remove(at: 9) }
        #expect(row.missing == 1)
        #expect(!isProved)
    }

    @Test func `a record that arrived twice fails the proof`() throws {
        let (row, isProved) = try first { $0.insert($0[13], at: 14) }
        #expect(row.repeated == 1)
        #expect(row.arrived == [us: 10])
        #expect(!isProved)
    }

    @Test func `two records in the wrong order fail the proof`() throws {
        let (row, isProved) = try first { $0.swapAt(13, 14) }
        #expect(row.reordered == 1)
        #expect(!isProved)
    }

    @Test func `a record that came back to where it was born fails the proof`() throws {
        let (row, isProved) = try first { sightings in
            var copy = sightings[3]
            copy.isMarked = true
            sightings.insert(copy, at: 19)
        }
        #expect(row.returned == 1)
        #expect(!isProved)
    }

    @Test func `a byte that changed fails the proof`() throws {
        let (row, isProved) = try first { $0[13].checksum ^= 1 << 40 }
        #expect(row.altered == 1)
        #expect(row.missing == 1)
        #expect(!isProved)
    }

    @Test func `a record in another partition fails the proof`() throws {
        let (row, isProved) = try first { sightings in
            sightings[13].place = DemoPlace(cluster: eu, topic: "orders", partition: 1)
        }
        #expect(row.altered == 1)
        #expect(!isProved)
    }

    @Test(arguments: [nil, OriginHeader(alias: "us", topic: "orders", partition: 0, offset: 99)])
    func `a copy that does not name its birth fails the proof`(origin: OriginHeader?) throws {
        let (row, isProved) = try first { $0[13].origin = origin }
        #expect(row.altered == 1)
        #expect(!isProved)
    }

    @Test func `nothing written proves nothing`() {
        let proof = DemoProof(clusters: [eu, us], topics: topics, written: [:], sightings: [])
        #expect(!proof.isProved)
        #expect(DemoSummary(proof: proof, clusters: [eu, us]).verdict == "Nothing is proved: nothing was written.")
    }

    @Test func `equal records prove nothing`() {
        var twice = written
        twice[DemoPlace(cluster: eu, topic: "orders", partition: 0)]?.append(1)
        let proof = DemoProof(clusters: [eu, us], topics: topics, written: twice, sightings: faithful)
        #expect(proof.ambiguous == 1)
        #expect(!proof.isProved)
    }

    @Test func `the summary fits a terminal of 80 columns`() {
        let table = DemoSummary(proof: proof(), clusters: [eu, us]).table(width: 80)
        #expect(table.text(.init()).split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= 80 })
    }

    @Test func `the verdict names what is wrong`() {
        let summary = DemoSummary(proof: proof { $0.remove(at: 13) }, clusters: [eu, us])
        #expect(summary.verdict == "Not proved: look at orders on eu.")
        #expect(summary.table(width: nil).text(.init()).contains("WRONG"))
    }
}

@Suite struct DemoRecordTests {
    @Test func `every shape comes round and no two records are equal`() {
        let records = (0..<1000).map { DemoRecord(number: $0, at: "eu") }
        #expect(records.contains { $0.key == nil })
        #expect(records.contains { $0.key == [] })
        #expect(records.contains { $0.value == nil })
        #expect(records.contains { $0.value == [] })
        #expect(records.contains { $0.headers.isEmpty })
        #expect(records.contains { $0.headers.contains { $0.value == nil } })
        #expect(records.contains { $0.headers.contains { $0.value == [] } })
        #expect(records.contains { Set($0.headers.map(\.name)).count < $0.headers.count })
        let all = records + (0..<1000).map { DemoRecord(number: $0, at: "us") }
        let sums = Set(all.map { DemoChecksum.of(key: $0.key, value: $0.value, headers: $0.headers, timestamp: 1) })
        #expect(sums.count == 2000)
        for topic in DemoTopic.all {
            let partitions = Set(records.filter { $0.topic == topic.name }.map(\.partition))
            #expect(partitions == Set(0..<topic.partitionCount))
        }
    }

    @Test func `a checksum tells null from empty and one order of headers from another`() {
        let headers = [OwnedHeader("a", "1"), OwnedHeader("a", nil)]
        let sums: [UInt64] = [
            DemoChecksum.of(key: nil, value: nil, headers: [], timestamp: 1),
            DemoChecksum.of(key: [], value: nil, headers: [], timestamp: 1),
            DemoChecksum.of(key: nil, value: [], headers: [], timestamp: 1),
            DemoChecksum.of(key: nil, value: nil, headers: headers, timestamp: 1),
            DemoChecksum.of(key: nil, value: nil, headers: headers.reversed(), timestamp: 1),
            DemoChecksum.of(key: nil, value: nil, headers: [OwnedHeader("a", "")], timestamp: 1),
            DemoChecksum.of(key: nil, value: nil, headers: [], timestamp: 2),
        ]
        #expect(Set(sums).count == sums.count)
    }

    @Test func `Tern's headers are set aside and everything else is checked`() {
        var record = OwnedRecord(
            topic: "orders", partition: 1, offset: 7, timestamp: Timestamp(milliseconds: 5, kind: .create),
            key: [1], value: [2], headers: [OwnedHeader("a", "1")])
        let plain = DemoReader.sighting(record, at: "us")
        record.headers += [OwnedHeader("tern.origin", "eu/orders/1/3"), OwnedHeader("tern.path", "x")]
        let copy = DemoReader.sighting(record, at: "us")
        #expect(copy.checksum == plain.checksum)
        #expect(!plain.isMarked && copy.isMarked)
        #expect(copy.origin == OriginHeader(alias: "eu", topic: "orders", partition: 1, offset: 3))
        record.headers.append(OwnedHeader("tern.origin", "eu/orders/1/3"))
        #expect(DemoReader.sighting(record, at: "us").origin == nil)
    }
}

@Suite struct DemoCommandTests {
    private func options(_ words: String..., columns: Int? = nil) throws -> DemoOptions {
        guard case .run(let invocation) = try OptionParser(table: .standard).parse(["demo"] + words) else {
            throw CommandFailure.usage("no run")
        }
        let output = MemoryOutput(terminalColumns: columns)
        return try DemoOptions(
            invocation, CommandContext(variables: [:], output: output, diagnostics: MemoryOutput()))
    }

    @Test func `it lasts 15 seconds in a pipe and 30 on a terminal`() throws {
        #expect(try options().seconds == 15)
        #expect(try options(columns: 80).seconds == 30)
        #expect(try options("--seconds", "7", columns: 80).seconds == 7)
    }

    @Test func `addresses are read, and none means no listener`() throws {
        #expect(try options().listen == .anywhere)
        #expect(try options("--listen", "none").listen == .none)
        #expect(
            try options("--listen", "127.0.0.1:0").listen == .at(ListenAddress(host: "127.0.0.1", port: 0)))
        #expect(throws: CommandFailure.self) { try options("--listen", "nowhere") }
    }

    @Test(arguments: [
        ["--clusters", "4"], ["--seconds", "0"], ["--rate", "x"], ["--rate", "100000", "--seconds", "60"],
    ])
    func `what cannot be done is refused`(words: [String]) async {
        let outcome = await tern("demo", words[0], words[1], words.dropFirst(2).first ?? "-q", words.last ?? "")
        #expect(outcome.status == .usage)
    }

    @Test func `the screen is drawn over itself and fits the terminal`() {
        var flow = DemoMoment.Flow(
            FlowStatus(
                name: FlowName(source: "eu", target: "us"), isEnabled: true, state: .running, since: 0))
        flow.lagRecords = 1234
        var moment = DemoMoment(
            second: 3, seconds: 30, url: "http://127.0.0.1:9470",
            writers: [.init(alias: "eu", bootstrapServers: "127.0.0.1:12345", written: 99)], flows: [flow], notice: "")
        for width in [44, 60, 80, 200] {
            var screen = DemoScreen(width: width, isColored: false)
            let first = screen.draw(moment)
            moment.second += 1
            let second = screen.draw(moment)
            let lines = first.split(separator: "\n").map { $0.replacing("\u{1B}[K", with: "") }
            #expect(lines.dropLast().allSatisfy { DisplayWidth.of(String($0)) <= width }, "\(width)")
            #expect(first.contains("1\u{2009}234"))
            #expect(second.hasPrefix("\r\u{1B}[\(first.count { $0 == "\n" })A"))
        }
    }

    @Test func `a screen without a server says so`() {
        var screen = DemoScreen(width: 80, isColored: false)
        let moment = DemoMoment(second: 3, seconds: 30, url: nil, writers: [], flows: [], notice: "")
        let text = screen.draw(moment)
        #expect(text.contains("no HTTP server (--listen none)"))
        #expect(!text.contains("/metrics"))
    }

    @Test func `small bars show the past, and a gap where it is unknown`() {
        #expect(DemoScreen.bars([0, nil, 7, 8]) == "▁ ▇█")
        #expect(DemoScreen.bars([0, 0]) == "▁▁")
        #expect(DemoScreen.bars([]) == "")
    }
}
