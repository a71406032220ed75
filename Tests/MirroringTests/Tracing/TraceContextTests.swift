// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Mirroring

struct TraceContextTests {
    private let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func context(_ text: String) -> TraceContext? { Array(text.utf8).withRawSpan { TraceContext($0) } }

    @Test func `a traceparent names its trace, the span that wrote the record, and whether it is sampled`() throws {
        let found = try #require(context(valid))
        #expect(found.trace.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(found.parent == 0x00f0_67aa_0ba9_02b7)
        #expect(found.isSampled)
        #expect(context(valid.dropLast(2) + "00")?.isSampled == false)
        // Only the last bit says it; others are of later versions.
        #expect(context(valid.dropLast(2) + "fe")?.isSampled == false)
        #expect(context(valid.dropLast(2) + "ff")?.isSampled == true)
    }

    @Test func `of a later version what is known is read`() {
        #expect(context("cc" + valid.dropFirst(2))?.isSampled == true)
        #expect(context("cc" + valid.dropFirst(2) + "-what-the-future-will-be") != nil)
        #expect(context("cc" + valid.dropFirst(2) + ".what") == nil)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        " 0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ]) func `what is none is no trace`(text: String) {
        #expect(context(text) == nil)
    }

    @Test func `a number is written with all its digits`() {
        #expect(TraceID(high: 0, low: 0xA).description == "0000000000000000000000000000000a")
    }
}
