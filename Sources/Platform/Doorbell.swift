// SPDX-License-Identifier: Apache-2.0
internal import CPlatform
internal import Glibc

/// Wakes a thread that waits for several sources at once, from any thread.
///
/// A descriptor of the system (`eventfd`), to which eight bytes are written by whoever has something for a waiter that found nothing.
public final class Doorbell: Sendable {
    public let descriptor: Int32

    /// - Throws: when the process has no descriptor left.
    public init() throws(SystemFailure) {
        descriptor = tern_doorbell_new()
        guard descriptor >= 0 else { throw .last() }
    }

    public func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Returns when it was rung since the last call, or after so long.
    public func wait(within limit: Duration) {
        var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptors, 1, Int32(clamping: Int64((limit / .milliseconds(1)).rounded(.up)))) > 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }

    deinit { close(descriptor) }
}
