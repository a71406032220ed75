// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same numbers for the same seed, on every machine.
public struct RandomNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// 0 up to `limit`, exclusive.
    public mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: next() % UInt64(max(1, limit))) }

    public mutating func isOne(in odds: Int) -> Bool { below(odds) == 0 }

    /// Some of the kinds that there are: few, half or most.
    mutating func subset<Kind: CaseIterable & Hashable>() -> Set<Kind> {
        let density = below(3) + 1
        return Set(Kind.allCases.filter { _ in below(4) < density })
    }

    mutating func element<T>(of list: [T]) -> T? { list.isEmpty ? nil : list[below(list.count)] }
}
