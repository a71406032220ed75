// SPDX-License-Identifier: Apache-2.0

/// A JSON document whose members keep their order: what golden files pin and people read. Foundation's keep none.
public enum JSONValue: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let name: String
        public let value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    public static func optional(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
    public static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }

    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    public var object: [Member]? { if case .object(let members) = self { members } else { nil } }
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value.rounded())
        default: nil
        }
    }
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// This object with some members replaced, or added at its end.
    public func setting(_ changes: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var members = object ?? []
        for (name, value) in changes {
            let member = Member(name: name, value: value)
            if let index = members.firstIndex(where: { $0.name == name }) {
                members[index] = member
            } else {
                members.append(member)
            }
        }
        return .object(members)
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue {
    /// The document with two spaces of indentation; what fits on a line stays on one.
    public var text: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text
    }

    /// The document on one line, without spaces.
    public var compactText: String { line(.none) }

    private func line(_ spacing: JSONWriter.Spacing) -> String {
        var json = JSONWriter(spacing)
        json.tree(self)
        return json.text
    }

    private func write(to text: inout String, indentation: Int) {
        let line = line(.afterSeparators)
        // 100 columns: a partition or an error stays readable as one line.
        if line.utf8.count + indentation <= 100 || isScalar {
            text += line
            return
        }
        let inner = String(repeating: " ", count: indentation + 2)
        let outer = String(repeating: " ", count: indentation)
        switch self {
        case .array(let items):
            text += "[\n"
            for (index, item) in items.enumerated() {
                text += inner
                item.write(to: &text, indentation: indentation + 2)
                text += index + 1 < items.count ? ",\n" : "\n"
            }
            text += outer + "]"
        case .object(let members):
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += inner + JSONValue.string(member.name).compactText + ": "
                member.value.write(to: &text, indentation: indentation + 2)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += outer + "}"
        case .null, .bool, .integer, .number, .string: text += line
        }
    }

    private var isScalar: Bool {
        switch self {
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        case .null, .bool, .integer, .number, .string: true
        }
    }
}
