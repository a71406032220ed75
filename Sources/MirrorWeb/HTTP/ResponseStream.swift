// SPDX-License-Identifier: Apache-2.0
internal import CMicroHTTPD
internal import Synchronization

/// A body that has no end yet. Called on the server's threads, one call at a time.
public protocol ResponseStream: Sendable {
    /// What is there now, at most `limit` bytes; empty when there is nothing yet, `nil` when it is over.
    ///
    /// - Parameter wake: to be called once when there is more after an empty answer, from any thread, and without a lock that
    ///   `read` takes.
    func read(_ limit: Int, wake: @escaping @Sendable () -> Void) -> ArraySlice<UInt8>?
    /// The client has gone, or the server stops.
    func close()
}

/// A connection on which a stream is sent. While there is nothing to send it is suspended, and costs no thread.
final class StreamedConnection: Sendable {
    /// MHD takes suspended connections back from any thread.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }
    private struct State {
        /// `nil` when the answer is over: MHD must not be asked about it any more.
        var connection: Handle?
        var isSuspended = false
        var isStopping = false
    }
    private let stream: any ResponseStream
    private let state: Mutex<State>
    private let streams: OpenStreams

    init(_ stream: any ResponseStream, on connection: OpaquePointer, of streams: OpenStreams) {
        self.stream = stream
        self.streams = streams
        state = Mutex(State(connection: Handle(pointer: connection)))
        streams.add(self)
    }

    /// Fills MHD's buffer; suspends the connection when there is nothing to send.
    ///
    /// - Returns: the number of bytes, or MHD's mark for the end.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        state.withLock { state in
            guard let connection = state.connection, !state.isStopping,
                let bytes = stream.read(buffer.count, wake: { [weak self] in self?.resume() })
            else { return -1 }  // MHD_CONTENT_READER_END_OF_STREAM
            guard !bytes.isEmpty else {
                // Under the lock, so that whoever wakes it finds it suspended.
                state.isSuspended = true
                MHD_suspend_connection(connection.pointer)
                return 0
            }
            buffer.copyBytes(from: bytes)
            return bytes.count
        }
    }

    private func resume() {
        state.withLock { state in
            guard state.isSuspended, let connection = state.connection else { return }
            state.isSuspended = false
            MHD_resume_connection(connection.pointer)
        }
    }

    /// Ends the answer at MHD's next call, which comes at once.
    func stop() {
        state.withLock { $0.isStopping = true }
        resume()
    }

    /// MHD is done with the answer.
    func finish() {
        state.withLock { $0.connection = nil }
        streams.remove(self)
        stream.close()
    }
}

/// What a server must end before it can stop: MHD waits for suspended connections otherwise.
final class OpenStreams: Sendable {
    private struct State {
        var open: [ObjectIdentifier: StreamedConnection] = [:]
        var isStopped = false
    }
    private let state = Mutex(State())

    fileprivate func add(_ connection: StreamedConnection) {
        let isStopped = state.withLock { state in
            state.open[ObjectIdentifier(connection)] = connection
            return state.isStopped
        }
        if isStopped { connection.stop() }
    }

    fileprivate func remove(_ connection: StreamedConnection) {
        state.withLock { $0.open[ObjectIdentifier(connection)] = nil }
    }

    func stop() {
        let open = state.withLock { state in
            state.isStopped = true
            return Array(state.open.values)
        }
        for connection in open { connection.stop() }
    }
}

/// MHD's callbacks for a streamed answer; the context is a retained ``StreamedConnection``.
let streamCallback: MHD_ContentReaderCallback = { context, _, buffer, limit in
    guard let context, let buffer else { return -1 }
    return Unmanaged<StreamedConnection>.fromOpaque(context).takeUnretainedValue().fill(
        UnsafeMutableRawBufferPointer(start: buffer, count: limit))
}

let streamFreeCallback: MHD_ContentReaderFreeCallback = { context in
    guard let context else { return }
    Unmanaged<StreamedConnection>.fromOpaque(context).takeRetainedValue().finish()
}
