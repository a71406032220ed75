// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// A value with the key it was written under and where.
struct PropertyValue: Sendable, CustomStringConvertible, CustomReflectable {
    /// As the file has it, scope and all; copies under other keys keep it, so that a problem names what people wrote.
    let writtenKey: PropertyKey
    let source: ConfigurationSource
    /// Came from a configuration provider, or the key says that it is one.
    let isSecret: Bool
    private let content: Secret<String>

    init(_ text: String, key: PropertyKey, source: ConfigurationSource, isSecret: Bool = false) {
        content = Secret(text)
        writtenKey = key
        self.source = source
        self.isSecret = isSecret || SecretKeys.contains(key.rawValue)
    }

    /// The text itself: to be parsed, never to be printed; `shown` is for that.
    var text: String { content.reveal() }

    /// For messages: quoted, or dots.
    var shown: String { shown(text) }

    /// A piece of the text, or what was made of it, for messages.
    func shown(_ part: String) -> String { isSecret ? "•••" : "\"\(part.printable)\"" }

    /// Dumps of whole layers show no values at all: a misspelt key does not say that its value is a secret.
    var description: String { "\(source)" }
    var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// Properties by key, as MirrorMaker passes them from layer to layer.
struct PropertyMap: Sendable {
    private(set) var values: [PropertyKey: PropertyValue] = [:]

    init() {}
    init(_ values: [PropertyKey: PropertyValue]) { self.values = values }

    subscript(key: PropertyKey) -> PropertyValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    subscript(key: String) -> PropertyValue? { values[PropertyKey(key)] }

    /// In the order of the keys, so that problems come out alike in every run.
    var sorted: [(key: PropertyKey, value: PropertyValue)] { values.sorted { $0.key < $1.key } }

    mutating func overlay(_ other: PropertyMap) { values.merge(other.values) { $1 } }

    mutating func setIfAbsent(_ key: PropertyKey, _ value: PropertyValue) {
        if values[key] == nil { values[key] = value }
    }

    /// Those whose key starts with the prefix, without it.
    func stripping(prefix: String) -> PropertyMap {
        var result: [PropertyKey: PropertyValue] = [:]
        for (key, value) in values {
            if let rest = key.dropping(prefix: prefix) { result[rest] = value }
        }
        return PropertyMap(result)
    }

    func adding(prefix: String) -> PropertyMap {
        PropertyMap(
            [PropertyKey: PropertyValue](uniqueKeysWithValues: values.map { ($0.key.adding(prefix: prefix), $0.value) })
        )
    }

    func filter(_ isIncluded: (PropertyKey) -> Bool) -> PropertyMap {
        PropertyMap(values.filter { isIncluded($0.key) })
    }
}

/// Which keys hold what must not be shown.
enum SecretKeys {
    /// By the words of its name, so that an unknown or misspelt key hides its value too.
    static func contains(_ key: String) -> Bool {
        let name = JavaText.lowercased(key)
        // Where a token is fetched is no secret.
        if name.endsWithBytes(of: "token.endpoint.url") { return false }
        if suffixes.contains(where: { name.endsWithBytes(of: $0) }) { return true }
        let parts = name.utf8.split { !(UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0) }
        return parts.contains { part in
            let word = String(decoding: part, as: UTF8.self)
            return words.contains(word)
                || (part.count > 5 && part.count < 20
                    && NearestName.of(word, among: ["password", "passphrase"]) != nil)
        }
    }

    private static let words: Set<String> = [
        "pass", "passwd", "pwd", "secret", "secrets", "jaas", "credential", "credentials", "token", "tokens",
    ]
    private static let suffixes = [
        "keystore.key", "key.pem", "sasl.oauthbearer.config", "sasl.oauthbearer.extensions",
    ]
}

extension String {
    /// Whether the bytes of `other` occur in this text.
    func containsBytes(of other: String) -> Bool {
        let text = Array(utf8)
        let sought = Array(other.utf8)
        guard sought.count <= text.count else { return false }
        return (0...(text.count - sought.count)).contains { text[$0..<($0 + sought.count)].elementsEqual(sought) }
    }
}
