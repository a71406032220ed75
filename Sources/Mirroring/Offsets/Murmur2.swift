// SPDX-License-Identifier: Apache-2.0

/// The hash by which Kafka's Java producer places keys (`org.apache.kafka.common.utils.Utils.murmur2`): rows of one key
/// must stay in one partition, or compaction keeps an old one.
public enum Murmur2 {
    public static func hash(_ bytes: [UInt8]) -> UInt32 {
        let mixer: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        let whole = bytes.count / 4 * 4
        for start in stride(from: 0, to: whole, by: 4) {
            var word =
                UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
                | UInt32(bytes[start + 3]) << 24
            word = word &* mixer
            word ^= word >> 24
            word = word &* mixer
            hash = (hash &* mixer) ^ word
        }
        let rest = bytes.count - whole
        if rest == 3 { hash ^= UInt32(bytes[whole + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[whole + 1]) << 8 }
        if rest >= 1 {
            hash ^= UInt32(bytes[whole])
            hash = hash &* mixer
        }
        hash ^= hash >> 13
        hash = hash &* mixer
        hash ^= hash >> 15
        return hash
    }

    /// The partition of a key, as the default partitioner chooses it.
    public static func partition(of key: [UInt8], count: Int32) -> Int32 {
        Int32(hash(key) & 0x7fff_ffff) % max(1, count)
    }
}
