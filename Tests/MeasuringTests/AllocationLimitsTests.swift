// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Measuring

@Suite struct AllocationLimitsTests {
    private func sample(_ name: String, _ mallocs: Double?) -> MicroSample {
        MicroSample(name: name, unit: "record", count: 1, nanoseconds: 1, mallocs: mallocs)
    }

    private func failure(_ limits: [String: Double], _ samples: [MicroSample]) -> String? {
        do {
            _ = try AllocationLimits(limits: limits).rows(of: samples)
            return nil
        } catch { return "\(error)" }
    }

    @Test func `a measurement at its limit is kept, one above is not`() throws {
        let rows = try AllocationLimits(limits: ["a": 2, "b": 2]).rows(of: [sample("a", 2), sample("b", 2.001)])
        #expect(rows.map(\.isKept) == [true, false])
    }

    @Test func `what is measured and what has a limit are the same things`() {
        #expect(failure(["a": 1], [sample("a", 1), sample("b", 1)]) == "'b' has no limit")
        #expect(
            failure(["a": 1, "b": 1], [sample("a", 1)]) == "'b' has a limit, but nothing of that name is measured")
        #expect(
            failure(["a": 1], [sample("a", nil)])
                == "'a': allocations are not counted: the program is not linked with jemalloc")
    }

    @Test func `the limits of the repository are numbers by name`() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        let limits = try AllocationLimits(file: root.appending(path: "Tests/Thresholds/allocations.json").path)
        #expect(limits.limits.count == 6)
        #expect(limits.limits["mirror 1024 bytes"] != nil)
    }
}
