// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// Where records live while a producer has them: it reads their values from there until it reports on them, so the
/// report frees them, whatever it says.
///
/// A slot's index, plus one, goes along as the opaque of the message. Invariants, checked by ``checkInvariants()``:
/// A. `count` slots are in use; all others are on the free list, once.
/// B. A slot in use is freed exactly once: by its report, by a refused produce call, or by ``removeAll()``.
struct RecordSlots: ~Copyable {
    struct Slot {
        /// The lent record; nil for a copied one and in a free slot.
        var message: UnsafeMutablePointer<rd_kafka_message_t>?
        var token: UInt64
        /// In a free slot the next free one, or -1; -2 in one in use.
        var nextFree: Int
    }

    private static let inUse = -2
    private var slots: UnsafeMutablePointer<Slot>
    private var capacity: Int
    private var firstFree: Int
    private(set) var count = 0

    init(capacity: Int = 1024) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
        firstFree = 0
        link(from: 0)
    }

    /// Takes a slot. The storage doubles when all are in use, so that in the long run nothing is allocated.
    mutating func insert(_ message: UnsafeMutablePointer<rd_kafka_message_t>?, token: UInt64) -> Int {
        if firstFree < 0 { grow() }
        let index = firstFree
        firstFree = slots[index].nextFree
        slots[index] = Slot(message: message, token: token, nextFree: Self.inUse)
        count += 1
        return index
    }

    subscript(index: Int) -> Slot {
        precondition(
            index >= 0 && index < capacity && slots[index].nextFree == Self.inUse,
            "report for slot \(index), not in use")
        return slots[index]
    }

    /// Frees the slot, but not the record that was in it.
    mutating func remove(_ index: Int) {
        slots[index] = Slot(message: nil, token: 0, nextFree: firstFree)
        firstFree = index
        count -= 1
    }

    /// Frees all slots, and gives up what is still lent.
    mutating func removeAll() -> [UnsafeMutablePointer<rd_kafka_message_t>] {
        var lent: [UnsafeMutablePointer<rd_kafka_message_t>] = []
        for index in 0..<capacity where slots[index].nextFree == Self.inUse {
            if let message = slots[index].message { lent.append(message) }
            remove(index)
        }
        return lent
    }

    func checkInvariants() -> Bool {
        var free = Set<Int>()
        var index = firstFree
        while index >= 0 {
            guard slots[index].nextFree != Self.inUse, free.insert(index).inserted else { return false }
            index = slots[index].nextFree
        }
        return free.count == capacity - count
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: slots, count: capacity)
        slots.deallocate()
        slots = larger
        firstFree = capacity
        capacity *= 2
        link(from: firstFree)
    }

    private func link(from first: Int) {
        for index in first..<capacity {
            (slots + index).initialize(
                to: Slot(message: nil, token: 0, nextFree: index + 1 < capacity ? index + 1 : -1))
        }
    }

    deinit { slots.deallocate() }
}
