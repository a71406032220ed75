// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import Platform
internal import Synchronization

/// Makes a wait on a client's queue end early, from any thread; harmless when nothing waits or the client is gone.
///
/// The corresponding C function is `rd_kafka_queue_yield`.
public final class Interrupter: Sendable {
    private let queue: Mutex<NativeAddress?>
    private let isPending = Atomic<Bool>(false)
    private let doorbell = Mutex<Doorbell?>(nil)

    /// Retires before the owner of the queue gives it up.
    init(queue: OpaquePointer) { self.queue = Mutex(NativeAddress(queue)) }

    public func interrupt() {
        isPending.store(true, ordering: .releasing)
        queue.withLock { if let queue = $0 { rd_kafka_queue_yield(queue.pointer) } }
        doorbell.withLock { $0 }?.ring()
    }

    /// Who waits for several clients is woken as well.
    public func ring(_ doorbell: Doorbell) { self.doorbell.withLock { $0 = doorbell } }

    /// Whether there was an interruption since the last call: a poll without a wait eats librdkafka's own note of it.
    func takePending() -> Bool { isPending.exchange(false, ordering: .acquiring) }

    func retire() { queue.withLock { $0 = nil } }
}
