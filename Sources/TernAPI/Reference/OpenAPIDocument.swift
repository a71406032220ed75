// SPDX-License-Identifier: Apache-2.0
internal import Text

/// The table of endpoints as an OpenAPI 3.1 document: what `/api/v1/openapi.json` answers, and `docs/openapi.json`.
public enum OpenAPIDocument {
    /// With a line feed at its end.
    public static let text = document.text + "\n"

    static var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Tern", "version": .string("\(LagReport.version)"),
                "description":
                    "What a daemon of Tern answers over HTTP. A later daemon may add members to documents; readers ignore what they do not know.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            // Without users and tokens in web.config.file everybody reads.
            "security": [["basic": []], ["bearer": []], [:]],
            "paths": .object(Endpoint.allCases.map { .init(name: $0.path, value: path($0)) }),
            "components": [
                "schemas": .object(APIReference.documents.map { .init(name: $0.name, value: $0.schema) }),
                "securitySchemes": [
                    "basic": ["type": "http", "scheme": "basic", "description": "a user of basic_auth_users"],
                    "bearer": ["type": "http", "scheme": "bearer", "description": "a token of bearer_tokens"],
                ],
            ],
        ]
    }

    private static func path(_ endpoint: Endpoint) -> JSONValue {
        let entry = endpoint.entry
        var operation: JSONValue = [
            "operationId": .string(String(describing: endpoint)), "summary": .string(entry.summary),
            "x-tern-role": .string(entry.permission.role ?? "none"),
        ]
        if entry.permission == .open { operation = operation.setting(["security": [[:]]]) }
        if case .operator(.adminSocket) = entry.permission {
            operation = operation.setting(["security": [["basic": []], ["bearer": []]]])
        }
        let parameters = entry.parameters.map(parameter) + headers(endpoint)
        if !parameters.isEmpty { operation = operation.setting(["parameters": .array(parameters)]) }
        if let request = entry.request {
            operation = operation.setting([
                "requestBody": [
                    "required": .bool(request.needsBody),
                    "content": ["application/json": ["schema": reference(request)]],
                ]
            ])
        }
        operation = operation.setting(["responses": responses(endpoint)])
        return .object([.init(name: entry.method.rawValue.lowercased(), value: operation)])
    }

    // MARK: What is asked

    private static func parameter(_ parameter: Endpoint.Parameter) -> JSONValue {
        let one = schema(of: parameter.value)
        let isList = parameter.limit > 1
        let schema: JSONValue =
            isList ? ["type": "array", "items": one, "maxItems": .integer(Int64(parameter.limit))] : one
        var value: JSONValue = [
            "name": .string(parameter.name), "in": "query", "description": .string(parameter.summary),
            "required": .bool(parameter.isRequired), "schema": schema,
        ]
        if isList { value = value.setting(["style": "form", "explode": true]) }
        if case .flag = parameter.value { value = value.setting(["allowEmptyValue": true]) }
        return value
    }

    private static func schema(of value: Endpoint.Parameter.Value) -> JSONValue {
        switch value {
        case .flow: ["type": "string", "examples": ["eu->us"]]
        case .topic: ["type": "string", "minLength": 1]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .number(let range):
            [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .duration: ["type": "string", "pattern": "^[0-9]+(ms|s|m|h)$|^0$", "examples": ["5s"]]
        case .check, .search: ["type": "string"]
        case .flag: ["type": "string", "description": "its presence counts, and no value"]
        }
    }

    private static func headers(_ endpoint: Endpoint) -> [JSONValue] {
        func header(_ name: String, _ summary: String) -> JSONValue {
            [
                "name": .string(name), "in": "header", "description": .string(summary), "required": false,
                "schema": ["type": "string"],
            ]
        }
        switch endpoint.entry.answer {
        case .report: return [header("If-None-Match", "an ETag: 304 while the document is still that one")]
        case .events: return [header("Last-Event-ID", "the last fact that is known: those behind it come first")]
        case .document, .text: return []
        }
    }

    // MARK: What is answered

    private static func responses(_ endpoint: Endpoint) -> JSONValue {
        let entry = endpoint.entry
        var responses: JSONValue = ["200": response("as asked", content(of: entry.answer))]
        if case .report = entry.answer {
            responses = responses.setting([
                "304": ["description": "the document is still the one of If-None-Match"]
            ])
        }
        for code in Set(entry.statuses.map(\.code)).sorted() {
            let meaning = entry.statuses.filter { $0.code == code }.map(\.meaning).joined(separator: "; ")
            responses = with(
                responses, "\(code)",
                response(meaning, entry.answersAlwaysAlike ? content(of: entry.answer) : problem))
        }
        if entry.permission != .open {
            responses = with(responses, "401", response("a login is wanted, or is nobody's", problem))
            if responses["403"] == nil {
                responses = with(
                    responses, "403", response("a client's certificate is wanted, or does not hold", problem))
            }
            responses = with(responses, "429", response("many passwords wait to be verified already", problem))
        }
        return with(responses, "4XX", response("the request is malformed, too large, or for another host", problem))
    }

    private static func with(_ responses: JSONValue, _ code: String, _ response: JSONValue) -> JSONValue {
        .object((responses.object ?? []) + [.init(name: code, value: response)])
    }

    private static func response(_ description: String, _ content: JSONValue) -> JSONValue {
        ["description": .string(description), "content": content]
    }

    private static func content(of answer: Endpoint.Answer) -> JSONValue {
        switch answer {
        case .report(let document), .document(let document): ["application/json": ["schema": reference(document)]]
        case .text(let words, let types):
            .object(
                types.map { type in
                    // This very document is an object.
                    let kind: JSONValue = type == "application/json" ? "object" : "string"
                    return .init(name: type, value: ["schema": ["type": kind, "description": .string(words)]])
                })
        case .events(let events):
            [
                "text/event-stream": [
                    "schema": ["type": "string"],
                    "x-tern-events": .object(
                        events.map { .init(name: $0.name, value: reference($0.document)) }),
                ]
            ]
        }
    }

    private static var problem: JSONValue {
        ["application/problem+json": ["schema": reference(DocumentDescription(Problem.self))]]
    }

    private static func reference(_ document: DocumentDescription) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(document.name)")]
    }
}

extension Endpoint.Permission {
    /// The role that is asked for where logins are; `nil` for none.
    public var role: String? {
        switch self {
        case .open: nil
        case .viewer: "viewer"
        case .operator: "operator"
        }
    }
}

extension Endpoint.Entry {
    /// Other statuses than 200 have the same kind of body: what checks have found, and no problem.
    var answersAlwaysAlike: Bool {
        switch answer {
        case .text: true
        case .document(let document): document.name == RegionCheck.name
        case .report, .events: false
        }
    }
}

extension DocumentDescription {
    /// Whether a request of this kind may not be empty.
    var needsBody: Bool { members.contains(where: \.isRequired) }
}
