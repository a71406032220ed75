// SPDX-License-Identifier: Apache-2.0

/// A first-in, first-out queue of values that cannot be copied, for the few that must wait aside. Thread-confined.
///
/// Records in it are held: it must be emptied before their consumer is closed.
public final class ParkingQueue<Element: ~Copyable> {
    private var storage: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var head = 0
    public private(set) var count = 0

    public init(capacity: Int = 16) {
        self.capacity = max(1, capacity)
        storage = .allocate(capacity: self.capacity)
    }

    public var isEmpty: Bool { count == 0 }

    public func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (storage + (head + count) % capacity).initialize(to: element)
        count += 1
    }

    /// Puts one back in front of all others.
    public func prepend(_ element: consuming Element) {
        if count == capacity { grow() }
        head = (head + capacity - 1) % capacity
        (storage + head).initialize(to: element)
        count += 1
    }

    public func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = (storage + head).move()
        head = (head + 1) % capacity
        count -= 1
        return element
    }

    /// Looks at the first one where it lies; nil when there is none.
    public func withFirst<Result>(_ body: (borrowing Element) throws -> Result) rethrows -> Result? {
        count > 0 ? try body(storage[head]) : nil
    }

    public func removeAll() {
        while count > 0 { _ = popFirst() }
    }

    private func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        for index in 0..<count { (larger + index).initialize(to: (storage + (head + index) % capacity).move()) }
        storage.deallocate()
        storage = larger
        capacity *= 2
        head = 0
    }

    deinit {
        removeAll()
        storage.deallocate()
    }
}

/// Records that wait aside while a partition is probed.
public typealias RecordQueue = ParkingQueue<Record>

/// Records that wait with their headers already detached.
public typealias OutgoingRecordQueue = ParkingQueue<OutgoingRecord>
