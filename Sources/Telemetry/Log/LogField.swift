// SPDX-License-Identifier: Apache-2.0

/// One fact of a log line. The key is fixed text; whatever comes from outside is a value, and escaped.
public struct LogField: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int64)
        case number(Double)
        case flag(Bool)
    }

    public let key: String
    public let value: Value

    public init(_ key: StaticString, _ value: String) {
        self.key = key.description
        self.value = .text(value)
    }

    public init(_ key: StaticString, _ value: some BinaryInteger) {
        self.key = key.description
        self.value = .integer(Int64(clamping: value))
    }

    public init(_ key: StaticString, _ value: Double) {
        self.key = key.description
        self.value = .number(value)
    }

    public init(_ key: StaticString, _ value: Bool) {
        self.key = key.description
        self.value = .flag(value)
    }

    /// A duration, in seconds; the key should say so.
    public init(_ key: StaticString, _ value: Duration) {
        let parts = value.components
        self.init(key, Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }

    public init(_ key: StaticString, _ value: some CustomStringConvertible) {
        self.init(key, value.description)
    }
}

extension LogField {
    public static func flow(_ name: some CustomStringConvertible) -> LogField { LogField("flow", name.description) }
    public static func cluster(_ alias: some CustomStringConvertible) -> LogField {
        LogField("cluster", alias.description)
    }
    public static func topic(_ name: some CustomStringConvertible) -> LogField { LogField("topic", name.description) }
    public static func group(_ name: some CustomStringConvertible) -> LogField { LogField("group", name.description) }
    public static func lane(_ index: some BinaryInteger) -> LogField { LogField("lane", index) }
    public static func partition(_ index: some BinaryInteger) -> LogField { LogField("partition", index) }
    public static func offset(_ offset: some BinaryInteger) -> LogField { LogField("offset", offset) }
    public static func count(_ count: some BinaryInteger) -> LogField { LogField("count", count) }
    /// Why, in a sentence.
    public static func reason(_ text: String) -> LogField { LogField("reason", text) }
    /// An error's own name, such as `MSG_SIZE_TOO_LARGE`.
    public static func code(_ name: some CustomStringConvertible) -> LogField { LogField("code", name.description) }
}
