// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import MirrorCommands

/// What is said of records that are none.
@Suite struct QuarantineUsageTests {
    @Test func `a record is named by its topic, partition and offset on the source`() throws {
        let (place, offset) = try QuarantineFamily.place("orders/3:42")
        #expect(place == TopicPartition("orders", 3) && offset == 42)
    }

    @Test(arguments: [
        "", "orders", "orders/3", "orders:42", "/3:42", "orders/x:1", "orders/3:", "orders/3:-1", "a/-1:1",
    ])
    func `what names no record is refused, with an example`(text: String) {
        #expect(
            throws: CommandFailure.usage("--record: '\(text)' names no record, write for example orders/3:42")
        ) { try QuarantineFamily.place(text) }
    }

    @Test(arguments: ["replay", "drop", "show"])
    func `nothing is done to records that nobody named`(verb: String) async {
        let outcome = await tern("quarantine", verb, "x.properties")
        #expect(outcome.status == .usage && outcome.diagnostics.contains("--record"), "\(outcome.diagnostics)")
    }
}
