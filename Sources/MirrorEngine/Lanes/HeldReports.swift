// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// What the target has said of the records of an open transaction: told to the partitions when it is decided, not before.
struct HeldReports {
    struct Acknowledgement {
        var place: Int32
        var sequence: UInt32
        var targetOffset: Int64
    }

    struct Failure {
        var place: Int
        var sequence: UInt32
        var code: KafkaErrorCode
    }

    /// In the order in which they came, which is that of the target in each partition.
    var acknowledged: [Acknowledgement] = []
    var failures: [Failure] = []
    /// Partitions whose target offsets fell, with the offset and the one before it.
    var fallen: [(place: Int, offset: Int64, last: Int64)] = []
    /// When the rows were handed over.
    var sealedAt: ContinuousClock.Instant?
    /// The partitions are being told.
    var isBeingSettled = false
    /// A lane that is of no use any more ends then.
    var endsAt: Duration?

    mutating func removeAll() {
        acknowledged.removeAll(keepingCapacity: true)
        failures.removeAll()
        fallen.removeAll()
        sealedAt = nil
    }
}

/// The same of one partition.
struct HeldState {
    var lastTargetOffset: Int64?
    /// Of the last record.
    var witness: Witness?
    /// The row that was handed over.
    var row: StoredProgress?
    /// The places of copies as they are once the transaction is committed, and the offset syncs that are due then.
    var copies: CopyRecorder?
    var syncs: [OffsetPair] = []

    mutating func noteCopy(_ source: Int64, at target: Int64, _ known: CopyRecorder?) {
        if copies == nil { copies = known }
        copies?.acknowledged(source: source, target: target)
    }
}
