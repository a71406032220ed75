// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// A mirror of real brokers while faults come and go by a seeded plan, and afterwards a reader who knows nothing of it.
///
/// A short run by default. `make chaos` runs for as long as is wanted, with three brokers on the target:
/// `make chaos SECONDS=3600 SEED=7`.
@Suite(
    .serialized, .needsExecutable,
    .enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)))
struct ChaosTests {
    enum Delivery: String, CaseIterable {
        case atLeastOnce = "at-least-once"
        case exactlyOnce = "exactly-once"
    }

    @Test(arguments: Delivery.allCases)
    func `whatever fails for a while, nothing is lost or out of order, and exactly once nothing is there twice`(
        delivery: Delivery
    ) async throws {
        let settings = ChaosSettings.asked
        guard settings.delivery.map({ $0 == delivery.rawValue }) ?? true else { return }
        try await ChaosScene.with(settings, isExactlyOnce: delivery == .exactlyOnce) { scene in
            let start = ContinuousClock.now
            var plan = ChaosPlan(seed: settings.seed, longest: settings.longest, kinds: settings.kinds)
            var report = ChaosReport(settings.seed, delivery.rawValue)
            func isOver() -> Bool {
                settings.time.map { ContinuousClock.now - start >= $0 } ?? (report.faults >= settings.faults)
            }
            try await scene.recovered()
            while !isOver() {
                let faults = plan.next()
                do {
                    try await scene.suffer(faults)
                    report.note(faults, recovery: try await scene.recovered())
                } catch {
                    throw NeverHappened("\(report.title), fault \(report.faults + 1): \(faults): \(error)")
                }
            }
            let found = try await scene.comparison()
            report.close(found, after: ContinuousClock.now - start)
            #expect(found.isWhole, "\(report.title): \(found)")
            if delivery == .exactlyOnce { #expect(found.duplicates == 0, "\(report.title): \(found)") }
        }
    }

    @Test func `a comparison names what is missing, altered, foreign, out of order and there twice`() {
        let originals = (0..<6).map { number in
            var record = OwnedRecord.sample("t", 0, key: "k", value: "\(number)", timestamp: 1)
            record.offset = Int64(number)
            return record
        }
        func copies(_ offsets: [Int]) -> [OwnedRecord] {
            offsets.map { offset in
                var copy = OwnedRecord.sample("t", 0, key: "k", value: "\(offset)", timestamp: 1)
                copy.headers = [.init(name: Array("tern.origin".utf8), value: Array("a/t/0/\(offset)".utf8))]
                return copy
            }
        }
        func found(_ copies: [OwnedRecord]) -> ChaosComparison { ChaosComparison(originals, copies, partitions: 1) }
        #expect(found(copies([0, 1, 2, 3, 4, 5])).description.hasPrefix("6 records: 0 lost, 0 altered, 0 aborted"))
        let repeated = found(copies([0, 1, 2, 3, 2, 3, 4, 5]))
        #expect(repeated.isWhole && repeated.duplicates == 2 && repeated.longestStepBack == 2)
        #expect(found(copies([0, 1, 2, 4, 5])).lost == 1)
        #expect(found(copies([0, 1, 2, 4, 3, 5])).reordered == 1)
        let late = found(copies([0, 1, 2, 3, 4, 2, 3, 5]))
        #expect(late.isWhole && late.duplicates == 2 && late.late == 1)
        #expect(found(copies([0, 1, 2, 3, 4, 5, 9])).aborted == 1)
        var altered = copies([0, 1, 2, 3, 4, 5])
        altered[3].value = Array("x".utf8)
        #expect(found(altered).altered == 1)
    }
}
