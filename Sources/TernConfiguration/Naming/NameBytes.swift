// SPDX-License-Identifier: Apache-2.0

/// Questions about names, answered byte by byte: `String.hasSuffix` would call "e\u{301}" the end of "café".
extension String {
    func startsWithBytes(of prefix: String) -> Bool {
        utf8.starts(with: prefix.utf8)
    }

    func endsWithBytes(of suffix: String) -> Bool {
        utf8.count >= suffix.utf8.count && utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    func equalsBytes(of other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Cuts at the first occurrence of a separator that is not empty; `nil` when there is none.
    func cutAtFirst(_ separator: String) -> (before: String, after: String)? {
        var start = utf8.startIndex
        while start != utf8.endIndex {
            let rest = utf8[start...]
            if rest.starts(with: separator.utf8) {
                let end = utf8.index(start, offsetBy: separator.utf8.count)
                return (String(decoding: utf8[..<start], as: UTF8.self), String(decoding: utf8[end...], as: UTF8.self))
            }
            start = utf8.index(after: start)
        }
        return nil
    }

    /// Nothing, or the separator again and again: the pieces that Java's `split` drops from the end.
    func consistsOnly(of separator: String) -> Bool {
        var rest = utf8[...]
        while !rest.isEmpty {
            guard rest.starts(with: separator.utf8) else { return false }
            rest = rest.dropFirst(separator.utf8.count)
        }
        return true
    }
}
