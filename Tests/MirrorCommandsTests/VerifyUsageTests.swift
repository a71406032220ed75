// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import MirrorCommands

/// What is said of ranges and reports that are none.
@Suite struct VerifyUsageTests {
    @Test func `ranges name a topic, a partition, a first offset and the offset behind the last`() throws {
        #expect(try VerificationFlags.range("orders/3:100-200") == (TopicPartition("orders", 3), 100..<200))
        #expect(try VerificationFlags.range("a/0:-5") == (TopicPartition("a", 0), 0..<5))
        #expect(try VerificationFlags.range("a/0:7-") == (TopicPartition("a", 0), 7..<Int64.max))
    }

    @Test(arguments: ["orders", "orders/3", "orders:1-2", "orders/x:1-2", "/1:1-2", "a/1:1", "a/-1:1-2", "a/1:x-2"])
    func `what is no range is refused, with an example`(text: String) {
        #expect(throws: CommandFailure.usage("--offsets: '\(text)' is no range, write for example orders/3:100-200")) {
            try VerificationFlags.range(text)
        }
    }

    @Test func `a range that ends before it begins is refused`() {
        #expect(throws: CommandFailure.self) { try VerificationFlags.range("a/1:9-9") }
    }

    @Test(arguments: [
        "", "{", "[]", #"{"kind":"TopicPlan","version":1}"#, #"{"kind":"VerificationReport","version":1,"data":{}}"#,
    ])
    func `a file that is no report is refused by its name`(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try SavedVerification("r.json", Array(text.utf8)) }
        #expect(failure?.status == .usage && failure?.message.hasPrefix("r.json: ") == true)
    }
}
