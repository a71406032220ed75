// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Platform
internal import Synchronization

/// The relay's thread.
final class RelayLoop {
    private struct Pair {
        /// Towards the broker, and towards the client.
        var streams: [RelayedStream]
        var client: Int32
        var broker: Int32
        var requests = RequestFrames()
        var isOver: Bool { streams.allSatisfy { $0.hasEnded && $0.isEmpty } }
    }

    private let listener: Int32
    private let target: UInt16
    private let orders: RelayOrders
    private var link = Relay.Link()
    private var pairs: [Pair] = []
    /// Until when the link is busy with what it was given, in each direction.
    private var busyUntil = [ContinuousClock.now, .now]
    /// By connections that are no more.
    private var carriedBefore = 0
    /// Requests that are to be held back when they come, and how many were.
    private var holds: [(kind: Int16, duration: Duration)] = []
    private var held = 0
    /// Who reads first.
    private var turn = 0

    /// So long may what was given to the link wait for its turn: the rest waits in the sockets of those who send.
    private static let longestQueue = Duration.milliseconds(20)

    init(_ listener: Int32, _ target: UInt16, _ orders: RelayOrders) {
        self.listener = listener
        self.target = target
        self.orders = orders
        Loopback.prepare(listener)
    }

    func run() {
        defer { close() }
        while true {
            let wanted = orders.take()
            guard !wanted.isClosing else { return }
            link = wanted.link
            holds += wanted.holds
            for _ in 0..<wanted.resets { resetBusiest() }
            if !link.isCut {
                deliver()
                acceptAll()
                readAll()
            }
            remove(where: \.isOver, by: { Glibc.close($0) })
            tell()
            wait()
        }
    }

    private func deliver() {
        let now = ContinuousClock.now
        drop { pair in !pair.streams.allSatisfy { $0.deliver(now) } }
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            guard let broker = try? Loopback.connect(port: target) else {
                Loopback.reset(client)
                continue
            }
            Loopback.prepare(client)
            Loopback.prepare(broker)
            pairs.append(
                Pair(
                    streams: [RelayedStream(from: client, to: broker), RelayedStream(from: broker, to: client)],
                    client: client, broker: broker))
        }
    }

    /// A chunk of each that has one, each time beginning with another connection.
    private func readAll() {
        guard !pairs.isEmpty else { return }
        turn = (turn + 1) % pairs.count
        let order = Array(pairs.indices[turn...]) + Array(pairs.indices[..<turn])
        var broken: Set<Int32> = []
        for index in order {
            for (direction, stream) in pairs[index].streams.enumerated() where mayRead(stream, direction) {
                let isWhole = stream.read(delay: link.roundTrip / 2) { bytes in
                    let held = direction == 0 ? hold(pairs[index].requests.begun(by: bytes)) : .zero
                    return leave(bytes.count, direction) + held
                }
                if !isWhole { broken.insert(pairs[index].client) }
            }
        }
        drop { broken.contains($0.client) }
    }

    private func mayRead(_ stream: RelayedStream, _ direction: Int) -> Bool {
        stream.hasRoom && busyUntil[direction] - .now < Self.longestQueue
    }

    /// - Returns: for how long a chunk waits in which requests of these kinds begin.
    private func hold(_ kinds: [Int16]) -> Duration {
        guard let place = holds.firstIndex(where: { kinds.contains($0.kind) }) else { return .zero }
        held += 1
        return holds.remove(at: place).duration
    }

    /// - Returns: when so many bytes are on the link.
    private func leave(_ bytes: Int, _ direction: Int) -> ContinuousClock.Instant {
        guard let rate = link.bytesPerSecond else { return .now }
        let end = max(busyUntil[direction], .now) + .seconds(1) * Double(bytes) / Double(rate)
        busyUntil[direction] = end
        return end
    }

    private func resetBusiest() {
        guard let busiest = pairs.max(by: { $0.streams[1].carried < $1.streams[1].carried }) else { return }
        drop { $0.client == busiest.client }
    }

    private func drop(_ isBroken: (Pair) -> Bool) { remove(where: isBroken, by: Loopback.reset) }

    private func remove(where isToGo: (Pair) -> Bool, by end: (Int32) -> Void) {
        pairs.removeAll { pair in
            guard isToGo(pair) else { return false }
            carriedBefore += pair.streams[1].carried
            end(pair.client)
            end(pair.broker)
            return true
        }
    }

    private func tell() {
        let (count, carried) = (pairs.count, pairs.reduce(carriedBefore) { $0 + $1.streams[1].carried })
        orders.told.withLock { $0 = .init(connections: count, carried: carried, held: held) }
    }

    /// Until something can be done.
    private func wait() {
        var descriptors = [pollfd(fd: orders.doorbell.descriptor, events: Int16(POLLIN), revents: 0)]
        var limit: Duration?
        func wake(at instant: ContinuousClock.Instant) { limit = min(limit ?? .seconds(3600), instant - .now) }
        if !link.isCut {
            descriptors.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0))
            for pair in pairs {
                for (direction, stream) in pair.streams.enumerated() {
                    if stream.isBlocked {
                        descriptors.append(pollfd(fd: stream.target, events: Int16(POLLOUT), revents: 0))
                    } else if let due = stream.nextDue {
                        wake(at: due)
                    }
                    if mayRead(stream, direction) {
                        descriptors.append(pollfd(fd: stream.source, events: Int16(POLLIN), revents: 0))
                    } else if stream.hasRoom {
                        wake(at: busyUntil[direction] - Self.longestQueue)
                    }
                }
            }
        }
        let milliseconds = limit.map { max(0, Int32(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return }
        if descriptors[0].revents != 0 { orders.doorbell.wait(within: .zero) }
    }

    private func close() {
        drop { _ in true }
        Glibc.close(listener)
        tell()
    }
}
