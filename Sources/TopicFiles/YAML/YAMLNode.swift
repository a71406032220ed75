// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
package import TopicPlanning

/// A piece of a YAML document, as it was written: scalars are texts, and what they mean is for the reader to say.
///
/// YAML readers guess types (`no` is false, `1:30` is 90, `012` is 10). Nothing is guessed here.
package indirect enum YAMLNode {
    case scalar(YAMLScalar)
    case sequence([YAMLNode], at: FileLocation)
    case mapping(YAMLMapping)

    package var location: FileLocation {
        switch self {
        case .scalar(let scalar): scalar.location
        case .sequence(_, let location): location
        case .mapping(let mapping): mapping.location
        }
    }

    /// What people call it in a message.
    package var kind: String {
        switch self {
        case .scalar(let scalar): scalar.isEmptyValue ? "nothing" : "\"\(scalar.text)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// A key with nothing behind it, or `~` or `null`.
    package var isNothing: Bool {
        if case .scalar(let scalar) = self { scalar.isEmptyValue } else { false }
    }
}

package struct YAMLScalar {
    package var text: String
    /// Without quotes.
    package var isPlain: Bool
    package var location: FileLocation

    /// YAML's spellings of no value.
    package var isEmptyValue: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

package struct YAMLMapping {
    package struct Entry {
        package var key: YAMLScalar
        package var value: YAMLNode
    }

    package var entries: [Entry] = []
    package var location: FileLocation

    package subscript(key: String) -> YAMLNode? {
        entries.first { $0.key.text == key }?.value
    }
}
