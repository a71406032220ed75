// SPDX-License-Identifier: Apache-2.0
public import Text

/// What a member of a document may be: it knows its schema and how it is written. Reading is `Decodable`'s.
public protocol APIValue: Decodable, Equatable, Sendable {
    /// As JSON Schema 2020-12 has it.
    static var schema: JSONValue { get }
    /// What it is, for people: `integer`, `array of object`.
    static var typeName: String { get }
    /// The documents of which it consists.
    static var parts: [DocumentDescription] { get }
    func write(to json: inout JSONWriter)
    /// The same as a tree, for output that is no JSON.
    var tree: JSONValue { get }
    /// Unknown, or not there.
    var isNull: Bool { get }
}

extension APIValue {
    public static var parts: [DocumentDescription] { [] }
    public var isNull: Bool { false }
}

extension Int64: APIValue {
    public static var schema: JSONValue { ["type": "integer"] }
    public static var typeName: String { "integer" }
    public func write(to json: inout JSONWriter) { json.value(.integer(self)) }
    public var tree: JSONValue { .integer(self) }
}

extension Double: APIValue {
    public static var schema: JSONValue { ["type": "number"] }
    public static var typeName: String { "number" }
    public func write(to json: inout JSONWriter) { json.value(.number(self)) }
    public var tree: JSONValue { .number(self) }
}

extension Bool: APIValue {
    public static var schema: JSONValue { ["type": "boolean"] }
    public static var typeName: String { "boolean" }
    public func write(to json: inout JSONWriter) { json.value(.bool(self)) }
    public var tree: JSONValue { .bool(self) }
}

extension String: APIValue {
    public static var schema: JSONValue { ["type": "string"] }
    public static var typeName: String { "string" }
    public func write(to json: inout JSONWriter) { json.value(.string(self)) }
    public var tree: JSONValue { .string(self) }
}

/// `nil` is `null`: unknown, never 0.
extension Optional: APIValue where Wrapped: APIValue {
    public static var schema: JSONValue {
        let inner = Wrapped.schema
        guard let type = inner["type"] else { return inner }
        return inner.setting(["type": [type, "null"]])
    }
    public static var typeName: String { Wrapped.typeName + " or null" }
    public static var parts: [DocumentDescription] { Wrapped.parts }
    public func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { json.value(.null) }
    }
    public var tree: JSONValue { self?.tree ?? .null }
    public var isNull: Bool { self == nil }
}

extension Array: APIValue where Element: APIValue {
    public static var schema: JSONValue { ["type": "array", "items": Element.schema] }
    public static var typeName: String { "array of \(Element.typeName)" }
    public static var parts: [DocumentDescription] { Element.parts }
    public func write(to json: inout JSONWriter) {
        json.array { json in for element in self { element.write(to: &json) } }
    }
    public var tree: JSONValue { .array(map(\.tree)) }
}
