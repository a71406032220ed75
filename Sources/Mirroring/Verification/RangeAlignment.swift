// SPDX-License-Identifier: Apache-2.0

/// Which ranges of the two sides have the same content, in the same order; what lies between is to be looked at record by
/// record.
public struct RangeAlignment: Sendable {
    /// Ranges without a counterpart; either side may be empty.
    public struct Gap: Sendable, Equatable {
        public var source: Range<Int>
        public var target: Range<Int>
    }
    /// Places in the two lists, rising in both.
    public private(set) var matches: [(source: Int, target: Int)] = []
    public private(set) var gaps: [Gap] = []

    public init(source: [RangeDigest], target: [RangeDigest]) {
        align(source, target, source.indices, target.indices)
        var (left, right) = (0, 0)
        func note(_ nextLeft: Int, _ nextRight: Int, _ gaps: inout [Gap]) {
            if nextLeft > left || nextRight > right {
                gaps.append(Gap(source: left..<nextLeft, target: right..<nextRight))
            }
        }
        for match in matches {
            note(match.source, match.target, &gaps)
            (left, right) = (match.source + 1, match.target + 1)
        }
        note(source.count, target.count, &gaps)
    }

    private mutating func align(
        _ source: [RangeDigest], _ target: [RangeDigest], _ lefts: Range<Int>, _ rights: Range<Int>
    ) {
        var (left, right) = (lefts.lowerBound, rights.lowerBound)
        var (leftEnd, rightEnd) = (lefts.upperBound, rights.upperBound)
        while left < leftEnd, right < rightEnd, source[left].hasSameContent(as: target[right]) {
            matches.append((left, right))
            left += 1
            right += 1
        }
        var tail: [(source: Int, target: Int)] = []
        while left < leftEnd, right < rightEnd, source[leftEnd - 1].hasSameContent(as: target[rightEnd - 1]) {
            leftEnd -= 1
            rightEnd -= 1
            tail.append((leftEnd, rightEnd))
        }
        var next = (left, right)
        for anchor in Self.anchors(source, target, left..<leftEnd, right..<rightEnd) {
            align(source, target, next.0..<anchor.source, next.1..<anchor.target)
            matches.append(anchor)
            next = (anchor.source + 1, anchor.target + 1)
        }
        if next != (left, right) { align(source, target, next.0..<leftEnd, next.1..<rightEnd) }
        matches += tail.reversed()
    }

    private struct Content: Hashable {
        let digest: UInt64
        let count: Int64
        init(_ range: RangeDigest) { (digest, count) = (range.digest, range.count) }
    }

    /// Ranges that each side has once, the most of them that rise on both sides.
    private static func anchors(
        _ source: [RangeDigest], _ target: [RangeDigest], _ lefts: Range<Int>, _ rights: Range<Int>
    ) -> [(source: Int, target: Int)] {
        guard !lefts.isEmpty, !rights.isEmpty else { return [] }
        var places: [Content: Int?] = [:]
        for right in rights {
            places[Content(target[right])] = .some(places[Content(target[right])] == nil ? right : nil)
        }
        var counts: [Content: Int] = [:]
        for left in lefts { counts[Content(source[left]), default: 0] += 1 }
        let pairs = lefts.compactMap { left -> (source: Int, target: Int)? in
            let content = Content(source[left])
            guard counts[content] == 1, let place = places[content], let right = place else { return nil }
            return (left, right)
        }
        return RisingSequence.places(of: pairs.map(\.target)).map { pairs[$0] }
    }
}

/// The longest rising subsequence of numbers that differ.
enum RisingSequence {
    /// - Returns: the places of its members.
    static func places(of numbers: [Int]) -> [Int] {
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: numbers.count)
        for place in numbers.indices {
            let length = tails.partitioningIndex { numbers[$0] >= numbers[place] }
            if length > 0 { previous[place] = tails[length - 1] }
            if length == tails.count { tails.append(place) } else { tails[length] = place }
        }
        var found: [Int] = []
        var next = tails.last ?? -1
        while next >= 0 {
            found.append(next)
            next = previous[next]
        }
        return found.reversed()
    }
}
