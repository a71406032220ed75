// SPDX-License-Identifier: Apache-2.0
internal import Synchronization
internal import Telemetry
internal import TernAPI

/// What readers of `/api/v1/events` are sent. A frame is made once, and shared by all of them.
final class EventFeed: Sendable {
    /// A reader with more than this waiting does not read: it is cut off, and comes back by itself.
    static let frameLimit = 512
    static let byteLimit = 4 << 20

    fileprivate struct Reader {
        var frames: [[UInt8]] = []
        var bytes = 0
        /// How much of the first frame is sent.
        var sent = 0
        var isCut = false
        /// Over when all that waits is sent.
        var isEnding = false
        let factsOnly: Bool
        var wake: (@Sendable () -> Void)?
    }
    private struct State {
        var readers: [Int: Reader] = [:]
        var next = 0
        var sinceHeartbeat = 0
    }
    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: as many readers at a time.
    init(limit: Int) { self.limit = limit }

    var hasReaders: Bool { state.withLock { $0.readers.contains { !$0.value.factsOnly } } }

    /// - Returns: `nil` when there are as many readers as there may be.
    func open(factsOnly: Bool) -> EventStream? {
        state.withLock { state in
            guard state.readers.count < limit else { return nil }
            state.next += 1
            state.readers[state.next] = Reader(factsOnly: factsOnly)
            return EventStream(feed: self, reader: state.next)
        }
    }

    /// Lets a reader have what waits for it, and nothing more.
    func end(_ reader: Int) { state.withLock { $0.readers[reader]?.isEnding = true } }

    func close(_ reader: Int) { state.withLock { $0.readers[reader] = nil } }

    /// For everybody, or with `reader` for one.
    func send(_ frames: [[UInt8]], areFacts: Bool, to one: Int? = nil) {
        guard !frames.isEmpty else { return }
        let wakes = state.withLock { state in
            var wakes: [@Sendable () -> Void] = []
            for reader in one.map({ [$0] }) ?? Array(state.readers.keys) {
                guard areFacts || state.readers[reader]?.factsOnly == false else { continue }
                state.readers[reader]?.take(frames)
                if let wake = state.readers[reader]?.wake {
                    state.readers[reader]?.wake = nil
                    wakes.append(wake)
                }
            }
            return wakes
        }
        for wake in wakes { wake() }
    }

    /// A comment for those who may have heard nothing, every ten seconds; shows a connection that has gone.
    func beat() {
        let isDue = state.withLock { state in
            state.sinceHeartbeat += 1
            guard state.sinceHeartbeat >= 10 else { return false }
            state.sinceHeartbeat = 0
            return true
        }
        if isDue { send([Array(":\n\n".utf8)], areFacts: true) }
    }

    fileprivate func read(_ reader: Int, _ limit: Int, _ wake: @escaping @Sendable () -> Void) -> ArraySlice<UInt8>? {
        state.withLock { $0.readers[reader]?.read(limit, wake) }
    }

    /// A frame of the stream.
    ///
    /// - Parameter data: one line.
    static func frame(_ event: String, id: String? = nil, _ data: some Document) -> [UInt8] {
        var bytes: [UInt8] = []
        if let id { bytes += Array("id: \(id)\n".utf8) }
        bytes += Array("event: \(event)\ndata: ".utf8)
        bytes += data.bytes
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

extension EventFeed.Reader {
    fileprivate mutating func take(_ new: [[UInt8]]) {
        guard !isCut, !isEnding else { return }
        frames += new
        bytes += new.reduce(0) { $0 + $1.count }
        guard frames.count > EventFeed.frameLimit || bytes > EventFeed.byteLimit else { return }
        isCut = true
        frames = []
        bytes = 0
    }

    fileprivate mutating func read(_ limit: Int, _ wake: @escaping @Sendable () -> Void) -> ArraySlice<UInt8>? {
        guard !isCut else { return nil }
        guard let first = frames.first else {
            if isEnding { return nil }
            self.wake = wake
            return []
        }
        let part = first[sent..<min(first.count, sent + limit)]
        sent = part.endIndex
        if sent == first.count {
            frames.removeFirst()
            bytes -= first.count
            sent = 0
        }
        return part
    }
}

/// One reader's stream.
final class EventStream: ResponseStream {
    private let feed: EventFeed
    let reader: Int

    init(feed: EventFeed, reader: Int) {
        self.feed = feed
        self.reader = reader
    }

    func read(_ limit: Int, wake: @escaping @Sendable () -> Void) -> ArraySlice<UInt8>? {
        feed.read(reader, limit, wake)
    }

    func close() { feed.close(reader) }

    // HEAD, and connections that end before their answer begins: nothing is ever read then.
    deinit { feed.close(reader) }
}
