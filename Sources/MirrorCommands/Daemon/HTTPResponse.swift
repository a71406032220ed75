// SPDX-License-Identifier: Apache-2.0

/// One answer of an HTTP/1.1 server, read to the end of its connection.
struct HTTPResponse: Sendable, Equatable {
    struct Malformed: Error, Equatable { let reason: String }

    let status: Int
    let body: [UInt8]

    /// Reads a whole answer: by its length, by its chunks (RFC 9112, 7.1), or to the end.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        guard let headerEnd = Self.headerEnd(in: bytes) else { throw Malformed(reason: "no HTTP answer") }
        let lines = String(decoding: bytes[..<headerEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100..<600).contains(status)
        else { throw Malformed(reason: "no HTTP answer") }
        self.status = status
        var length: Int?
        var isChunked = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmed
            switch line[..<colon].lowercased() {
            case "content-length": length = Int(value)
            case "transfer-encoding": isChunked = value.lowercased() == "chunked"
            default: break
            }
        }
        let rest = bytes[(headerEnd + 4)...]
        if isChunked {
            body = try Self.joinChunks(rest)
        } else if let length {
            guard length >= 0, rest.count >= length else { throw Malformed(reason: "the answer ends early") }
            body = Array(rest.prefix(length))
        } else {
            body = Array(rest)
        }
    }

    private static func headerEnd(in bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        let mark = Array("\r\n\r\n".utf8)
        return (0...bytes.count - 4).first { bytes[$0] == mark[0] && bytes[$0..<$0 + 4].elementsEqual(mark) }
    }

    private static func joinChunks(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> [UInt8] {
        var rest = bytes
        var body: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[rest.startIndex..<lineEnd], as: UTF8.self)
            let digits = line.prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16) else { throw Malformed(reason: "a chunk without its size") }
            rest = rest[(lineEnd + 1)...]
            if size == 0 { return body }
            // Not `size + 2`: the largest number has nothing behind it.
            guard rest.count - 2 >= size else { break }
            body.append(contentsOf: rest.prefix(size))
            rest = rest.dropFirst(size + 2)
        }
        throw Malformed(reason: "the answer ends early")
    }
}
