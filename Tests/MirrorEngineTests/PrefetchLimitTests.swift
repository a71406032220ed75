// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import MirrorEngine
import TernConfiguration
import Testing

/// librdkafka counts the bytes of records, and needs several times as many beside small ones.
@Suite struct PrefetchLimitTests {
    @Test(arguments: [
        ("", "65536", "16384"),
        ("prefetch.max.bytes = 4194304", "16384", "4096"),
        ("prefetch.max.bytes = 4194304\ntasks.max = 2", "8192", "2048"),
    ])
    func `what is fetched ahead is bounded in records and in bytes, over all lanes`(
        lines: String, records: String, kibibytes: String
    ) throws {
        let text = """
            clusters = A, B
            A.bootstrap.servers = a:1
            B.bootstrap.servers = b:1
            A->B.enabled = true
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "mm2.properties", text: Array(text.utf8))
        let flow = try #require(loaded.configuration?.flows.first { $0.isEnabled })
        let consumer = EngineSettings.consumer(flow, partitions: 1)
        #expect(consumer["queued.min.messages"] == records)
        #expect(consumer["queued.max.messages.kbytes"] == kibibytes)
    }
}
