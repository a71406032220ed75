// SPDX-License-Identifier: Apache-2.0
import Foundation
public import Text

/// A file of `docs/schemas`, and what a document has against it: as much of JSON Schema as those files use.
public struct SchemaFile {
    private let root: JSONValue

    /// `TopicList` is in `topic-list.schema.json`.
    ///
    /// - Parameter folder: below `docs/schemas`, with a slash at its end.
    public init(kind: String, folder: String = "") throws {
        let name = kind.reduce(into: "") { $0 += $1.isUppercase && !$0.isEmpty ? "-\($1)" : "\($1)" }.lowercased()
        root = try JSONValue(
            parsing: try Data(contentsOf: repositoryFile("docs/schemas/\(folder)\(name).schema.json")))
    }

    public init(_ schema: JSONValue) { root = schema }

    public var title: String? { root["title"]?.string }

    /// What the document has against it, a line each.
    public func problems(in document: JSONValue) -> [String] { problems(document, root, "") }

    private func problems(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.split(separator: "/").last ?? "")
            return problems(value, root["$defs"]?[name] ?? .null, place)
        }
        var found: [String] = []
        for keyword in schema.object ?? [] {
            switch (keyword.name, keyword.value) {
            case ("type", .string(let type)) where !Self.is(value, type): found.append("\(place): no \(type)")
            case ("type", .array(let types)) where !types.contains(where: { Self.is(value, $0.string ?? "") }):
                found.append("\(place): none of the types")
            case ("const", let constant) where constant != value: found.append("\(place): not \(constant.compactText)")
            case ("enum", .array(let choices)) where !choices.contains(value): found.append("\(place): no choice")
            case ("required", .array(let names)):
                for name in names where value.object != nil && value[name.string ?? ""] == nil {
                    found.append("\(place): \(name.string ?? "") is missing")
                }
            case ("items", let inner):
                for (index, item) in (value.array ?? []).enumerated() {
                    found += problems(item, inner, "\(place)/\(index)")
                }
            case ("properties", let inner):
                for member in value.object ?? [] {
                    if let known = inner[member.name] {
                        found += problems(member.value, known, "\(place)/\(member.name)")
                    } else if schema["additionalProperties"] == false {
                        found.append("\(place): \(member.name) is unknown")
                    }
                }
            default: break
            }
        }
        return found
    }

    private static func `is`(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"), (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}
