// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Text

@testable import MirrorCommands

/// A mirror's copy that is taken away and written anew with faults, and what `tern verify` must say of them.
struct FaultyCopy {
    /// One record's fault, as reports have it.
    struct Fault: Hashable, Comparable, CustomStringConvertible {
        var kind: String
        var partition: Int64
        /// On the source; of foreign records on the target.
        var offset: Int64
        var description: String { "\(kind) \(partition)/\(offset)" }
        static func < (left: Fault, right: Fault) -> Bool {
            (left.partition, left.offset, left.kind) < (right.partition, right.offset, right.kind)
        }
    }

    private(set) var partitions: [[OwnedRecord]]
    private(set) var faults: Set<Fault> = []

    init(_ records: [OwnedRecord], partitions: Int) {
        self.partitions = (0..<Int32(partitions)).map { partition in records.filter { $0.partition == partition } }
    }

    /// Plants faults of every kind, each on a record of its own.
    mutating func plant(_ count: Int) {
        let spacing = 12
        let perPartition = (count + partitions.count - 1) / partitions.count
        precondition(partitions.allSatisfy { $0.count > (perPartition + 2) * spacing })
        var strays: [OwnedRecord] = []
        // From the end, so that places before stay what they are.
        for number in (0..<count).reversed() {
            let partition = number % partitions.count
            let index = (number / partitions.count + 1) * spacing
            let record = partitions[partition][index]
            let offset = record.bornAt ?? -1
            func note(_ kind: String) {
                faults.insert(Fault(kind: kind, partition: Int64(partition), offset: offset))
            }
            switch number % 9 {
            case 0:
                partitions[partition].remove(at: index)
                note("missing")
            case 1:
                partitions[partition].insert(record, at: index + 2)
                note("repeated")
            case 2:
                partitions[partition].remove(at: index)
                partitions[partition].insert(record, at: index + 3)
                note("out-of-order")
            case 3:
                partitions[partition][index].key = Array("another key".utf8)
                note("altered key")
            case 4:
                partitions[partition][index].value = Array("another value".utf8)
                note("altered value")
            case 5:
                partitions[partition][index].headers.insert(OwnedHeader("added", "by hand"), at: 0)
                note("altered headers")
            case 6:
                partitions[partition][index].timestamp = Timestamp(milliseconds: 1_600_000_000_000, kind: .create)
                note("altered timestamp")
            case 7:
                var stray = partitions[partition].remove(at: index)
                stray.partition = Int32((partition + 1) % partitions.count)
                strays.append(stray)
                note("wrong-partition")
            default:
                let foreign = OwnedRecord.sample(
                    record.topic, Int32(partition), key: "foreign", value: "\(number)", timestamp: 1_650_000_000_000)
                partitions[partition].insert(foreign, at: index)
            }
        }
        for stray in strays { partitions[Int(stray.partition)].append(stray) }
        for (partition, records) in partitions.enumerated() {
            for (offset, record) in records.enumerated() where record.key == Array("foreign".utf8) {
                faults.insert(Fault(kind: "foreign", partition: Int64(partition), offset: Int64(offset)))
            }
        }
    }

    /// Takes records out of the first partition, by their places in it.
    mutating func remove(_ places: [Range<Int>]) {
        for range in places.reversed() { partitions[0].removeSubrange(range) }
    }

    /// Replaces the topic by the faulty copy.
    func write(to topic: TopicName, of cluster: RealCluster) async throws {
        try await cluster.withAdmin { admin in
            _ = try await admin.deleteTopics([topic], within: .seconds(20))
            try await eventually(within: .seconds(20), "a topic that is gone") {
                try await !admin.topics(within: .seconds(10)).contains { $0.name == topic }
            }
        }
        try await cluster.createTopic(
            topic, partitions: Int32(partitions.count), configuration: [("retention.ms", "-1")])
        try Onlooker.write(partitions.flatMap(\.self), to: cluster.bootstrapServers, within: .seconds(60))
    }

    /// What a document of `tern verify` names, one fault for each record.
    static func named(in outcome: CommandLineRun.Outcome) -> [Fault] {
        var faults: [Fault] = []
        for partition in outcome.document?["data"]?["partitions"]?.array ?? [] {
            for difference in partition["differences"]?.array ?? [] {
                let kind = difference["kind"]?.string ?? "?"
                let fields = (difference["fields"]?.array ?? []).compactMap(\.string)
                let side = difference["source"]?["first"] == nil ? difference["target"] : difference["source"]
                guard let first = side?["first"]?.integer, let last = side?["last"]?.integer else { continue }
                let number = partition["partition"]?.integer ?? -1
                for offset in first...last {
                    for name in fields.isEmpty ? [kind] : fields.map({ "\(kind) \($0)" }) {
                        faults.append(Fault(kind: name, partition: number, offset: offset))
                    }
                }
            }
        }
        return faults
    }
}
