// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// A record as it must be equal on both sides: without its place and without what Tern adds.
struct Content: Hashable, CustomStringConvertible {
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [OwnedHeader]

    init(_ record: OwnedRecord) {
        timestamp = record.timestamp.milliseconds
        key = record.key
        value = record.value
        headers = record.headers.filter { !Self.added.contains($0.name) }
    }

    private static let added: Set<[UInt8]> = [Array("tern.origin".utf8), Array("tern.path".utf8)]

    var description: String {
        func text(_ bytes: [UInt8]?) -> String {
            bytes.map { "\($0.count) bytes '\(String(decoding: $0.prefix(40), as: UTF8.self))'" } ?? "null"
        }
        let headers = headers.map { "\(String(decoding: $0.name, as: UTF8.self))=\(text($0.value))" }
        return "at \(timestamp), key \(text(key)), value \(text(value)), headers [\(headers.joined(separator: ", "))]"
    }
}

extension OwnedRecord {
    func header(_ name: String) -> String? {
        headers.last { $0.name == Array(name.utf8) }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The offset in `tern.origin`: where the record stood when it was born.
    var bornAt: Int64? { header("tern.origin").flatMap { $0.split(separator: "/").last }.flatMap { Int64($0) } }

    var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

extension RealMirror {
    func records(
        of topic: TopicName, at cluster: Int, partitions: Int = 1, within limit: Duration = .seconds(60)
    ) throws -> [OwnedRecord] {
        try Onlooker.records(
            of: topic, partitions: partitions, at: address(cluster), within: limit,
            properties: ["isolation.level": "read_committed"])
    }

    /// Every record of the source's topic is on the target once, in order, byte for byte, with Tern's two headers behind
    /// its own.
    ///
    /// - Parameter allowsRepeats: records may be there again, one step back and then on in order.
    func expectEqual(
        _ topic: TopicName, at source: Int, _ copy: TopicName, at target: Int, partitions: Int = 1,
        allowsRepeats: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let originals = try records(of: topic, at: source, partitions: partitions)
        let copies = try records(of: copy, at: target, partitions: partitions)
        for partition in 0..<Int32(partitions) {
            let left = originals.filter { $0.partition == partition }
            var right = copies.filter { $0.partition == partition }
            if allowsRepeats {
                let run = Run(of: right.map { $0.bornAt ?? -1 }, count: left.count)
                #expect(run.gaps == 0 && run.stepsBack.count <= 3, "\(run)", sourceLocation: sourceLocation)
                var seen: Set<Int64?> = []
                right = right.filter { seen.insert($0.bornAt).inserted }
            }
            #expect(left.count == right.count, "of \(topic)/\(partition)", sourceLocation: sourceLocation)
            for (original, copied) in zip(left, right) {
                var wanted = Content(original)
                // The one documented change: librdkafka reads 0 as "now".
                if wanted.timestamp == 0 { wanted.timestamp = 1 }
                let origin = "\(aliases[source])/\(topic)/\(partition)/\(original.offset)"
                guard Content(copied) == wanted, copied.header("tern.origin") == origin,
                    copied.header("tern.path") == clusters[source].clusterID,
                    copied.headers.count == original.headers.count + 2
                else {
                    Issue.record(
                        "\(topic)/\(partition)@\(original.offset): \(Content(original)) arrived as \(Content(copied)) with \(copied.header("tern.origin") ?? "no origin"), \(copied.header("tern.path") ?? "no path")",
                        sourceLocation: sourceLocation)
                    return
                }
            }
        }
    }
}

/// How the copies of one partition run: which records of the source they are, in the order of the target.
struct Run: CustomStringConvertible {
    var missing: Int
    /// Copies that come before a record which the source has before them, other than by stepping back.
    var gaps: Int
    /// How far each step back went, in records.
    var stepsBack: [Int64]
    var repeated: Int { Int(stepsBack.reduce(0, +)) }
    var description: String { "\(missing) missing, \(gaps) gaps, steps back \(stepsBack)" }

    /// - Parameters:
    ///   - offsets: the source offsets of the copies, in the order of the target.
    ///   - count: how many records the source has, from offset 0 without gaps.
    init(of offsets: [Int64], count: Int) {
        var seen = Set<Int64>()
        var stepsBack: [Int64] = []
        var gaps = 0
        var expected: Int64 = 0
        for offset in offsets {
            if offset < expected { stepsBack.append(expected - offset) } else if offset > expected { gaps += 1 }
            expected = offset + 1
            seen.insert(offset)
        }
        missing = count - seen.count
        self.gaps = gaps
        self.stepsBack = stepsBack
    }
}
