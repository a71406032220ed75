// SPDX-License-Identifier: Apache-2.0

/// `docs/api.md`, printed from the table of endpoints.
public enum APIReference {
    public static var markdown: String {
        var text = """
            # HTTP API

            Printed from `Sources/TernAPI`; do not edit. A daemon answers at `http.listen`, `127.0.0.1:9470` unless set.

            - JSON documents with `kind` and `version` stay compatible within a version: later releases add members, and
              readers ignore what they do not know. `null` is unknown, never 0. Members are in the order given here.
            - Moments are ISO 8601 in UTC with milliseconds, `2026-11-20T18:24:47.806Z`; durations are seconds.
            - Errors are [problems](#problem). Every path answers 404 where there is nothing, 405 with `Allow` to another
              method, and HEAD as it does GET.
            - [Logins](operations.md#logins): where `web.config.file` names users or tokens, everything but `/livez` and `/readyz` wants
              one: 401 with `WWW-Authenticate` without, 403 to a role that may not, 429 where many passwords wait to be verified.
            - The same as an OpenAPI 3.1 document: `/api/v1/openapi.json`, and [openapi.json](openapi.json).
            - Reports have an `ETag`; with `If-None-Match` the answer is 304 while only `snapshot_age_seconds` differs.

            | | | role | |
            |---|---|---|---|

            """
        for endpoint in Endpoint.allCases {
            let entry = endpoint.entry
            let role = entry.permission.role ?? "none"
            text += "| `\(entry.method.rawValue)` | `\(endpoint.path)` | \(role) | \(entry.summary) |\n"
        }
        for endpoint in Endpoint.allCases { text += section(endpoint) }
        text += "\n## Documents\n\nJSON Schemas of those that are answered are in [schemas/api](schemas/api).\n"
        for document in documents { text += section(document) }
        return text
    }

    /// Each document once, parts behind what has them.
    static var documents: [DocumentDescription] {
        var found: [DocumentDescription] = []
        func add(_ document: DocumentDescription) {
            guard !found.contains(where: { $0.name == document.name }) else { return }
            found.append(document)
            for member in document.members { member.parts.forEach(add) }
        }
        for endpoint in Endpoint.allCases {
            let entry = endpoint.entry
            if let request = entry.request { add(request) }
            if let answer = entry.answer.document { add(answer) }
            if case .events(let events) = entry.answer { events.map(\.document).forEach(add) }
        }
        add(DocumentDescription(Problem.self))
        return found
    }

    private static func section(_ endpoint: Endpoint) -> String {
        let entry = endpoint.entry
        var text = "\n## \(entry.method.rawValue) \(endpoint.path)\n\n\(entry.summary)\n"
        switch entry.permission {
        case .open: text += "\nNeeds no login.\n"
        case .viewer: break
        case .operator(.adminSocket):
            text += """

                Served over `admin.socket` to the daemon's own user and root, and over TLS to operators. Takes `Content-Type:
                application/json`. Each act, done or refused, is a line `admin.act` of the log.

                """
        case .operator(.sameMachine):
            text += """

                Answered to operators over TLS, and without TLS only to programs on the daemon's machine and not through a
                proxy. Takes `Content-Type: application/json`. Each act, done or refused, is a line `admin.act` of the log.

                """
        }
        if !entry.parameters.isEmpty {
            text += "\n| parameter | value | |\n|---|---|---|\n"
            for parameter in entry.parameters {
                text += "| `\(parameter.name)` | \(words(parameter.value)) | \(parameter.summary)"
                text += "\(parameter.isRequired ? " *(required)*" : "") |\n"
            }
        }
        text += "\n| status | answer |\n|---|---|\n"
        if let request = entry.request {
            text = text.replacing("\n| status", with: "\nTakes \(link(request)).\n\n| status")
        }
        switch entry.answer {
        case .report(let document), .document(let document): text += "| 200 | \(link(document)) |\n"
        case .text(let words, _): text += "| 200 | \(words) |\n"
        case .events: text += "| 200 | `text/event-stream`, without end |\n"
        }
        for (code, meaning) in entry.statuses { text += "| \(code) | \(meaning) |\n" }
        if case .events(let events) = entry.answer {
            text += "\n| event | data | |\n|---|---|---|\n"
            for event in events { text += "| `\(event.name)` | \(link(event.document)) | \(event.summary) |\n" }
        }
        return text
    }

    private static func section(_ document: DocumentDescription) -> String {
        var text = "\n### \(document.name)\n\n| member | type | |\n|---|---|---|\n"
        for member in document.members {
            let type = member.parts.first.map { member.type.replacing("object", with: link($0)) } ?? member.type
            let presence = member.isRequired ? "" : " *(may be missing)*"
            text += "| `\(member.name)` | \(type) | \(member.summary)\(presence) |\n"
        }
        return text
    }

    private static func words(_ value: Endpoint.Parameter.Value) -> String {
        switch value {
        case .flow: "a flow"
        case .topic: "a topic"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .number(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration(let seconds): "a duration such as `5s`, up to \(seconds) s"
        case .check: "a check"
        case .flag: "none"
        case .search: "any text"
        }
    }

    private static func link(_ document: DocumentDescription) -> String {
        let anchor = document.name.lowercased().replacing(" ", with: "-")
        return "[\(document.name)](#\(anchor))"
    }
}

extension Endpoint.Answer {
    /// The document that is answered; `nil` for text.
    public var document: DocumentDescription? {
        switch self {
        case .report(let document), .document(let document): document
        case .text, .events: nil
        }
    }
}
