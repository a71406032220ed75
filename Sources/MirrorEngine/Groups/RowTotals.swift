// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What a flow has written for consumer groups since the process started: counted where it is written, read by whoever
/// shows it.
final class RowTotals: Sendable {
    struct Values: Sendable {
        var heartbeats: Int64 = 0
        var offsetSyncs: Int64 = 0
        var checkpoints: Int64 = 0
        var groupOffsets: Int64 = 0
    }

    private let values = Mutex(Values())

    var current: Values { values.withLock { $0 } }

    func count(_ change: (inout Values) -> Void) { values.withLock { change(&$0) } }
}
