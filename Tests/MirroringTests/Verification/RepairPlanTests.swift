// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Mirroring

/// When a report is no longer about what is there.
@Suite struct RepairPlanTests {
    private let partition = RepairPlan.Partition(
        source: TopicPartition("t", 0), target: TopicPartition("A.t", 0), sourceEnd: 100, targetEnd: 90,
        runs: [.init(offsets: 10...19, count: 10, digest: 1)], isCompacted: false)

    @Test func `logs that have grown are those of the report`() {
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: 10, sourceEnd: 100, targetEnd: 90) == nil
                && RepairPlan.staleness(of: partition, sourceStart: 0, sourceEnd: 200, targetEnd: 300) == nil)
    }

    @Test func `logs that have shrunk, are gone or have expired make it stale, with the cause`() {
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: 0, sourceEnd: 99, targetEnd: 90)
                == "t/0 ended at 100, and ends at 99 now")
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: 0, sourceEnd: 100, targetEnd: 0)
                == "A.t/0 ended at 90, and ends at 0 now")
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: 11, sourceEnd: 100, targetEnd: 90)
                == "t/0 starts at 11 now: offset 10 is no longer there")
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: nil, sourceEnd: nil, targetEnd: 90)
                == "t/0 is not there any more")
        #expect(
            RepairPlan.staleness(of: partition, sourceStart: 0, sourceEnd: 100, targetEnd: nil)
                == "A.t/0 is not there any more")
    }

    @Test func `compacted logs are compared by each key's latest value, in as many passes as fit`() {
        func print(_ key: UInt64, _ value: UInt64) -> RecordPrint { VerificationModel.print(key, value, 0, 5) }
        for capacity in [10_000, 40] {
            var found: [Difference.Kind: Int64] = [:]
            var matched: Int64 = 0
            var pass: UInt64 = 0
            var passes: UInt64 = 1
            repeat {
                var source = KeyTable(pass: pass, of: passes, capacity: capacity)
                var target = KeyTable(pass: pass, of: passes, capacity: capacity)
                for number in 0..<600 {
                    let key = UInt64(number % 200) + 1
                    source.add(print(key, UInt64(number)), offset: Int64(number), isDeleted: key == 9 && number > 400)
                    // Key 5 is not there, key 6 has an older value, and key 9 was deleted on both sides.
                    if number >= 400, key != 5, key != 9 {
                        let value = key == 6 ? UInt64(number - 200) : UInt64(number)
                        target.add(print(key, value), offset: Int64(number - 400), isDeleted: false)
                    }
                }
                target.add(print(7000, 1), offset: 900, isDeleted: false)
                if pass == 0 {
                    passes = max(source.passes, target.passes)
                    source.divide(into: passes)
                    target.divide(into: passes)
                }
                var report = PartitionReport(
                    scope: PartitionScope(
                        source: TopicPartition("t", 0), target: TopicPartition("t", 0), range: 0..<600,
                        targetRange: 0..<901, progress: 600, isCompacted: true))
                KeyTable.compare(source, target, &report)
                found.merge(report.differences.counts) { $0 + $1 }
                matched += report.matched
                pass += 1
            } while pass < passes
            #expect(found == [.missing: 1, .staleKey: 1, .foreign: 1] && matched == 198)
            #expect(passes == 1 || capacity == 40)
        }
    }
}
