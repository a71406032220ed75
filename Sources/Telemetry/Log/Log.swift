// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// Writes structured lines: an event's name and fields, never a sentence with values in it.
///
///     log.warning(.laneRestarting, [.flow(flow), .lane(3), .reason(error.reason)])
///
/// A copy with fields of its own (`with`) shares level, sink and counters with the one it came from. Fields of a line
/// that is not written are not computed.
public struct Log: Sendable {
    private let core: LogCore
    private let context: [LogField]

    /// - Parameters:
    ///   - level: lines below it are dropped.
    ///   - recent: keeps the newest facts, also those below the level.
    ///   - now: milliseconds since 1970.
    public init(
        level: LogLevel, format: LogFormat = .logfmt, sink: any LogSink, recent: RecentEvents? = nil,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        core = LogCore(level: level, format: format, sink: sink, recent: recent, now: now)
        context = []
    }

    private init(core: LogCore, context: [LogField]) {
        self.core = core
        self.context = context
    }

    /// A log whose lines go nowhere.
    public static var silent: Log { Log(level: .error, sink: DiscardingSink()) }

    /// The same log, with fields that stand on every line.
    public func with(_ fields: [LogField]) -> Log {
        Log(core: core, context: LogLine.merge(context, fields))
    }

    /// The lowest level that is written; a change is seen by every copy at once.
    public var level: LogLevel {
        get { LogLevel(rawValue: core.threshold.load(ordering: .relaxed)) ?? .info }
        nonmutating set { core.threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// The newest facts; `nil` where they are not kept.
    public var recent: RecentEvents? { core.recent }

    public func isEnabled(_ level: LogLevel) -> Bool { level.rawValue >= core.threshold.load(ordering: .relaxed) }

    /// Lines written so far; every level is present.
    public var counts: [LogLevel: Int64] { core.counts }

    public func error(_ event: EventName, _ fields: @autoclosure () -> [LogField] = []) {
        write(.error, event, fields)
    }
    public func warning(_ event: EventName, _ fields: @autoclosure () -> [LogField] = []) {
        write(.warning, event, fields)
    }
    public func info(_ event: EventName, _ fields: @autoclosure () -> [LogField] = []) {
        write(.info, event, fields)
    }
    public func debug(_ event: EventName, _ fields: @autoclosure () -> [LogField] = []) {
        write(.debug, event, fields)
    }
    public func trace(_ event: EventName, _ fields: @autoclosure () -> [LogField] = []) {
        write(.trace, event, fields)
    }

    /// For a level that is known at run time only.
    public func write(_ level: LogLevel, _ event: EventName, _ fields: () -> [LogField]) {
        let recent = level >= .info ? core.recent : nil
        let isWritten = isEnabled(level)
        guard isWritten || recent != nil else { return }
        let line = LogLine(
            time: core.now(), level: level, event: event.rawValue, fields: LogLine.merge(context, fields()))
        recent?.append(level, line.event, line.fields, at: line.time)
        guard isWritten else { return }
        core.count(level)
        core.sink.write(line.bytes(in: core.format), level: level)
    }
}

/// What all copies of a log share.
private final class LogCore: Sendable {
    let threshold: Atomic<Int>
    let format: LogFormat
    let sink: any LogSink
    let recent: RecentEvents?
    let now: @Sendable () -> Int64
    private let tally = Mutex<[LogLevel: Int64]>(
        Dictionary(uniqueKeysWithValues: LogLevel.allCases.map { ($0, 0) }))

    init(
        level: LogLevel, format: LogFormat, sink: any LogSink, recent: RecentEvents?,
        now: @escaping @Sendable () -> Int64
    ) {
        threshold = Atomic(level.rawValue)
        self.format = format
        self.sink = sink
        self.recent = recent
        self.now = now
    }

    var counts: [LogLevel: Int64] { tally.withLock { $0 } }

    func count(_ level: LogLevel) { tally.withLock { $0[level, default: 0] += 1 } }
}
