// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Platform
internal import Synchronization

/// A link to a broker, for tests of distance and of links that fail: whatever comes to its port is carried to another port and
/// back, as late, as slowly, or not at all, as is said at the time.
///
/// All connections share what the link carries in a second, in each direction, and have equal parts of it. A cut link closes nothing:
/// what was sent waits, as it does while a network resends. What is connected to meanwhile seems to be there and answers nothing.
public final class Relay: Sendable {
    /// What the link is like.
    public struct Link: Sendable, Hashable {
        /// Half of it is added each way.
        public var roundTrip: Duration
        /// In each direction; `nil`: as much as the machine can.
        public var bytesPerSecond: Int?
        public var isCut: Bool

        public init(roundTrip: Duration = .zero, bytesPerSecond: Int? = nil, isCut: Bool = false) {
            self.roundTrip = roundTrip
            self.bytesPerSecond = bytesPerSecond
            self.isCut = isCut
        }
    }

    /// On the loopback interface.
    public let port: UInt16
    private let shared: RelayOrders
    private let thread: Mutex<OwnedThread?>

    /// - Parameter target: a port of the loopback interface; nobody needs to listen there yet.
    public init(to target: UInt16, _ link: Link = Link()) throws {
        let (listener, port) = try Loopback.listen(backlog: 64)
        self.port = port
        let shared = RelayOrders(link, try Doorbell())
        self.shared = shared
        thread = Mutex(
            OwnedThread(name: "test-relay") {
                RelayLoop(listener, target, shared).run()
            })
    }

    /// Of what is read from now on. What is on its way arrives as it would have, but for a cut.
    public func set(_ link: Link) { shared.change { $0.link = link } }

    public func cut() { shared.change { $0.link.isCut = true } }

    public func mend() { shared.change { $0.link.isCut = false } }

    /// Resets one of the connections: the one that has carried most towards its client.
    public func resetBusiest() { shared.change { $0.resets += 1 } }

    /// Holds back the next request of a kind, and with it what comes behind it on its connection. Once for each call.
    ///
    /// - Parameter kind: the request's API key in Kafka's protocol.
    public func hold(_ kind: Int16, for duration: Duration) { shared.change { $0.holds.append((kind, duration)) } }

    /// How many requests were held back so far.
    public var heldRequests: Int { shared.told.withLock { $0.held } }

    /// How many connections there are.
    public var connectionCount: Int { shared.told.withLock { $0.connections } }

    /// What was handed to clients so far, in bytes.
    public var carriedBytes: Int { shared.told.withLock { $0.carried } }

    /// Resets all connections and listens no more.
    public func close() {
        shared.change { $0.isClosing = true }
        thread.withLock { $0.take() }?.join()
    }

    deinit { close() }
}

/// What the relay's thread is told, and tells.
final class RelayOrders: Sendable {
    struct Orders {
        var link: Relay.Link
        var resets = 0
        var holds: [(kind: Int16, duration: Duration)] = []
        var isClosing = false
    }
    struct Told {
        var connections = 0
        var carried = 0
        var held = 0
    }

    private let orders: Mutex<Orders>
    let told = Mutex(Told())
    let doorbell: Doorbell

    init(_ link: Relay.Link, _ doorbell: Doorbell) {
        orders = Mutex(Orders(link: link))
        self.doorbell = doorbell
    }

    func change(_ body: (inout Orders) -> Void) {
        orders.withLock { body(&$0) }
        doorbell.ring()
    }

    /// What is wanted now; resets and requests to hold are taken by this call.
    func take() -> Orders {
        orders.withLock { orders in
            defer { (orders.resets, orders.holds) = (0, []) }
            return orders
        }
    }
}
