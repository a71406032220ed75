// SPDX-License-Identifier: Apache-2.0

/// Which requests of Kafka's protocol begin in the bytes that a client sends: each has its size in four bytes, then its API key in two.
struct RequestFrames {
    private var head: [UInt8] = []
    /// What is still to come of the request that has begun.
    private var left = 0

    /// - Returns: the API keys of the requests whose head ends in this chunk.
    mutating func begun(by chunk: ArraySlice<UInt8>) -> [Int16] {
        var kinds: [Int16] = []
        var place = chunk.startIndex
        while place < chunk.endIndex {
            if left > 0 {
                let skipped = min(left, chunk.endIndex - place)
                left -= skipped
                place += skipped
                continue
            }
            head.append(chunk[place])
            place += 1
            guard head.count == 6 else { continue }
            let size = head[..<4].reduce(0) { $0 << 8 | Int($1) }
            kinds.append(Int16(bitPattern: UInt16(head[4]) << 8 | UInt16(head[5])))
            left = max(0, size - 2)
            head.removeAll(keepingCapacity: true)
        }
        return kinds
    }
}
