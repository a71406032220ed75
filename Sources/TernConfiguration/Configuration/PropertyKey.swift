// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// A key of a properties file. Java compares keys by their characters, so prefixes and equality are those of the bytes:
/// to Swift's `String`, `é` in one code point has the prefix `é` in two, and `A.` is none of `A.` + combining accent.
struct PropertyKey: ByteComparedName {
    let rawValue: String
    init(_ rawValue: String) { self.rawValue = rawValue }

    func hasPrefix(_ prefix: String) -> Bool { rawValue.utf8.starts(with: prefix.utf8) }

    /// What follows the prefix; `nil` when the key does not start with it.
    func dropping(prefix: String) -> PropertyKey? {
        guard hasPrefix(prefix) else { return nil }
        return PropertyKey(String(decoding: rawValue.utf8.dropFirst(prefix.utf8.count), as: UTF8.self))
    }

    func adding(prefix: String) -> PropertyKey { PropertyKey(prefix + rawValue) }
}
