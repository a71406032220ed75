// SPDX-License-Identifier: Apache-2.0
internal import Text

/// One flag of the command line. The same name means the same kind of value in every command, so that flags can stand
/// anywhere, before the command's name too (a test walks the table).
struct Flag: Sendable, Equatable {
    /// What follows the name.
    enum Value: Sendable, Equatable {
        /// The flag takes no value.
        case none
        case text(String)
        /// One of these words.
        case choice([String])
        /// A text that is made of these words most of the time: completion offers them.
        case words(String, [String])
        /// `30s`, `5m`, `1h30m`, `250ms`, `2d`.
        case duration
        /// A whole number, 1 or more.
        case count(String)
        /// A whole number, 0 or more.
        case number(String)
        /// `KEY=VALUE`.
        case setting
        /// The same, where the key is one of these most of the time: completion offers them.
        case settingOf([String])
        case file(String)
        /// A name that completion can look up.
        case name(String, NameSource)
    }

    /// Where live names for completion come from.
    enum NameSource: String, Sendable { case cluster, flow, topic, group }

    /// Without the two dashes.
    let name: String
    var short: Character?
    var value: Value = .none
    var isRepeatable = false
    /// What holds when the flag is not given, as help prints it.
    var preset: String?
    let summary: String

    init(
        _ name: String, short: Character? = nil, _ value: Value, isRepeatable: Bool = false,
        preset: String? = nil, _ summary: String
    ) {
        self.name = name
        self.short = short
        self.value = value
        self.isRepeatable = isRepeatable
        self.preset = preset
        self.summary = summary
    }

    /// A flag without a value.
    init(_ name: String, short: Character? = nil, _ summary: String) { self.init(name, short: short, .none, summary) }

    var takesValue: Bool { value != .none }

    /// What help writes after the name.
    var metavariable: String? {
        switch value {
        case .none: nil
        case .text(let name), .count(let name), .number(let name), .file(let name), .name(let name, _),
            .words(let name, _):
            name
        case .choice(let words): words.joined(separator: "|")
        case .duration: "DURATION"
        case .setting, .settingOf: "KEY=VALUE"
        }
    }

    /// `-o/--output`, as errors write it.
    var spelling: String { short.map { "-\($0)/--\(name)" } ?? "--\(name)" }

    /// What is wrong with a value, or `nil`.
    func problem(with text: String) -> String? {
        switch value {
        case .none, .text, .words, .file, .name:
            return text.isEmpty ? "\(spelling): the value is empty" : nil
        case .choice(let words):
            guard !words.contains(text) else { return nil }
            let suggestion = NearestName.of(text, among: words).map { "; did you mean \($0)?" } ?? ""
            return "\(spelling): '\(text)' is none of \(words.joined(separator: ", "))\(suggestion)"
        case .duration:
            return Duration(flag: text) == nil
                ? "\(spelling): '\(text)' is no duration, write for example 30s, 5m or 1h30m" : nil
        case .count:
            return (Int(text) ?? 0) >= 1 ? nil : "\(spelling): '\(text)' is no whole number of 1 or more"
        case .number:
            let isNumber = text.utf8.first != UInt8(ascii: "+") && (Int64(text) ?? -1) >= 0
            return isNumber ? nil : "\(spelling): '\(text)' is no whole number of 0 or more"
        case .setting, .settingOf:
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                // The value may be a secret that lost its key: it is not repeated.
                return "\(spelling): KEY=VALUE is expected"
            }
            return nil
        }
    }
}

extension Flag {
    static let help = Flag("help", short: "h", "show help for the command, and do nothing")
    static let version = Flag("version", short: "V", "show the version, and do nothing")
    static let quiet = Flag("quiet", short: "q", "say nothing on stderr but errors")
    static let verbose = Flag("verbose", short: "v", "say more on stderr")
    static let color = Flag(
        "color", .choice(["auto", "always", "never"]), preset: "auto",
        "colours; auto means on a terminal, unless NO_COLOR is set")
    /// Every command takes these.
    static let everywhere: [Flag] = [.help, .version, .quiet, .verbose, .color]

    static let config = Flag("config", .file("FILE"), "the properties file, instead of naming it as an argument")
    static let set = Flag("set", .setting, isRepeatable: true, "lay a setting over the file's; can be repeated")
    static let clusters = Flag(
        "clusters", .name("ALIAS,…", .cluster),
        "what this process is near to: only flows into these clusters run, as MirrorMaker's --clusters has it")
    /// For commands that read the properties file.
    static let configuration: [Flag] = [.config, .set]

    static let timeout = Flag("timeout", .duration, preset: "10s", "how long an answer is waited for")

    static let noHeaders = Flag("no-headers", "leave the table's first line out")
    static let columns = Flag("columns", .text("NAME,…"), "show these columns only, in this order")
    static func output(_ formats: [OutputFormat]) -> Flag {
        Flag(
            "output", short: "o", .choice(formats.map(\.rawValue)), preset: formats.first?.rawValue,
            "what stdout gets: \(formats.contains(.table) ? "a table for people" : "text for people"), or data for programs"
        )
    }
    /// The output flag by name, whatever formats a command supports.
    static let output = output(OutputFormat.allCases)
    /// For commands that print tables.
    static let tabular: [Flag] = [.output([.table, .wide, .json, .yaml, .tsv]), .noHeaders, .columns]
    /// For commands whose tables list things that have names.
    static let listing: [Flag] = [.output(OutputFormat.allCases), .noHeaders, .columns]
}
