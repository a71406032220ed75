// SPDX-License-Identifier: Apache-2.0
@testable import TopicPlanning
import Testing
import Text

@Suite struct TopicSettingTests {
    @Test(arguments: [
        ("retention.ms", "7d", "604800000"), ("retention.ms", "forever", "-1"), ("retention.ms", "unlimited", "-1"),
        ("retention.ms", "-1", "-1"), ("retention.ms", "-2", nil), ("retention.ms", "7GiB", nil),
        ("retention.bytes", "10GiB", "10737418240"), ("retention.bytes", "forever", "-1"),
        ("retention.bytes", "7d", nil),
        ("flush.ms", "unlimited", "9223372036854775807"), ("flush.ms", "-1", nil), ("segment.ms", "0", nil),
        ("local.retention.ms", "inherit", "-2"), ("local.retention.ms", "-2", "-2"),
        ("local.retention.bytes", "1GB", "1000000000"),
        ("max.message.bytes", "1MiB", "1048576"), ("max.message.bytes", "2GiB", nil), ("segment.bytes", "13", nil),
        ("min.insync.replicas", "2", "2"), ("min.insync.replicas", "0", nil), ("min.insync.replicas", "02", nil),
        ("min.insync.replicas", "2.0", nil), ("min.insync.replicas", "two", nil),
        ("compression.gzip.level", "-1", "-1"), ("compression.gzip.level", "0", nil),
        ("compression.gzip.level", "9", "9"),
        ("compression.zstd.level", "-7", "-7"), ("compression.zstd.level", "23", nil),
        ("min.cleanable.dirty.ratio", "0.5", "0.5"), ("min.cleanable.dirty.ratio", "1.1", nil),
        ("min.cleanable.dirty.ratio", "nan", nil), ("min.cleanable.dirty.ratio", "5e-1", nil),
        ("preallocate", "true", "true"), ("preallocate", "yes", nil), ("preallocate", "True", nil),
        ("preallocate", "on", nil),
        ("compression.type", "zstd", "zstd"), ("compression.type", "ZSTD", nil), ("compression.type", "none", nil),
        ("cleanup.policy", "compact,delete", "compact,delete"), ("cleanup.policy", "compact, delete", "compact,delete"),
        ("cleanup.policy", "delete,delete", nil), ("cleanup.policy", "", ""), ("cleanup.policy", "none", ""),
        ("cleanup.policy", "none,delete", nil), ("cleanup.policy", "compacted", nil),
        ("message.timestamp.type", "LogAppendTime", "LogAppendTime"), ("message.timestamp.type", "logappendtime", nil),
        ("leader.replication.throttled.replicas", "0:1,1:2", "0:1,1:2"),
    ])
    func `a value is read by the kind of its setting`(name: String, text: String, raw: String?) throws {
        let setting = try #require(TopicSettingCatalogue.setting(named: name))
        #expect((try? setting.raw(text)) == raw)
    }

    @Test(arguments: [
        ("retention.ms", "604800000", "7d"), ("retention.ms", "-1", "forever"), ("retention.ms", "-5", "-5"),
        ("retention.ms", "broken", "broken"), ("retention.bytes", "-1", "forever"),
        ("retention.bytes", "536870912", "512MiB"),
        ("flush.ms", "9223372036854775807", "unlimited"), ("local.retention.ms", "-2", "inherit"),
        ("max.message.bytes", "1048588", "1048588B"), ("min.insync.replicas", "2", "2"),
        ("preallocate", "true", "true"),
        ("not.known", "604800000", "604800000"),
    ])
    func `a value is shown as people write it`(name: String, raw: String, human: String) {
        #expect(TopicSettingCatalogue.human(name, raw) == human)
    }

    @Test func `what is shown is read back as the same value`() throws {
        for setting in TopicSettingCatalogue.settings {
            for raw in [
                "-2", "-1", "1", "4096", "604800000", "9223372036854775807", "true", "compact,delete", "0.5", "gzip",
            ] {
                guard let value = try? setting.raw(raw) else { continue }
                #expect(try setting.raw(setting.human(value)) == value, "\(setting.name) \(raw)")
            }
        }
    }

    @Test(arguments: [
        ("cleanup.policy", "delete, compact", "compact,delete", true),
        ("cleanup.policy", "delete", "compact,delete", false),
        ("preallocate", "TRUE", "true", true), ("min.cleanable.dirty.ratio", "0.50", "0.5", true),
        ("retention.ms", " 7 ", "7", true), ("retention.ms", "7", "8", false), ("unknown", "a", "a ", false),
        // The same letters to Swift, two values to a broker.
        ("unknown", "caf\u{E9}", "cafe\u{301}", false),
    ])
    func `equal values are equal however they are spelt`(name: String, left: String, right: String, isEqual: Bool) {
        #expect(TopicSettingCatalogue.isEqual(name, left, right) == isEqual)
    }

    @Test func `a wrong value is told with the setting, the reason and what to write`() throws {
        func reason(_ name: String, _ text: String) throws -> String {
            let setting = try #require(TopicSettingCatalogue.setting(named: name))
            return try #require(throws: UnitProblem.self) { try setting.raw(text) }.reason
        }
        #expect(
            try reason("retention.ms", "7 parsecs")
                == "retention.ms: \"7 parsecs\": \"parsecs\" is not a unit of time: write 500ms, 30s, 90m, 36h or 7d, or \"forever\""
        )
        #expect(
            try reason("max.message.bytes", "2GiB")
                == "max.message.bytes: \"2GiB\" is too large: the most that Kafka takes is 2147483647B")
        #expect(
            try reason("compression.type", "zst")
                == "compression.type: \"zst\" is not one of uncompressed, zstd, lz4, snappy, gzip, producer: did you mean zstd?"
        )
        #expect(try reason("preallocate", "no") == "preallocate: \"no\" is not read as false here: write false")
        #expect(try reason("min.insync.replicas", "010").contains("octal"))
    }

    @Test func `unlimited is larger than any number`() throws {
        let retention = try #require(TopicSettingCatalogue.setting(named: "retention.ms"))
        #expect(retention.magnitude("-1") == .max)
        #expect(retention.magnitude("1000") == 1000)
        #expect(retention.magnitude("x") == nil)
        let local = try #require(TopicSettingCatalogue.setting(named: "local.retention.ms"))
        #expect(local.magnitude("-2") == -2)
    }

    @Test func `the catalogue is in order, documented, and has each name once`() {
        let names = TopicSettingCatalogue.settings.map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        #expect(names.count == 36)
        for setting in TopicSettingCatalogue.settings {
            #expect(setting.summary.hasSuffix("."), "\(setting.name)")
        }
        #expect(
            TopicSettingCatalogue.settings.filter(\.isDroppedByKafka4).map(\.name) == [
                "message.downconversion.enable", "message.format.version", "message.timestamp.difference.max.ms",
            ])
    }

    @Test(arguments: [
        ("retention.m", "retention.ms"), ("retention_ms", "retention.ms"), ("retentionMs", "retention.ms"),
        ("retention", "retention.bytes"), ("cleanup.polcy", "cleanup.policy"), ("cleanup", "cleanup.policy"),
        ("min.isr", nil), ("min.insync.replica", "min.insync.replicas"), ("max.messages.bytes", "max.message.bytes"),
        ("max.mesasge.bytes", "max.message.bytes"), ("confluent.value.schema.validation", nil), ("x", nil), ("", nil),
        ("...", nil), ("RETENTION.MS", "retention.ms"),
    ])
    func `a misspelt name finds the one it stands for`(name: String, expected: String?) {
        #expect(TopicSettingCatalogue.nearestName(to: name) == expected)
    }
}
