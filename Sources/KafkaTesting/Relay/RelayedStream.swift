// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// One direction of a relayed connection.
final class RelayedStream {
    private struct Chunk {
        var bytes: ArraySlice<UInt8>
        var due: ContinuousClock.Instant
    }

    let source: Int32
    let target: Int32
    private var waiting: [Chunk] = []
    private var head = 0
    private var waitingBytes = 0
    private var lastDue = ContinuousClock.now
    private(set) var hasEnded = false
    private(set) var isBlocked = false
    private(set) var carried = 0

    /// What Linux lets a connection have on its way unless told otherwise (`tcp_rmem`).
    private static let window = 6 << 20
    private static let chunk = 16 << 10

    init(from source: Int32, to target: Int32) {
        self.source = source
        self.target = target
    }

    var hasRoom: Bool { !hasEnded && waitingBytes < Self.window }
    var isEmpty: Bool { head == waiting.count }
    /// When the next of it arrives.
    var nextDue: ContinuousClock.Instant? { isEmpty ? nil : waiting[head].due }

    /// Takes a chunk of what the sender has written.
    ///
    /// - Parameter leaves: says when these bytes are on the link; what it says is what they are delayed by beside `delay`.
    /// - Returns: false when the connection is broken.
    func read(delay: Duration, leaves: (ArraySlice<UInt8>) -> ContinuousClock.Instant) -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        let count = recv(source, &bytes, bytes.count, 0)
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        hasEnded = count == 0
        // A shorter round trip must not have it overtake what is on its way.
        lastDue = max(lastDue, leaves(bytes[..<count]) + delay)
        waiting.append(Chunk(bytes: bytes[..<count], due: lastDue))
        waitingBytes += count
        return true
    }

    /// Hands on what has arrived.
    /// - Returns: false when the connection is broken.
    func deliver(_ now: ContinuousClock.Instant) -> Bool {
        isBlocked = false
        while !isEmpty, waiting[head].due <= now {
            let bytes = waiting[head].bytes
            if bytes.isEmpty {
                shutdown(target, Int32(SHUT_WR))
            } else {
                let count = bytes.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count >= 0 else {
                    isBlocked = errno == EAGAIN
                    return isBlocked || errno == EINTR
                }
                carried += count
                waitingBytes -= count
                if count < bytes.count {
                    waiting[head].bytes = bytes.dropFirst(count)
                    isBlocked = true
                    return true
                }
            }
            head += 1
            if head == waiting.count || head > 256 {
                waiting.removeFirst(head)
                head = 0
            }
        }
        return true
    }
}
