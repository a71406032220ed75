// SPDX-License-Identifier: Apache-2.0
internal import Synchronization

/// A fact that was logged: an event's name and its fields.
public struct LogEvent: Sendable, Equatable {
    /// Counts up from 1.
    public var number: Int64
    /// Milliseconds since 1970.
    public var time: Int64
    public var level: LogLevel
    public var name: String
    public var fields: [LogField]

    public init(number: Int64, time: Int64, level: LogLevel, name: String, fields: [LogField]) {
        self.number = number
        self.time = time
        self.level = level
        self.name = name
        self.fields = fields
    }

    /// The text of a field; `nil` when it is not there, or no text.
    public func text(_ key: String) -> String? {
        guard case .text(let text)? = fields.first(where: { $0.key == key })?.value else { return nil }
        return text
    }

    public func integer(_ key: String) -> Int64? {
        guard case .integer(let number)? = fields.first(where: { $0.key == key })?.value else { return nil }
        return number
    }
}

/// The newest facts of a log, for people who look later. Facts are of level info and above, whatever level the log writes.
public final class RecentEvents: Sendable {
    private struct State {
        var events: [LogEvent] = []
        var oldest = 0
        var last: Int64 = 0
        var listeners: [@Sendable (LogEvent) -> Void] = []
    }
    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: as many are kept.
    public init(limit: Int = 1_000) { self.limit = max(1, limit) }

    func append(_ level: LogLevel, _ name: String, _ fields: [LogField], at time: Int64) {
        let (event, listeners) = state.withLock { state in
            state.last += 1
            let event = LogEvent(number: state.last, time: time, level: level, name: name, fields: fields)
            if state.events.count < limit {
                state.events.append(event)
            } else {
                state.events[state.oldest] = event
                state.oldest = (state.oldest + 1) % limit
            }
            return (event, state.listeners)
        }
        for listener in listeners { listener(event) }
    }

    /// Calls a listener at each further event, on the thread that logs it: it must return at once.
    public func listen(_ listener: @escaping @Sendable (LogEvent) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Oldest first.
    ///
    /// - Parameter number: only what came after the event of this number.
    public func events(after number: Int64 = 0) -> [LogEvent] {
        state.withLock { state in
            (state.events[state.oldest...] + state.events[..<state.oldest]).filter { $0.number > number }
        }
    }
}
