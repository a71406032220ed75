// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import KafkaTypes
import Testing

@Suite struct ProgressTopicTests {
    private func complaint(_ policy: String?) -> ProgressTopicComplaint? {
        let settings = policy.map { [ConfigurationEntry(name: "cleanup.policy", value: $0, source: .dynamicTopic)] }
        return ProgressTopicComplaint("mm2-offsets.A.internal", on: "B", settings: settings ?? [])
    }

    @Test func `a progress topic that deletes its rows is refused in one line with the cure`() {
        let text =
            "mm2-offsets.A.internal on B has cleanup.policy=delete, where compact is expected: the progress of a "
            + "partition that is quiet would expire, and its records would be copied again; run: tern topic alter "
            + "mm2-offsets.A.internal -c B -s cleanup.policy=compact --allow change-cleanup-policy"
        #expect(complaint("delete")?.description == text)
        #expect(complaint("compact,delete")?.message.contains("cleanup.policy=compact,delete,") == true)
        #expect(complaint("")?.message.contains("cleanup.policy=,") == true)
    }

    @Test func `a progress topic that is compacted, or of which nothing is told, is taken`() {
        #expect(complaint("compact") == nil)
        #expect(complaint(nil) == nil)
    }
}
