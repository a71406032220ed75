// SPDX-License-Identifier: Apache-2.0

/// A command line that was understood: every value has been checked against the table.
struct Invocation: Sendable {
    let command: Command
    /// By flag name, in the order given.
    fileprivate(set) var values: [String: [String]]
    /// By argument name, in the order given.
    fileprivate(set) var arguments: [String: [String]]

    init(command: Command, values: [String: [String]] = [:], arguments: [String: [String]] = [:]) {
        self.command = command
        self.values = values
        self.arguments = arguments
    }

    /// As though the flag had been given.
    mutating func give(_ value: String, to flag: Flag) { values[flag.name] = [value] }

    func has(_ flag: Flag) -> Bool { values[flag.name] != nil }

    /// The value given, or the default of this command's flag of that name.
    subscript(_ flag: Flag) -> String? { values[flag.name]?.last ?? command.flag(named: flag.name)?.preset }

    func all(_ flag: Flag) -> [String] { values[flag.name] ?? [] }

    /// A flag whose value is a list with commas; `nil` when it was not given.
    func list(_ flag: Flag) -> [String]? {
        guard let text = self[flag] else { return nil }
        return text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
    }

    func duration(_ flag: Flag) -> Duration? { self[flag].flatMap { Duration(flag: $0) } }
    func count(_ flag: Flag) -> Int? { self[flag].flatMap { Int($0) } }

    func argument(_ name: String) -> String? { arguments[name]?.last }
    func allArguments(_ name: String) -> [String] { arguments[name] ?? [] }

    var format: OutputFormat { self[.output].flatMap(OutputFormat.init(rawValue:)) ?? .table }
    var isQuiet: Bool { has(.quiet) }
    var isVerbose: Bool { has(.verbose) }
}

extension Substring {
    var trimmed: Substring {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
