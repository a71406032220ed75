// SPDX-License-Identifier: Apache-2.0

/// How much a log line matters: error = someone must act, warning = the program is acting, info = lifecycle,
/// debug = decisions, trace = records.
public enum LogLevel: Int, Sendable, CaseIterable, Comparable, CustomStringConvertible {
    case trace, debug, info, warning, error

    /// Reads a level as configuration files spell it: any case, `warn` and `fatal` included; `nil` when it is none.
    public init?(parsing text: String) {
        switch text.lowercased() {
        case "trace", "all": self = .trace
        case "debug": self = .debug
        case "info": self = .info
        case "warn", "warning": self = .warning
        case "error", "fatal": self = .error
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The priority that journald and syslog give it (`sd-daemon(3)`).
    var syslogPriority: Int {
        switch self {
        case .error: 3
        case .warning: 4
        case .info: 6
        case .debug, .trace: 7
        }
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// The shape of a log line.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `time=… level=… event=… key=value`, one line.
    case logfmt
    /// One JSON object, one line.
    case json
}
