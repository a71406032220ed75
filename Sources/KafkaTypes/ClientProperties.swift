// SPDX-License-Identifier: Apache-2.0

/// Settings of one librdkafka client under librdkafka's own names, in the order they were given; a later value wins.
///
/// Values are kept as secrets whatever they are: properties are never printed whole.
public struct ClientProperties: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public private(set) var entries: [(key: String, value: Secret<String>)] = []
    /// Where the tokens come from where the mechanism is OAUTHBEARER: librdkafka has no setting for it.
    public var login: TokenLogin?

    public init(_ entries: KeyValuePairs<String, String> = [:]) {
        for (key, value) in entries { self[key] = value }
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self[key] = value }
    }

    public subscript(key: String) -> String? {
        get { entries.last { $0.key == key }?.value.reveal() }
        set {
            entries.removeAll { $0.key == key }
            if let newValue { entries.append((key, Secret(newValue))) }
        }
    }

    /// These properties, overlaid by others.
    public func merging(_ others: ClientProperties) -> ClientProperties {
        var result = self
        for (key, value) in others.entries { result[key] = value.reveal() }
        result.login = others.login ?? login
        return result
    }

    public static func == (left: ClientProperties, right: ClientProperties) -> Bool {
        left.entries.count == right.entries.count && left.login == right.login
            && zip(left.entries, right.entries).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    }
}
