// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTypes
import Mirroring
import Testing
import TernConfiguration

@testable import MirrorEngine

/// A field that nothing sets and a state that nothing reaches look like facts to whoever reads them. Here the code that
/// could set them is searched; that what is set is also shown is `Everything that is shown` in MirrorWebTests.
@Suite struct `Everything in the status` {
    private let lines: [Substring]

    init() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        var lines: [Substring] = []
        for folder in ["MirrorEngine", "Mirroring/Lag", "Mirroring/Partitions", "Mirroring/Traffic"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: "Sources/\(folder)"), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                // Neither comments nor declarations set anything.
                lines += text.split(separator: "\n").filter { !$0.contains("///") && !$0.contains(" var ") }
            }
        }
        self.lines = lines
    }

    /// Assigned, counted up, handed to an initializer, or recorded into; not merely summed up.
    private func isSet(_ field: String) throws -> Bool {
        let setter = try Regex(#"\b"# + field + #"(\[[^\]]*\])?(: | \+?= |(\.\w+)?\.record\(|\.add\()"#)
            .wordBoundaryKind(.simple)
        return lines.contains { line in
            guard line.contains(field), let found = line.firstMatch(of: setter) else { return false }
            let source = line[found.range.upperBound...]
            return !["other", "lanes", "sum"].contains { source.contains("\($0).\(field)") }
        }
    }

    private func fields(of value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }

    @Test func `is set by the engine, field by field`() throws {
        let name = FlowName(source: "a", target: "b")
        let values: [Any] = [
            MirrorStatus(version: "", startedAt: 0), ClusterStatus(alias: "a"), RegionCheckStatus(),
            FlowStatus(name: name, isEnabled: true, state: .starting, since: 0),
            TopicStatus(topic: "t", targetTopic: "t"),
            TopicNotMirrored(topic: "t", reason: ""), TopicCounters(), FlowCounters(), StageDurations(), LaneTotals(),
            LinkTraffic(),
            PartitionStatus(partition: 0), PartitionStop(state: .unknown, code: "", offset: nil, since: 0, text: ""),
        ]
        for value in values {
            let names = fields(of: value)
            #expect(!names.isEmpty)
            for field in names { #expect(try isSet(field), "\(type(of: value)).\(field) is set by nothing") }
        }
    }

    /// Named where a value is made, not only where one is compared.
    private func isMade(_ state: String) throws -> Bool {
        let word = try Regex(#"\."# + state + #"\b"#).wordBoundaryKind(.simple)
        return lines.contains { line in
            guard let found = line.firstMatch(of: word) else { return false }
            let before = line[..<found.range.lowerBound]
            let isPattern = before.contains("case ") && !before.contains(":")
            return !before.hasSuffix("== ") && !before.hasSuffix("!= ") && !isPattern && !before.contains("contains")
        }
    }

    @Test func `has no state that nothing reaches`() throws {
        for state in FlowState.allCases { #expect(try isMade("\(state)"), "no flow is ever \(state)") }
        for state in PartitionStateWord.allCases { #expect(try isMade("\(state)"), "no partition is ever \(state)") }
    }
}
