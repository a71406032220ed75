// SPDX-License-Identifier: Apache-2.0
@testable import Kafka
@testable import Mirroring
import KafkaTypes
import TernConfiguration

/// Headers of records and rows of topics: written by anybody who may write there.
extension FuzzedParser {
    static let records = [
        FuzzedParser("headers", readHeaders),
        FuzzedParser("progress", readProgress),
        FuzzedParser("witness", readWitness),
        FuzzedParser("offset-map", readOffsetMap),
        FuzzedParser("mirrormaker-rows", readMirrorMakerRows),
        FuzzedParser("assignment", readAssignment),
        FuzzedParser("prints", readPrint),
        FuzzedParser("traceparent", readTraceParent),
    ]

    private static func readTraceParent(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let context = bytes.withRawSpan({ TraceContext($0) }) else { return }
        try promise(
            bytes.text.dropFirst(3).hasPrefix("\(context.trace)-"), "another trace is read than the header has")
        try promise(context.parent != 0, "a span has no id")
    }

    /// `tern.origin`, NUL, `tern.path`.
    private static func readHeaders(_ bytes: [UInt8]) throws(BrokenPromise) {
        let (origin, path) = bytes.cut(at: 0)
        if let header = OriginHeader(origin) {
            try promise(header.encoded == origin, "an origin that is written again differs")
            var encoder = OriginEncoder(alias: header.alias, topic: header.topic, partition: header.partition)
            let encoded = encoder.withValue(offset: header.offset) { span in
                var copy: [UInt8] = []
                copy.append(contentsOf: span)
                return copy
            }
            try promise(encoded == origin, "the lanes write another origin")
        }
        let ids = PathHeader.ids(in: path)
        if let ids {
            try promise(Array(ids.joined(separator: ",").utf8) == path, "a path that is written again differs")
            try promise(ids.allSatisfy { !$0.isEmpty }, "a path has an empty id")
            var encoder = PathEncoder(sourceClusterID: "source")
            path.withRawSpan { encoder.extend($0) }
            let extended = encoder.withExtended { span in
                var copy: [UInt8] = []
                copy.append(contentsOf: span)
                return copy
            }
            let isSane = extended.count <= PathHeader.largestBelieved
            try promise(!isSane || PathHeader.ids(in: extended) == ids + ["source"], "an extended path differs")
        }
        for naming: any ReplicationNaming in [
            PrefixNaming(source: "A") as any ReplicationNaming, IdentityNaming(source: "A"),
        ] {
            for hops in [nil, 0, 2] {
                let policy = ForwardingPolicy(
                    topic: "B.orders", naming: naming, targetClusterID: "target", directClusterIDs: ["direct"],
                    maximumHops: hops)
                let verdict = origin.withRawSpan { first in
                    path.withRawSpan { second in
                        (
                            policy.believes(first, partition: 3),
                            policy.verdict(hasHeaders: true, origin: first, path: second, partition: 3)
                        )
                    }
                }
                let isCycle = verdict.0 && ids?.contains("target") == true
                try promise(
                    isCycle == (verdict.1 == .skip(.cycle)), "a path through the target is no cycle, or another is")
            }
        }
    }

    /// A key, a line end, a value. The quick reader and Foundation's have to agree.
    private static func readProgress(_ bytes: [UInt8]) throws(BrokenPromise) {
        let (key, value) = bytes.cut(at: 0x0A)
        let blank: [UInt8] = [0x20]
        let row = SourceOffsetRow.parseKey(key)
        if let row {
            try promise(
                SourceOffsetRow.parseKey(SourceOffsetRow.key(row)) == row, "a key that is written again differs")
            try promise(row.partition >= 0, "a partition below zero")
            try promise(SourceOffsetRow.parseKey(blank + key) == row, "with a blank the key says something else")
        }
        let offset = SourceOffsetRow.parseValue(value)
        try promise(SourceOffsetRow.parseValue(blank + value) == offset, "with a blank the value says something else")
        guard let offset else { return }
        try promise(offset < .max, "no record can follow")
        try promise(SourceOffsetRow.parseValue(SourceOffsetRow.value(offset: offset)) == offset, "a value differs")
    }

    private static func readWitness(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let witness = Witness(encoded: bytes) else { return }
        try promise(Witness(encoded: witness.encoded) == witness, "written and read again it says something else")
    }

    /// Rows, as a partition's map is read from them: the length of a key, the key, the length of its value, the value. A value of no
    /// bytes is a tombstone.
    private static func readOffsetMap(_ bytes: [UInt8]) throws(BrokenPromise) {
        var rest = bytes[...]
        func take() -> [UInt8]? {
            guard let count = rest.popFirst() else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return Array(rest.prefix(Int(count)))
        }
        var map = OffsetMap()
        var positions: Set<Int64> = [0, 1, .max]
        while let key = take(), let value = take() {
            guard let place = OffsetMapRow.parseKey(key) else { continue }
            let written = OffsetMapRow.key(place.partition, first: place.first)
            try promise(written.map { key.starts(with: $0) } == true, "a key that is written again differs")
            guard !value.isEmpty else {
                map.remove(first: place.first)
                continue
            }
            guard let block = OffsetMapRow.parseValue(value, first: place.first) else { continue }
            let row = OffsetMapRow(place.partition, block)
            try promise(
                OffsetMapRow.parseValue(row.value, first: place.first) == block, "a value that is written again differs"
            )
            for segment in block.segments {
                try promise(segment.source >= block.first && segment.count > 0, "a segment begins before its block")
                try promise(segment.sourceEnd <= block.covered, "a segment ends behind its block")
                positions.formUnion([segment.source, segment.sourceEnd, segment.target, segment.targetEnd])
            }
            positions.formUnion([block.first, block.covered])
            map.apply(block)
        }
        for position in positions {
            _ = (map.translate(position), map.translateBack(position), map.copyCount(from: position))
        }
    }

    /// The length of the key, the key, the value.
    private static func readMirrorMakerRows(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let count = bytes.first else { return }
        let key = Array(bytes.dropFirst().prefix(Int(count)))
        let value = Array(bytes.dropFirst(Int(count) + 1))
        if let row = OffsetSyncRow(key: key, value: value) {
            try promise(row.key.map { key.starts(with: $0) } == true, "a sync's key differs")
            try promise(value.starts(with: row.value), "a sync's value differs")
        }
        if let row = CheckpointRow(key: key, value: value) {
            try promise(row.key.map { key.starts(with: $0) } == true, "a checkpoint's key differs")
            try promise(row.value.map { value.starts(with: $0) } == true, "a checkpoint's value differs")
        }
    }

    private static func readAssignment(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let partitions = MemberAssignment.partitions(in: bytes) else { return }
        try promise(partitions.count * 4 <= bytes.count, "more partitions than bytes")
    }

    /// The same bytes have the same print, wherever they lie.
    private static func readPrint(_ bytes: [UInt8]) throws(BrokenPromise) {
        let print = bytes.withUnsafeBytes { ContentHash.xxh64($0, seed: 1) }
        for shift in 1...7 {
            let moved = [UInt8](repeating: 0, count: shift) + bytes
            let other = moved.withUnsafeBytes {
                ContentHash.xxh64(UnsafeRawBufferPointer(rebasing: $0[shift...]), seed: 1)
            }
            try promise(other == print, "the print depends on where the bytes lie")
        }
    }
}
