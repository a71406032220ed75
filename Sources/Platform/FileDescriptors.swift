// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What programs do with the descriptors they were started with, and with small files.
public enum FileDescriptors {
    /// Writes everything, however many calls it takes.
    ///
    /// - Returns: false when nobody reads any more (`tern lag | head -1`) or the disk is full.
    @discardableResult
    public static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        failure(writing: bytes, to: descriptor) == nil
    }

    /// Writes everything, however many calls it takes.
    ///
    /// - Returns: why it could not.
    public static func failure(writing bytes: [UInt8], to descriptor: Int32) -> SystemFailure? {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var descriptors = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
                    poll(&descriptors, 1, -1)
                } else if errno != EINTR {
                    return .last()
                }
            }
            return nil
        }
    }

    public enum Readiness: Sendable { case readable, writable }

    /// Blocks until a call on the descriptor need not wait any more.
    ///
    /// - Throws: the reason; `ETIMEDOUT` where the deadline comes first.
    public static func wait(
        until readiness: Readiness, _ descriptor: Int32, by deadline: ContinuousClock.Instant
    ) throws(SystemFailure) {
        let event = readiness == .readable ? POLLIN : POLLOUT
        while true {
            let left = deadline - .now
            guard left > .zero else { throw SystemFailure(code: ETIMEDOUT, reason: "no answer in time") }
            let (seconds, attoseconds) = left.components
            let milliseconds = min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            var descriptors = [pollfd(fd: descriptor, events: Int16(event), revents: 0)]
            let count = poll(&descriptors, 1, Int32(milliseconds))
            if count > 0 { return }
            if count < 0, errno != EINTR { throw .last() }
        }
    }

    /// Makes writing to a closed pipe an error instead of the process's end.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The width of the terminal; `nil` when the descriptor is none or its width is not known.
    public static func terminalColumns(_ descriptor: Int32) -> Int? {
        var size = winsize()
        guard isTerminal(descriptor), ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    /// The whole content of a file.
    ///
    /// - Parameter limit: a larger file is refused, so that a device or a log named by mistake does not fill the memory.
    public static func contents(ofFile path: String, limit: Int = 16 << 20) throws(SystemFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { throw .last() }
                continue
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw SystemFailure(code: EFBIG, reason: "larger than \(limit) bytes") }
        }
    }
}
