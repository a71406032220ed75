// SPDX-License-Identifier: Apache-2.0
import TernConfiguration

/// A place in a file. Lines and columns count from 1, columns in characters.
public struct FileLocation: Hashable, Sendable, CustomStringConvertible {
    /// As it was named on the command line, or found in a folder that was.
    public let file: String
    public let line: Int
    public let column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, which editors and terminals make a link of.
    public var description: String { "\(file):\(line):\(column)" }
}

/// A value and where it was written.
public struct Located<Value: Sendable>: Sendable {
    public let value: Value
    public let location: FileLocation

    public init(_ value: Value, at location: FileLocation) {
        self.value = value
        self.location = location
    }
}

extension Located: Equatable where Value: Equatable {}

/// One thing about a topic file that a person should know.
public struct TopicFileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether the files can be used all the same.
    public enum Severity: String, Sendable, Hashable {
        /// The files cannot be used.
        case error
        /// They can, but something in them does not do what it seems to say.
        case warning
    }

    public let severity: Severity
    public let file: String
    /// `nil` for what is wrong with the file as a whole.
    public let location: FileLocation?
    /// What is wrong, without the place.
    public let what: String
    /// What to do about it.
    public let remedy: String

    public init(_ severity: Severity = .error, at location: FileLocation, _ what: String, do remedy: String) {
        self.severity = severity
        self.file = location.file
        self.location = location
        self.what = PrintableText.shortened(what)
        self.remedy = remedy
    }

    public init(_ severity: Severity = .error, file: String, _ what: String, do remedy: String) {
        self.severity = severity
        self.file = file
        self.location = nil
        self.what = PrintableText.shortened(what)
        self.remedy = remedy
    }

    /// `file:line:column: what, what to do`; control characters are shown by their numbers.
    public var description: String {
        PrintableText.line(
            "\(location?.description ?? file): \(severity == .warning ? "warning: " : "")\(what); \(remedy)")
    }

    /// In the order of files, then of lines.
    public static func precedes(_ left: TopicFileProblem, _ right: TopicFileProblem) -> Bool {
        let leftKey = (left.file, left.location?.line ?? 0, left.location?.column ?? 0)
        let rightKey = (right.file, right.location?.line ?? 0, right.location?.column ?? 0)
        return leftKey == rightKey ? left.what < right.what : leftKey < rightKey
    }
}

/// Text from outside, made fit for one line of a terminal.
enum PrintableText {
    /// The text without its middle when it is longer than a person reads.
    static func shortened(_ text: String) -> String {
        text.utf8.count <= 400 ? text : "\(text.prefix(200)) … \(text.suffix(100))"
    }

    /// The text with control characters, line ends and invisible marks written as `\u{…}`.
    static func line(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
