// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
import Foundation
import KafkaTypes
import Testing

@Suite struct ConfigurationSchemaTests {
    @Test func `every key says what it is for and what holds without it`() {
        for row in ConfigurationSchema.keys {
            #expect(row.documentation.count > 10 && row.documentation.hasSuffix("."), "\(row.name)")
            if case .absent(let text) = row.standard { #expect(!text.isEmpty, "\(row.name)") }
        }
    }

    @Test func `no key stands twice in one place`() {
        var seen: Set<String> = []
        for row in ConfigurationSchema.keys {
            let places: [String] =
                if case .client(let kinds) = row.scope { kinds.map(\.rawValue) } else { ["\(row.scope)"] }
            for place in places { #expect(seen.insert("\(place) \(row.name)").inserted, "\(row.name)") }
        }
    }

    @Test func `every default is a value that the key takes`() {
        for row in ConfigurationSchema.keys {
            guard let text = row.standardValue else { continue }
            switch row.type {
            case .boolean: #expect(JavaText.boolean(text) != nil, "\(row.name)")
            case .integer(let range), .duration(_, let range), .bytes(let range):
                #expect(JavaText.integer(text).map(range.contains) == true, "\(row.name)")
            case .choice(let words): #expect(words.contains(text), "\(row.name)")
            case .patterns: #expect(throws: Never.self) { try NamePatternList(JavaText.list(text)) }
            case .address: #expect(ListenAddress(parsing: text, defaultPort: nil) != nil)
            case .decimal, .text, .list, .className, .password: break
            }
        }
    }

    @Test func `the defaults of the schema are those of the values`() throws {
        let loaded = loadConfiguration(twoClusters)
        let read = try #require(loaded.configuration)
        #expect(read.http == HTTPConfiguration())
        #expect(read.log == LogConfiguration())
        #expect(read.meter == MeterConfiguration())
        #expect(read.health == HealthConfiguration(cluster: "B", region: "B"))
        let flow = try #require(loaded.flow("A", "B"))
        let standard = FlowConfiguration(name: flow.name, isEnabled: true, topics: flow.topics)
        #expect(flow.limits == standard.limits)
        #expect(flow.progressTopic == standard.progressTopic)
        #expect(flow.flushInterval == standard.flushInterval)
        #expect(flow.shutdownTimeout == standard.shutdownTimeout)
        #expect(flow.refreshInterval == standard.refreshInterval)
        #expect(flow.adminTimeout == standard.adminTimeout)
        #expect(flow.replicationFactor == standard.replicationFactor)
        #expect(flow.lanesReplicationFactor == standard.lanesReplicationFactor)
        #expect(flow.laneCount == standard.laneCount)
        #expect(flow.start == standard.start)
        #expect(flow.isolation == standard.isolation)
        #expect(flow.checkpoints == standard.checkpoints)
        #expect(flow.heartbeats == standard.heartbeats)
        #expect(flow.offsetSyncs == standard.offsetSyncs)
        #expect(flow.maximumHops == nil)
        #expect(flow.emitsSourceGroupOffsets)
        #expect(!flow.topicSync.filter.keeps("min.insync.replicas"))
        #expect(flow.topicSync.filter.keeps("retention.ms"))
    }

    @Test func `a former name's key exists`() {
        for row in ConfigurationSchema.formerKeys {
            if case .renamed(let name, _) = row.effect { #expect(!ConfigurationSchema.rows(named: name).isEmpty) }
        }
    }

    @Test func `what librdkafka is given exists there`() {
        for row in ConfigurationSchema.keys {
            guard case .client(let translation) = row.effect else { continue }
            switch translation {
            case .number(let names, _):
                for name in names { #expect(LibrdkafkaProperties.scope(of: name) != nil, "\(name)") }
            case .text(let name):
                #expect(LibrdkafkaProperties.scope(of: name) != nil, "\(name)")
            case .security, .engine, .compressionLevel: break
            }
        }
    }

    @Test func `docs configuration md is printed from the schema`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        let written = try String(contentsOf: file, encoding: .utf8)
        let printed = ConfigurationReference.markdown()
        // Set this variable to write the file anew.
        if written != printed, ProcessInfo.processInfo.environment["TERN_WRITE_DOCS"] != nil {
            try printed.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(written == printed, "run this test with TERN_WRITE_DOCS=1 and commit docs/configuration.md")
        }
    }

    @Test(arguments: ["tern", "examples/active-passive", "examples/active-active", "examples/hub-and-spoke"])
    func `the files that come with Tern have no problem`(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "config/\(name).properties")
        let loaded = ConfigurationLoader.load(file: name, text: Array(try Data(contentsOf: file)))
        #expect(loaded.problems == [])
        #expect(loaded.configuration?.flows.contains { $0.isEnabled } == true)
    }
}
