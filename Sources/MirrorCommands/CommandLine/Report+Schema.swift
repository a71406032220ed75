// SPDX-License-Identifier: Apache-2.0
internal import TernAPI
internal import Text

extension Report {
    /// The JSON Schema of what a command prints for programs that prints a daemon's report.
    ///
    /// - Parameter source: where the daemon has it, in words.
    static func schema<Content: ReportDocument>(of type: Content.Type, from source: String) -> String {
        let error: JSONValue = [
            "type": "object", "additionalProperties": false, "required": ["code", "message", "resource", "hint"],
            "properties": [
                "code": String.schema, "message": String.schema, "resource": String?.schema, "hint": String?.schema,
            ],
        ]
        return SchemaDocument.text(
            Content.name, "What \(source). A later daemon may add members.",
            [
                "type": "object", "additionalProperties": false,
                "required": ["kind", "version", "ok", "data", "errors"],
                "properties": [
                    "kind": ["const": .string(Content.name)], "version": ["const": 1], "ok": Bool.schema,
                    "data": Content.dataSchema, "errors": ["type": "array", "items": error],
                ],
            ])
    }
}
