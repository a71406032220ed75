// SPDX-License-Identifier: Apache-2.0

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
        let suggestion = Suggestion.nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        return CommandFailure(
            .failed, code: "UNKNOWN_\(noun.uppercased())", "the daemon has no \(noun) '\(name)'", resource: name,
            hint: suggestion ?? (names.isEmpty || names.count > 10 ? nil : "it has \(names.joined(separator: ", "))"))
    }

    /// One line whatever the message holds: what people typed is quoted in it.
    var line: String {
        var text = message
        if let hint { text += (text.hasSuffix("?") ? " " : "; ") + hint }
        return text.singleLine
    }

    var json: JSONValue {
        [
            "code": .string(code), "message": .string(message.singleLine), "resource": .optional(resource),
            "hint": .optional(hint),
        ]
    }
}

extension String {
    /// This text with everything that would start a new line, steer a terminal or turn the text around made visible.
    var singleLine: String {
        if unicodeScalars.allSatisfy({ !$0.isHostile }) { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.isHostile: result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isHostile: Bool {
        if value >= 0x20, value < 0x7F { return false }
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        // Directions and their overrides; joiners within emoji are of the same category and harmless.
        case .format:
            return (0x200E...0x200F).contains(value) || (0x202A...0x202E).contains(value)
                || (0x2066...0x2069).contains(value)
        default: return false
        }
    }
}
