// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Mirroring

/// Faults that are planted on a copy are all found and named, and none more.
@Suite struct PlantedFaultTests {
    private typealias Fault = VerificationModel.Fault

    /// Plants faults on records that are far enough from each other that each has one name only.
    private func plant(_ count: Int, on model: inout VerificationModel) -> Set<Fault> {
        var faults: Set<Fault> = []
        let partitions = model.logs.count
        let spacing = 8
        let slots = model.logs[0].originals.count / spacing - 2
        var places: [(Int, Int)] = []
        for partition in 0..<partitions { for slot in 1...slots { places.append((partition, slot * spacing)) } }
        places.shuffle(using: &model.random)
        // From the end, so that places before stay what they are.
        let chosen = places.prefix(count).sorted { ($0.0, $0.1) > ($1.0, $1.1) }
        var strays: [(Int, CopiedRecord)] = []
        for (number, (partition, index)) in chosen.enumerated() {
            let original = model.logs[partition].originals[index]
            func fault(_ kind: String) {
                faults.insert(Fault(kind: kind, partition: Int32(partition), offset: original.offset))
            }
            switch number % 9 {
            case 0:
                model.logs[partition].copies.remove(at: index)
                fault("missing")
            case 1:
                model.logs[partition].copies.insert(model.copy(original), at: index + 3)
                fault("repeated")
            case 2:
                // Moved over its neighbours: one record is out of order, not those.
                model.logs[partition].copies.remove(at: index)
                model.logs[partition].copies.insert(model.copy(original), at: index + 4)
                fault("out-of-order")
            case 3...6:
                let field = Difference.Field.allCases[number % 9 - 3]
                model.logs[partition].copies[index].print = model.altered(original.print, field)
                fault("altered \(field.rawValue)")
            case 7:
                let stray = model.logs[partition].copies.remove(at: index)
                strays.append(((partition + 1) % partitions, stray))
                fault("wrong-partition")
            default:
                var foreign = CopiedRecord(offset: 0, print: model.print(), identity: nil)
                foreign.print = VerificationModel.print(1, UInt64(number), 0, 77)
                model.logs[partition].copies.insert(foreign, at: index)
            }
        }
        for (partition, stray) in strays { model.logs[partition].copies.append(stray) }
        for (partition, log) in model.logs.enumerated() {
            for (number, copy) in log.copies.enumerated() where copy.print.timestamp == 77 {
                faults.insert(Fault(kind: "foreign", partition: Int32(partition), offset: Int64(number)))
            }
        }
        return faults
    }

    @Test(arguments: 1...12, [true, false])
    func `a hundred planted faults are all found and named, and none more`(seed: Int, isLabelled: Bool) {
        var model = VerificationModel(partitions: 3, records: 4000, seed: UInt64(seed), isLabelled: isLabelled)
        let planted = plant(100, on: &model)
        let found = VerificationModel.faults(model.reports(), model.logs)
        #expect(Set(found) == planted, "more: \(Set(found).subtracting(planted)), fewer: \(planted.subtracting(found))")
        #expect(found.count == planted.count)
    }

    @Test(arguments: 1...6, [true, false])
    func `coarse ranges and small windows find the same`(seed: Int, isLabelled: Bool) {
        var model = VerificationModel(partitions: 2, records: 3000, seed: UInt64(seed), isLabelled: isLabelled)
        let planted = plant(40, on: &model)
        let found = VerificationModel.faults(model.reports(capacity: 4, window: 200), model.logs)
        #expect(Set(found) == planted, "more: \(Set(found).subtracting(planted)), fewer: \(planted.subtracting(found))")
    }

    @Test(arguments: 1...5, [true, false])
    func `a copy without a fault has no differences, also where records are alike`(seed: Int, isLabelled: Bool) {
        for sameness in [0, 2] {
            let model = VerificationModel(
                partitions: 2, records: 2000, seed: UInt64(seed), isLabelled: isLabelled, sameness: sameness)
            for report in model.reports() {
                #expect(report.isSame && report.matched == 2000, "\(report.differences)")
                #expect(report.ranges.allSatisfy { $0.isSame })
                #expect(report.ranges.reduce(0) { $0 + ($1.source?.count ?? 0) } == 2000)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a mirror that was killed repeats a run, which is one difference`(isLabelled: Bool) throws {
        var model = VerificationModel(partitions: 1, records: 3000, seed: 5, isLabelled: isLabelled)
        let again = Array(model.logs[0].copies[1000..<1500])
        model.logs[0].copies.insert(contentsOf: again, at: 1500)
        let report = try #require(model.reports().first)
        #expect(report.differences.counts == [.repeated: 500])
        let originals = model.logs[0].originals
        #expect(report.differences.kept.first?.source?.lowerBound == originals[1000].offset)
        #expect(report.differences.kept.last?.source?.upperBound == originals[1499].offset)
    }

    @Test(arguments: [true, false])
    func `records that are not copied yet are in flight, and expired copies are not missing`(isLabelled: Bool) throws {
        var model = VerificationModel(partitions: 1, records: 3000, seed: 9, isLabelled: isLabelled)
        model.logs[0].copies.removeLast(700)
        let unknown = try #require(model.reports(progress: nil).first)
        #expect(unknown.differences.isEmpty && unknown.notCompared == [.inFlight: 700])
        let behind = model.logs[0].originals[2500].offset
        let known = try #require(model.reports(progress: behind).first)
        #expect(known.notCompared == [.inFlight: 500] && known.differences.counts == [.missing: 200])
        #expect(known.differences.kept.count == 1 && known.differences.kept.first?.digest != nil)
        model.logs[0].copies.removeFirst(300)
        let expired = try #require(model.reports(progress: behind, targetLogStart: 300).first)
        #expect(expired.notCompared == [.inFlight: 500, .expiredOnTarget: 300])
    }

    @Test func `what a repair appended is counted as repaired, and is no difference`() throws {
        var model = VerificationModel(partitions: 1, records: 3000, seed: 2, isLabelled: true)
        var repaired = Array(model.logs[0].copies[40..<50] + model.logs[0].copies[2000..<2001])
        model.logs[0].copies.remove(at: 2000)
        model.logs[0].copies.removeSubrange(40..<50)
        for index in repaired.indices { repaired[index].isRepair = true }
        model.logs[0].copies += repaired
        let report = try #require(model.reports().first)
        #expect(report.isSame && report.repaired == 11 && report.matched == 3000, "\(report.differences)")
    }
}
