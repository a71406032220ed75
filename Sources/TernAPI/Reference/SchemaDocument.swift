// SPDX-License-Identifier: Apache-2.0
public import Text

/// The files of `docs/schemas` that come from the documents.
public enum SchemaDocument {
    /// `docs/schemas/api/lag-report.schema.json` and so on, by name, with a line feed at the end.
    public static var apiFiles: [(path: String, text: String)] {
        var names: Set<String> = []
        var files: [(path: String, text: String)] = []
        for endpoint in Endpoint.allCases {
            let documents = [endpoint.entry.request, endpoint.entry.answer.document].compactMap(\.self)
            for document in documents where names.insert(document.name).inserted {
                files.append(
                    file(
                        document,
                        "What \(endpoint.path) \(endpoint.entry.request?.name == document.name ? "takes" : "answers").")
                )
            }
        }
        files.append(file(DocumentDescription(Event.self), "A fact of \(Endpoint.events.path)."))
        files.append(file(DocumentDescription(Tick.self), "What \(Endpoint.events.path) says each second."))
        files.append(file(DocumentDescription(Problem.self), "What an error answers (RFC 9457)."))
        return files
    }

    private static func file(_ document: DocumentDescription, _ description: String) -> (path: String, text: String) {
        (
            "docs/schemas/api/\(fileName(document.name))",
            text(document.name, description + " A later daemon may add members.", document.schema)
        )
    }

    /// `lag-report.schema.json` for `LagReport`.
    public static func fileName(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase && !$0.isEmpty ? "-\($1)" : "\($1)" }.lowercased() + ".schema.json"
    }

    /// A schema with its title, as a file.
    public static func text(_ title: String, _ description: String, _ schema: JSONValue) -> String {
        let head: [JSONValue.Member] = [
            .init(name: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
            .init(name: "title", value: .string(title)), .init(name: "description", value: .string(description)),
        ]
        return JSONValue.object(head + (schema.object ?? [])).text + "\n"
    }
}
