// SPDX-License-Identifier: Apache-2.0

/// `failover.*` and `failback.*` of a flow: when a daemon fails over by itself, and what it runs then.
public struct FailoverConfiguration: Sendable, Equatable {
    public enum Controller: String, Sendable, CaseIterable { case off, on }
    public enum Failback: String, Sendable, CaseIterable {
        /// A person is asked.
        case manual
        /// The groups are moved back as soon as the source has recovered.
        case auto
    }

    public var controller = Controller.off
    /// Between two checks of the source.
    public var checkInterval = Duration.seconds(30)
    /// Checks in a row that must fail.
    public var failureThreshold = 3
    /// Checks in a row that must succeed before the source counts as recovered.
    public var recoveryThreshold = 10
    /// Run in this order when the groups are on the target.
    public var hooks: [HookCommand] = []
    /// Of each hook.
    public var hookTimeout = Duration.seconds(60)
    public var failback = Failback.manual
    /// Run before groups are moved back: they stop the applications on the target.
    public var prepareHooks: [HookCommand] = []
    /// Run when the groups are back on the source.
    public var failbackHooks: [HookCommand] = []
    /// Where the daemon keeps reports; `nil`: its state folder.
    public var reportFolder: String?

    public init() {}

    public var isOn: Bool { controller == .on }
}

/// A program and its arguments. No shell reads them.
public struct HookCommand: Sendable, Equatable {
    /// The program, an absolute path, and what it is given.
    public var arguments: [String]

    public init(_ arguments: [String]) { self.arguments = arguments }

    /// As a person reads it.
    public var text: String { arguments.joined(separator: " ") }

    /// Why a list of commands cannot be read, in words that follow "the value".
    public struct Problem: Error, Sendable, Equatable {
        public var reason: String

        public init(reason: String) { self.reason = reason }
    }

    /// Splits a list: commands are separated by commas, their words by blanks. Within `'…'` everything stands for itself, within `"…"`
    /// everything but `\"` and `\\`; elsewhere a backslash takes away the meaning of what follows it. Nothing is expanded.
    public static func list(_ text: String) throws(Problem) -> [HookCommand] {
        var splitter = HookSplitter()
        for character in text { try splitter.take(character) }
        return try splitter.commands()
    }
}

/// Reads a list of commands, a character at a time.
private struct HookSplitter {
    private enum Mode: Equatable { case plain, single, double }

    private var mode = Mode.plain
    private var isEscaped = false
    private var word: String?
    private var words: [String] = []
    private var found: [HookCommand] = []
    private var isAfterComma = false

    mutating func take(_ character: Character) throws(HookCommand.Problem) {
        if isEscaped {
            // Within quotes only these two can be escaped, as in a shell.
            if mode == .double, character != "\"", character != "\\" { word = (word ?? "") + "\\" }
            word = (word ?? "") + String(character)
            isEscaped = false
            return
        }
        switch (mode, character) {
        case (.single, "'"), (.double, "\""): mode = .plain
        case (.plain, "'"): (mode, word) = (.single, word ?? "")
        case (.plain, "\""): (mode, word) = (.double, word ?? "")
        case (.plain, "\\"), (.double, "\\"): isEscaped = true
        case (.plain, ","): try endCommand(isLast: false)
        case (.plain, _) where character.isWhitespace: endWord()
        default: word = (word ?? "") + String(character)
        }
    }

    mutating func commands() throws(HookCommand.Problem) -> [HookCommand] {
        guard mode == .plain else { throw HookCommand.Problem(reason: "has a quote that is not closed") }
        guard !isEscaped else { throw HookCommand.Problem(reason: "ends with a backslash") }
        try endCommand(isLast: true)
        return found
    }

    private mutating func endWord() {
        if let word { words.append(word) }
        word = nil
    }

    private mutating func endCommand(isLast: Bool) throws(HookCommand.Problem) {
        endWord()
        defer { (words, isAfterComma) = ([], !isLast) }
        guard let program = words.first else {
            if isLast, !isAfterComma { return }
            throw HookCommand.Problem(reason: "has an empty command: commands are separated by commas")
        }
        guard program.hasPrefix("/") else {
            throw HookCommand.Problem(reason: "names '\(program)': a hook begins with the absolute path of a program")
        }
        found.append(HookCommand(words))
    }
}
