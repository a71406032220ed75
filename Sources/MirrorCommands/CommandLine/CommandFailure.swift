// SPDX-License-Identifier: Apache-2.0
internal import Text

/// Why a command did not do what it was asked, for people (one line) and for programs (`errors` of the envelope).
struct CommandFailure: Error, Sendable, Equatable {
    var status: ExitStatus
    /// A stable word such as `USAGE`, or Kafka's name of the error.
    var code: String
    var message: String
    /// What it is about: a topic, a cluster, a file.
    var resource: String?
    /// What to do.
    var hint: String?

    init(_ status: ExitStatus, code: String, _ message: String, resource: String? = nil, hint: String? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.resource = resource
        self.hint = hint
    }

    static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(.usage, code: "USAGE", message, hint: hint)
    }

    /// The daemon, or a cluster, does not have what was named.
    static func unknown(_ noun: String, _ name: String, among names: [String]) -> CommandFailure {
        let suggestion = NearestName.of(name, among: names).map { "did you mean '\($0)'?" }
        return CommandFailure(
            .failed, code: "UNKNOWN_\(noun.uppercased())", "the daemon has no \(noun) '\(name)'", resource: name,
            hint: suggestion ?? (names.isEmpty || names.count > 10 ? nil : "it has \(names.joined(separator: ", "))"))
    }

    /// - Throws: for the first of the names that is not there.
    static func requireKnown(_ noun: String, _ names: [String], among known: [String]) throws(CommandFailure) {
        if let missing = names.first(where: { !known.contains($0) }) { throw .unknown(noun, missing, among: known) }
    }

    /// One line whatever the message holds: what people typed is quoted in it.
    var line: String {
        var text = message
        if let hint { text += (text.hasSuffix("?") ? " " : "; ") + hint }
        return text.printable
    }

    var json: JSONValue {
        [
            "code": .string(code), "message": .string(message.printable), "resource": .optional(resource),
            "hint": .optional(hint),
        ]
    }
}
