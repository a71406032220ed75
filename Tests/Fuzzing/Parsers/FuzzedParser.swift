// SPDX-License-Identifier: Apache-2.0
import Text

/// Something of ours that reads bytes which others wrote.
///
/// No bytes may end the process; and what is read has to keep the promises that its `read` names, such as that writing it
/// and reading it again changes nothing.
struct FuzzedParser: Sendable {
    /// Its folder in `Corpus`.
    let name: String
    let read: @Sendable ([UInt8]) throws(BrokenPromise) -> Void

    init(_ name: String, _ read: @escaping @Sendable ([UInt8]) throws(BrokenPromise) -> Void) {
        self.name = name
        self.read = read
    }

    static let all = configuration + topics + records + web + access + logins + texts
}

/// What was read does not keep a promise.
struct BrokenPromise: Error { let words: String }

func promise(_ isKept: Bool, _ words: @autoclosure () -> String) throws(BrokenPromise) {
    if !isKept { throw BrokenPromise(words: words()) }
}

/// A sentence for people, which a terminal, a log or a page shows: it has one line and steers nothing.
func promise(isOneLine sentence: String, of whom: String) throws(BrokenPromise) {
    try promise(
        sentence.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value)
        },
        "\(whom) says something with control characters: \(sentence.debugDescription)")
}

extension [UInt8] {
    /// In front of the first of these bytes, and behind it. All in front, and nothing, where there is none.
    func cut(at byte: UInt8) -> (front: [UInt8], back: [UInt8]) {
        guard let place = firstIndex(of: byte) else { return (self, []) }
        return (Array(self[..<place]), Array(self[(place + 1)...]))
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
