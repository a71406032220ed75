// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Messages for a thread that polls something else: it takes them when it comes round, and is woken to come round.
public final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let wake: @Sendable () -> Void
    private let arrived = Semaphore()

    /// - Parameter wake: interrupts whatever the owner of the mailbox waits on.
    public init(wake: @escaping @Sendable () -> Void = {}) { self.wake = wake }

    public func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        arrived.signal()
        wake()
    }

    /// Waits until a message has come or the time is over, then takes all; for a thread that polls nothing else.
    ///
    /// A signal may be left over from a message that was already taken: it is no reason to return with nothing.
    public func takeAll(within limit: Duration) -> [Message] {
        let deadline = ContinuousClock.now + limit
        while true {
            let waiting = takeAll()
            let remaining = deadline - .now
            guard waiting.isEmpty, remaining > .zero else { return waiting }
            arrived.wait(within: remaining)
        }
    }

    /// All messages that have come since the last call, in order.
    public func takeAll() -> [Message] {
        messages.withLock { waiting in
            guard !waiting.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }
}
