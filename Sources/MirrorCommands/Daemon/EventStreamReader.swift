// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import TernAPI

/// Reads an answer of server-sent events as its bytes come: the head, the chunks (RFC 9112, 7.1), and the events in them.
struct EventStreamReader {
    struct Head: Equatable {
        let status: Int
        let isEventStream: Bool
        let isChunked: Bool
    }

    private(set) var head: Head?
    /// Of the last event that had one.
    private(set) var lastID: String?
    /// The end of the answer has come.
    private(set) var isOver = false
    private var bytes: [UInt8] = []
    private var text: [UInt8] = []

    /// - Returns: the facts that are complete now.
    mutating func take(_ new: [UInt8]) -> [Event] {
        bytes += new
        if head == nil { readHead() }
        guard let head else { return [] }
        if head.isChunked { joinChunks() } else { (text, bytes) = (text + bytes, []) }
        return readEvents()
    }

    /// What has come of a body that is no stream.
    var body: [UInt8] { text }

    private mutating func readHead() {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased().split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let status = words.count > 1 && words[0].hasPrefix("http/1.") ? Int(words[1]) ?? 0 : 0
        head = Head(
            status: status, isEventStream: lines.contains { $0.hasPrefix("content-type: text/event-stream") },
            isChunked: lines.contains("transfer-encoding: chunked"))
        bytes.removeSubrange(..<end.upperBound)
    }

    private mutating func joinChunks() {
        while !isOver, let line = bytes.firstRange(of: [13, 10]) {
            let digits = String(decoding: bytes[..<line.lowerBound], as: UTF8.self).prefix { $0.isHexDigit }
            guard let size = Int(digits, radix: 16) else {
                isOver = true
                return
            }
            if size == 0 { isOver = true }
            guard bytes.count >= line.upperBound + size + 2 else { return }
            text += bytes[line.upperBound..<line.upperBound + size]
            bytes.removeSubrange(..<(line.upperBound + size + 2))
        }
    }

    private mutating func readEvents() -> [Event] {
        var events: [Event] = []
        while let end = text.firstRange(of: [10, 10]) {
            let lines = String(decoding: text[..<end.lowerBound], as: UTF8.self).split(separator: "\n")
            text.removeSubrange(..<end.upperBound)
            guard lines.contains("event: fact"), let data = lines.first(where: { $0.hasPrefix("data: ") }) else {
                continue
            }
            // A fact of a later release that cannot be read is left out: the others matter.
            guard let event = try? JSONDecoder().decode(Event.self, from: Data(data.dropFirst(6).utf8)) else {
                continue
            }
            lastID = event.id
            events.append(event)
        }
        return events
    }
}
