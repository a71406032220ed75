// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Synchronization

/// Where log lines go. Called from any thread.
public protocol LogSink: Sendable {
    /// - Parameter line: UTF-8 with its newline.
    func write(_ line: [UInt8], level: LogLevel)
}

/// The process's standard error: one `write(2)` per line, so that lines of several threads and processes do not mix.
///
/// Under systemd (`JOURNAL_STREAM` names this very stream) each line starts with its priority, `<4>`.
public struct StandardErrorSink: LogSink {
    private let prefixesPriority: Bool

    /// - Parameter journalStream: the value of `JOURNAL_STREAM`, `device:inode`.
    public init(journalStream: String? = nil) {
        prefixesPriority = journalStream.map { $0 == Self.identity(of: STDERR_FILENO) } ?? false
    }

    public func write(_ line: [UInt8], level: LogLevel) {
        guard prefixesPriority else { return Self.write(line[...], to: STDERR_FILENO) }
        Self.write((Array("<\(level.syslogPriority)>".utf8) + line)[...], to: STDERR_FILENO)
    }

    /// A line that nobody takes is lost rather than waited for: a full or closed pipe must not stop the mirror.
    private static func write(_ line: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = line
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                guard errno == EINTR else { return }
            } else {
                rest = rest.dropFirst(written)
            }
        }
    }

    private static func identity(of descriptor: Int32) -> String? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        return "\(status.st_dev):\(status.st_ino)"
    }
}

/// Keeps the lines, for tests and for `tern demo`'s screen.
public final class MemorySink: LogSink {
    private let kept = Mutex<[(level: LogLevel, line: String)]>([])
    private let limit: Int

    /// - Parameter limit: older lines are dropped beyond it.
    public init(limit: Int = 10_000) { self.limit = limit }

    public func write(_ line: [UInt8], level: LogLevel) {
        let text = String(decoding: line.dropLast(), as: UTF8.self)
        kept.withLock { kept in
            kept.append((level, text))
            if kept.count > limit { kept.removeFirst(kept.count - limit) }
        }
    }

    /// The lines, without their newlines, oldest first.
    public var lines: [String] { kept.withLock { $0.map(\.line) } }

    public func lines(at level: LogLevel) -> [String] {
        kept.withLock { $0.filter { $0.level == level }.map(\.line) }
    }
}

/// Drops every line.
public struct DiscardingSink: LogSink {
    public init() {}
    public func write(_ line: [UInt8], level: LogLevel) {}
}
