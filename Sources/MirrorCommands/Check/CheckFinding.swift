// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Text

/// One thing that `tern check` has to say.
struct CheckFinding: Sendable, Equatable {
    typealias Severity = ConfigurationProblem.Severity

    var severity: Severity
    /// Where: a line of the file, a cluster, a flow.
    var place: String
    /// A stable word, or Kafka's name of an error.
    var code: String
    var message: String
    /// What to do, where the message does not say it.
    var hint: String?
    /// What an error of this kind ends the check with: the file's are `usage`, the clusters' `failed`.
    var status: ExitStatus = .failed

    init(
        _ severity: Severity, at place: String, code: String, _ message: String, hint: String? = nil,
        status: ExitStatus = .failed
    ) {
        self.severity = severity
        self.place = place
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
    }

    init(_ problem: ConfigurationProblem) {
        let place = problem.line.map { "\(problem.file):\($0)" } ?? problem.file
        self.init(
            problem.severity, at: place, code: "CONFIGURATION",
            (problem.key.map { "\($0): " } ?? "") + problem.message, status: .usage)
    }

    /// What is known of a version of librdkafka: faults one by one, and what it cannot do in one note.
    static func findings(ofLibrary text: String) -> [CheckFinding] {
        let place = "librdkafka"
        guard let version = LibraryVersion(parsing: text) else { return [] }
        var findings = version.faults.map { fault in
            CheckFinding(
                .warning, at: place, code: "LIBRARY_FAULT", "\(version) \(fault.what)",
                hint: "use \(fault.fixedIn) or newer")
        }
        if !version.limitations.isEmpty {
            let sentences = version.limitations.map { "\($0.what) (\($0.fixedIn))" }
            findings.append(
                CheckFinding(
                    .note, at: place, code: "LIBRARY_LIMITS", "\(version) \(sentences.joined(separator: ", "))",
                    hint: "the version in brackets can"))
        }
        return findings
    }

    var failure: CommandFailure {
        CommandFailure(status, code: code, message, resource: place, hint: hint)
    }

    var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "place": .string(place), "code": .string(code),
            "message": .string(message.printable), "hint": .optional(hint),
        ]
    }

    var line: String {
        "\(severity.rawValue): \(place): \(message)" + (hint.map { "; \($0)" } ?? "")
    }
}
