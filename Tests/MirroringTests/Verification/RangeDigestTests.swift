// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Mirroring

/// Digests that anybody can compute again.
@Suite struct RangeDigestTests {
    private func chain(_ numbers: [UInt64], capacity: Int = 4096) -> RangeChain {
        var chain = RangeChain(expecting: Int64(numbers.count), capacity: capacity)
        for (offset, number) in numbers.enumerated() { chain.add(number, offset: Int64(offset)) }
        chain.finish()
        return chain
    }

    private func digest(_ numbers: some Sequence<UInt64>) -> UInt64 {
        let prime = RangeDigest.prime
        var digest: UInt64 = 0
        for number in numbers {
            let product = digest.multipliedFullWidth(by: RangeDigest.multiplier)
            let (_, rest) = prime.dividingFullWidth((product.high, product.low))
            digest = (rest + number % prime) % prime
        }
        return digest
    }

    @Test func `a range's digest is the formula of its documentation, whether joined or read at once`() {
        var random = SplitMix(state: 1)
        let numbers = (0..<5000).map { _ in random.next() }
        for capacity in [4096, 16] {
            for range in chain(numbers, capacity: capacity).ranges {
                #expect(range.digest == digest(numbers[Int(range.first)...Int(range.last)]))
                #expect(range.count == range.last - range.first + 1)
            }
        }
    }

    @Test func `records that change places change the digest`() {
        var random = SplitMix(state: 2)
        for _ in 0..<200 {
            var numbers = (0..<30).map { _ in random.next() }
            let before = digest(numbers)
            let (one, other) = (Int.random(in: 0..<30, using: &random), Int.random(in: 0..<30, using: &random))
            guard one != other else { continue }
            numbers.swapAt(one, other)
            #expect(digest(numbers) != before)
        }
    }

    @Test func `ranges are as many as fit, and cut alike on both sides behind a fault`() {
        var random = SplitMix(state: 3)
        var numbers = (0..<100_000).map { _ in random.next() }
        #expect(chain(numbers, capacity: 100).ranges.count <= 101)
        let source = chain(numbers).ranges
        numbers.remove(at: 50_000)
        let target = chain(numbers).ranges
        let alignment = RangeAlignment(source: source, target: target)
        #expect(alignment.gaps.count == 1)
        #expect(alignment.gaps.allSatisfy { $0.source.count <= 2 && $0.target.count <= 2 })
    }

    @Test func `ranges are aligned around what was added, removed and moved`() {
        func ranges(_ numbers: [UInt64]) -> [RangeDigest] {
            numbers.enumerated().map { RangeDigest($1, offset: Int64($0)) }
        }
        let alignment = RangeAlignment(
            source: ranges([1, 2, 3, 4, 5, 5, 6]), target: ranges([1, 9, 2, 4, 3, 5, 5, 6]))
        #expect(alignment.matches.count == 6)
        #expect(alignment.matches.map(\.source) == alignment.matches.map(\.source).sorted())
        #expect(RangeAlignment(source: [], target: ranges([1])).gaps == [.init(source: 0..<0, target: 0..<1)])
        #expect(RangeAlignment(source: ranges([1]), target: ranges([1])).gaps.isEmpty)
    }
}
