// SPDX-License-Identifier: Apache-2.0

/// What a shadow consumer of a drill read on the target, against what it should have read.
public struct DrillTally: Sendable, Equatable {
    /// Records from its position on that were on the target.
    public var expected: Int64 = 0
    /// Distinct ones of them that it read.
    public var read: Int64 = 0
    /// Records before its position: read again.
    public var readAgain: Int64 = 0
    /// Expected and not read.
    public var missed: Int64 = 0
    /// Read more than once: copies that were written twice.
    public var repeated: Int64 = 0

    public init() {}

    /// - Parameters:
    ///   - positions: what it had committed on the source, by partition.
    ///   - copied: source offsets that were copied when it was moved: up to these.
    ///   - numbers: the source offsets of the records that it read on the target, in their order.
    public init(positions: [Int32: Int64], copied: [Int32: Int64], numbers: [Int32: [Int64]]) {
        for (partition, position) in positions {
            let end = copied[partition] ?? 0
            let seen = numbers[partition] ?? []
            let distinct = Set(seen)
            let wanted = distinct.count { $0 >= position && $0 < end }
            expected += max(0, end - position)
            read += Int64(wanted)
            readAgain += Int64(distinct.count { $0 < position })
            missed += max(0, end - position) - Int64(wanted)
            repeated += Int64(seen.count - distinct.count)
        }
    }

    /// Nothing missing, and nothing twice.
    public var isExact: Bool { missed == 0 && readAgain == 0 }
}

/// The steps of a drill, each once, in this order; the last one whatever became of the others.
public enum DrillStep: String, Sendable, CaseIterable {
    /// A topic of its own on the source, which daemons are told to carry.
    case prepare
    /// What was written first is on the target.
    case copied
    /// Shadow groups have committed positions on the source, and these are known on the target.
    case groups
    /// The source counts as lost from here on: the groups' offsets are written on the target.
    case move
    /// The shadow consumers read there.
    case read
    /// Everything that it made is deleted.
    case clean
}
