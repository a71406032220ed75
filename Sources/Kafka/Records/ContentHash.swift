// SPDX-License-Identifier: Apache-2.0

/// One number for a key and a value. It is written into topics and compared by later versions: the algorithm (XXH64, as
/// published) and the way the two are joined must never change.
enum ContentHash {
    /// The key's hash seeds the value's. Null and empty differ, and so do a key and a value that change places.
    static func of(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) -> UInt64 {
        let seed = key.map { xxh64($0, seed: 1) } ?? 0
        return value.map { xxh64($0, seed: seed) } ?? ~seed
    }

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// XXH64: eight bytes a step in four lanes, then what is left in steps of 8, 4 and 1.
    static func xxh64(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var position = 0
        var hash: UInt64
        if bytes.count >= 32 {
            var (a, b, c, d) = (seed &+ prime1 &+ prime2, seed &+ prime2, seed, seed &- prime1)
            while position <= bytes.count - 32 {
                a = round(a, bytes.word(at: position))
                b = round(b, bytes.word(at: position + 8))
                c = round(c, bytes.word(at: position + 16))
                d = round(d, bytes.word(at: position + 24))
                position += 32
            }
            hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            hash = (hash ^ round(0, a)) &* prime1 &+ prime4
            hash = (hash ^ round(0, b)) &* prime1 &+ prime4
            hash = (hash ^ round(0, c)) &* prime1 &+ prime4
            hash = (hash ^ round(0, d)) &* prime1 &+ prime4
        } else {
            hash = seed &+ prime5
        }
        hash &+= UInt64(bytes.count)
        while position <= bytes.count - 8 {
            hash = rotate(hash ^ round(0, bytes.word(at: position)), 27) &* prime1 &+ prime4
            position += 8
        }
        if position <= bytes.count - 4 {
            let half = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            hash = rotate(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
            position += 4
        }
        while position < bytes.count {
            hash = rotate(hash ^ (UInt64(bytes[position]) &* prime5), 11) &* prime1
            position += 1
        }
        hash = (hash ^ (hash >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 { rotate(lane &+ word &* prime2, 31) &* prime1 }
    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}

extension UnsafeRawBufferPointer {
    fileprivate func word(at position: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
