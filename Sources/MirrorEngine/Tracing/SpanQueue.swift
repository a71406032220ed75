// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Synchronization

/// Spans that wait to be sent. Lanes put them in and wait for nobody: what does not fit is dropped and counted.
final class SpanQueue: Sendable {
    /// A collector that is away for some seconds costs no span at some hundred a second.
    static let capacity = 4_096

    private struct State {
        var waiting: [RecordSpan] = []
        var exported: Int64 = 0
        var dropped: [TracingStatus.Loss: Int64] = [:]
        var isBeingSent = false
    }
    private let state = Mutex(State())

    func offer(_ span: RecordSpan) {
        state.withLock { state in
            guard state.waiting.count < Self.capacity else { return state.dropped[.queueFull, default: 0] += 1 }
            state.waiting.append(span)
        }
    }

    /// - Returns: `false` where a round is under way: two would send the same spans.
    func beginRound() -> Bool {
        state.withLock { state in
            defer { state.isBeingSent = true }
            return !state.isBeingSent
        }
    }

    func endRound() { state.withLock { $0.isBeingSent = false } }

    /// The oldest, at most so many; they stay until ``settle(_:lost:because:)``.
    func first(_ count: Int) -> [RecordSpan] { state.withLock { Array($0.waiting.prefix(count)) } }

    /// The collector has said what became of the oldest.
    func settle(_ count: Int, lost: Int64 = 0, because loss: TracingStatus.Loss = .refused) {
        state.withLock { state in
            state.waiting.removeFirst(min(count, state.waiting.count))
            state.exported += Int64(count) - lost
            if lost > 0 { state.dropped[loss, default: 0] += lost }
        }
    }

    var status: TracingStatus {
        state.withLock { TracingStatus(exported: $0.exported, dropped: $0.dropped, waiting: $0.waiting.count) }
    }
}
