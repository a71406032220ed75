// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import TopicFiles

extension JSONValue {
    /// The same document as YAML.
    var yaml: String { YAMLText.write([yamlValue]) }

    private var yamlValue: YAMLValue {
        switch self {
        case .null: .null
        case .bool(let flag): .flag(flag)
        case .integer(let number): .number(number)
        case .number: .literal(compactText)
        case .string(let text): .text(text)
        case .array(let items): .list(items.map(\.yamlValue))
        case .object(let members): .mapping(members.map { ($0.name, $0.value.yamlValue) })
        }
    }
}
