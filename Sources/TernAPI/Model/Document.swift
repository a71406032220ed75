// SPDX-License-Identifier: Apache-2.0
public import Text

/// A JSON object of the API. One table, `members`, says what is written and in which order, its schema and its
/// documentation; `Decodable` reads it. Members that a reader does not know are ignored.
///
/// What a later release adds is optional, with `omitsNull`: `nil` is "the daemon is older".
public protocol Document: APIValue {
    associatedtype Key: CodingKey & CaseIterable & RawRepresentable<String>
    /// What it is called in the documentation.
    static var name: String { get }
    /// All of them, in the order in which they are written.
    static var members: [Member<Self>] { get }
}

/// One member of a document.
public struct Member<Owner: Document>: Sendable {
    public let name: String
    /// What it says, in a sentence or less.
    public let summary: String
    public let typeName: String
    /// Always written.
    public let isRequired: Bool
    /// It differs from one answer to the next although nothing has changed: it does not count for the ETag.
    public let isVolatile: Bool
    let schema: JSONValue
    let parts: [DocumentDescription]
    let write: @Sendable (Owner, inout JSONWriter) -> Void
    let tree: @Sendable (Owner) -> JSONValue?

    /// - Parameters:
    ///   - value: where the document has it.
    ///   - words: what a text may be; any when `nil`.
    ///   - omitsNull: the member is left out rather than `null`.
    public init<Value: APIValue>(
        _ key: Owner.Key, _ value: @escaping @Sendable (Owner) -> Value, _ summary: String, words: [String]? = nil,
        omitsNull: Bool = false, isVolatile: Bool = false
    ) {
        let name = key.rawValue
        self.name = name
        self.summary = summary
        self.isVolatile = isVolatile
        typeName = omitsNull ? Value.typeName.replacing(" or null", with: "") : Value.typeName
        isRequired = !omitsNull
        let mayBeNull = !omitsNull && Value.typeName.hasSuffix(" or null")
        schema =
            words.map { ["enum": .array($0.map { .string($0) } + (mayBeNull ? [.null] : []))] } ?? Value.schema
        parts = Value.parts
        write = { document, json in
            let value = value(document)
            if omitsNull, value.isNull { return }
            json.member(name)
            value.write(to: &json)
        }
        tree = { document in
            let value = value(document)
            return omitsNull && value.isNull ? nil : value.tree
        }
    }

    /// A member of a document that this one has, written among its own.
    init<Inner: Document>(
        _ key: Owner.Key, _ member: Member<Inner>, of inner: @escaping @Sendable (Owner) -> Inner
    ) {
        name = key.rawValue
        summary = member.summary
        typeName = member.typeName
        isRequired = member.isRequired
        isVolatile = member.isVolatile
        schema = member.schema
        parts = member.parts
        write = { member.write(inner($0), &$1) }
        tree = { member.tree(inner($0)) }
    }
}

extension Document {
    public static var typeName: String { "object" }

    public static var schema: JSONValue { schema(extra: []) }

    /// - Parameter extra: members in front of the table's.
    static func schema(extra: [JSONValue.Member]) -> JSONValue {
        let required = extra.map(\.name) + members.filter(\.isRequired).map(\.name)
        let properties = members.map { member in
            JSONValue.Member(
                name: member.name,
                value: JSONValue.object([.init(name: "description", value: .string(member.summary))])
                    .setting(member.schema))
        }
        return [
            "type": "object", "required": .array(required.map { .string($0) }),
            "properties": .object(extra + properties),
        ]
    }

    public static var parts: [DocumentDescription] { [DocumentDescription(Self.self)] }

    public func write(to json: inout JSONWriter) { json.object { json in writeMembers(to: &json) } }

    func writeMembers(to json: inout JSONWriter) {
        for member in Self.members { member.write(self, &json) }
    }

    public var tree: JSONValue {
        .object(Self.members.compactMap { member in member.tree(self).map { .init(name: member.name, value: $0) } })
    }

    /// The document as one line with a line feed at its end.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension JSONValue {
    /// This object with the members of another set in it.
    fileprivate func setting(_ other: JSONValue) -> JSONValue {
        var members = object ?? []
        for member in other.object ?? [] {
            members.removeAll { $0.name == member.name }
            members.append(member)
        }
        return .object(members)
    }
}

/// A document's type as a value, for the table of endpoints and what is printed from it.
public struct DocumentDescription: Sendable {
    public let name: String
    /// Of the document as it is answered.
    public let schema: JSONValue
    let members: [(name: String, type: String, isRequired: Bool, summary: String, parts: [DocumentDescription])]

    public init<Described: Document>(_ type: Described.Type) {
        self.init(name: Described.name, schema: Described.schema, Described.members)
    }

    init<Described: Document>(
        name: String, schema: JSONValue, _ table: [Member<Described>]
    ) {
        self.name = name
        self.schema = schema
        members = table.map { ($0.name, $0.typeName, $0.isRequired, $0.summary, $0.parts) }
    }
}
