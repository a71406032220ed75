// SPDX-License-Identifier: Apache-2.0
internal import Text

/// One thing about a configuration that a person should know: where, which key, what is wrong, what to do.
///
/// Values of secret keys never occur in a message.
public struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: String, Sendable, CaseIterable, Comparable {
        /// The configuration cannot be used.
        case error
        /// It can, but something in it does not do what it seems to say.
        case warning
        /// Worth knowing; nothing to change.
        case note

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .error: 0
            case .warning: 1
            case .note: 2
            }
        }
    }

    public let severity: Severity
    /// Where the value is written; `nil` for a value that is not written, such as a missing key.
    public let source: ConfigurationSource?
    /// The key as the file writes it.
    public let key: String?
    /// What, what was expected, what to do; one sentence or two.
    public let message: String
    /// The file that was read, for problems that have no line.
    public let fileName: String

    public init(
        _ severity: Severity, source: ConfigurationSource? = nil, file: String = "", key: String? = nil, message: String
    ) {
        self.severity = severity
        self.source = source
        self.key = key
        // Whatever a file says may be quoted in it.
        self.message = message.printable
        if case .file(let name, _)? = source { fileName = name } else { fileName = file }
    }

    /// The name of the file, or of the variable or option that the value came from.
    public var file: String {
        switch source {
        case .file, .standard, nil: fileName
        case .environment(let name): name
        case .commandLine: "--set"
        }
    }

    /// The line in the file, from 1.
    public var line: Int? {
        if case .file(_, let line)? = source { line } else { nil }
    }

    /// `file:line: key: message`, without the parts that there are not.
    public var description: String {
        var parts: [String] = []
        if !file.isEmpty { parts.append(line.map { "\(file):\($0)" } ?? file) }
        if let key { parts.append(key.printable) }
        parts.append(message)
        return parts.joined(separator: ": ")
    }
}
