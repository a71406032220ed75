// SPDX-License-Identifier: Apache-2.0
import KafkaTypes

/// Finds the original of each copy in one stretch.
struct StretchMatch {
    enum Fate: Equatable {
        /// The original's copy.
        case of(Int, isInOrder: Bool)
        /// One more copy of an original that has one.
        case again(Int)
        /// Nothing here is its original.
        case none
    }
    /// Of each copy.
    private(set) var fates: [Fate]
    private let originals: [OriginalRecord]
    private let copies: [CopiedRecord]
    private var isTaken: [Bool]

    init(_ originals: [OriginalRecord], _ copies: [CopiedRecord]) {
        self.originals = originals
        self.copies = copies
        fates = [Fate](repeating: .none, count: copies.count)
        isTaken = [Bool](repeating: false, count: originals.count)
        matchByIdentity()
        matchByContent()
        matchAltered()
        findOrder()
    }

    /// Pairs that are in order on both sides.
    var pairsInOrder: [(original: Int, copy: Int)] {
        fates.indices.compactMap { copy in
            guard case .of(let original, isInOrder: true) = fates[copy] else { return nil }
            return (original, copy)
        }
    }

    private mutating func take(_ original: Int, for copy: Int) {
        fates[copy] = isTaken[original] ? .again(original) : .of(original, isInOrder: true)
        isTaken[original] = true
    }

    private mutating func matchByIdentity() {
        var places: [RecordIdentity: Int] = [:]
        places.reserveCapacity(originals.count)
        for (place, original) in originals.enumerated() {
            if let identity = original.identity { places[identity] = places[identity] ?? place }
        }
        for (place, copy) in copies.enumerated() {
            if let identity = copy.identity, let original = places[identity] { take(original, for: place) }
        }
    }

    private mutating func matchByContent() {
        guard copies.contains(where: { $0.identity == nil }) else { return }
        var places: [RecordPrint: Candidates] = [:]
        for (place, original) in originals.enumerated() {
            places[original.print, default: Candidates()].places.append(place)
        }
        var last = -1
        for (place, copy) in copies.enumerated() {
            if case .of(let original, _) = fates[place] { last = max(last, original) }
            guard copy.identity == nil, let chosen = places[copy.print]?.next(after: last, isTaken) else { continue }
            if !isTaken[chosen] { last = max(last, chosen) }
            take(chosen, for: place)
        }
    }

    /// Originals of equal content, of which there may be many.
    private struct Candidates {
        var places: [Int] = []
        private var first = 0

        /// One that is not taken, behind that place where there is one; a taken one else.
        mutating func next(after last: Int, _ isTaken: [Bool]) -> Int {
            while first < places.count, isTaken[places[first]] { first += 1 }
            guard first < places.count else { return places[0] }
            let behind = max(first, places.partitioningIndex { $0 > last })
            let chosen = places[min(behind, places.count)...].prefix(16).first { !isTaken[$0] }
            return chosen ?? places[first]
        }
    }

    /// What has no partner between the same two pairs, and is alike, is one record that was altered.
    private mutating func matchAltered() {
        guard copies.contains(where: { $0.identity == nil }) else { return }
        var waiting: [Int: [Int]] = [:]
        var last = -1
        for place in originals.indices {
            if isTaken[place] { last = place } else { waiting[last, default: []].append(place) }
        }
        guard !waiting.isEmpty else { return }
        last = -1
        for (place, copy) in copies.enumerated() {
            if case .of(let original, _) = fates[place] { last = original }
            guard fates[place] == .none, copy.identity == nil, var candidates = waiting[last] else { continue }
            let likely = candidates.prefix(64).enumerated().max { left, right in
                let (one, other) = (
                    copy.print.likeness(to: originals[left.element].print),
                    copy.print.likeness(to: originals[right.element].print)
                )
                return one < other
            }
            guard let likely, copy.print.likeness(to: originals[likely.element].print) >= 2 else { continue }
            candidates.remove(at: likely.offset)
            let slot = last
            take(likely.element, for: place)
            last = likely.element
            // Those behind it wait for the copies behind this one.
            waiting[slot] = candidates.filter { $0 < likely.element }
            waiting[last, default: []] += candidates.filter { $0 > likely.element }
        }
    }

    private mutating func findOrder() {
        let places = fates.indices.filter { if case .of = fates[$0] { !copies[$0].isRepair } else { false } }
        let numbers = places.map { place -> Int in
            guard case .of(let original, _) = fates[place] else { return 0 }
            return original
        }
        for place in fates.indices where copies[place].isRepair {
            if case .of(let original, _) = fates[place] { fates[place] = .of(original, isInOrder: false) }
        }
        let rising = RisingSequence.places(of: numbers)
        guard rising.count < numbers.count else { return }
        let isInOrder = Set(rising)
        for (index, place) in places.enumerated() where !isInOrder.contains(index) {
            fates[place] = .of(numbers[index], isInOrder: false)
        }
    }
}
