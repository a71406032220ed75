// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning

/// A piece of a YAML document, as it was written: scalars are texts, and what they mean is for the reader to say.
///
/// YAML readers guess types (`no` is false, `1:30` is 90, `012` is 10). Nothing is guessed here.
indirect enum YAMLNode {
    case scalar(YAMLScalar)
    case sequence([YAMLNode], at: FileLocation)
    case mapping(YAMLMapping)

    var location: FileLocation {
        switch self {
        case .scalar(let scalar): scalar.location
        case .sequence(_, let location): location
        case .mapping(let mapping): mapping.location
        }
    }

    /// What people call it in a message.
    var kind: String {
        switch self {
        case .scalar(let scalar): scalar.isEmptyValue ? "nothing" : "\"\(scalar.text)\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// A key with nothing behind it, or `~` or `null`.
    var isNothing: Bool {
        if case .scalar(let scalar) = self { scalar.isEmptyValue } else { false }
    }
}

struct YAMLScalar {
    var text: String
    /// Without quotes.
    var isPlain: Bool
    var location: FileLocation

    /// YAML's spellings of no value.
    var isEmptyValue: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

struct YAMLMapping {
    struct Entry {
        var key: YAMLScalar
        var value: YAMLNode
    }

    var entries: [Entry] = []
    var location: FileLocation

    subscript(key: String) -> YAMLNode? {
        entries.first { $0.key.text == key }?.value
    }
}
