// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
import Testing

/// Expected values come from `java.util.Properties` of JDK 17; 100,000 random files were compared with it.
@Suite struct ConfigurationPropertiesFileTests {
    @Test(arguments: [
        ("a=b", "a", "b"),
        ("a:b", "a", "b"),
        ("a b", "a", "b"),
        ("a\tb", "a", "b"),
        ("a = b", "a", "b"),
        ("a : b", "a", "b"),
        ("a   b", "a", "b"),
        // One separator only: the second belongs to the value.
        ("a==b", "a", "=b"),
        ("a=:b", "a", ":b"),
        ("a = = b", "a", "= b"),
        ("a  :  = b", "a", "= b"),
        // Blanks before the value go, those behind it stay.
        ("a =  b  ", "a", "b  "),
        ("  a=b", "a", "b"),
        ("\u{0C}a=b", "a", "b"),
        // A comment starts a line or is none.
        ("a = b # c", "a", "b # c"),
        ("a=#b", "a", "#b"),
        ("a", "a", ""),
        ("a=", "a", ""),
        ("=b", "", "b"),
        (":b", "", "b"),
        ("# c\n! d\na=b", "a", "b"),
        ("\\#a=b", "#a", "b"),
        // Escaped separators belong to the key.
        ("a\\=b=c", "a=b", "c"),
        ("a\\:b=c", "a:b", "c"),
        ("a\\ b=c", "a b", "c"),
        ("A->B.enabled = true", "A->B.enabled", "true"),
        // Other backslashes vanish.
        ("a=\\.b", "a", ".b"),
        ("a=\\\\.b", "a", "\\.b"),
        ("a=\\q\\\"", "a", "q\""),
        ("a=x\\ty\\nz\\rw\\fv", "a", "x\ty\nz\rw\u{0C}v"),
        ("a=\\u00e9\\u4E2D", "a", "é中"),
        ("a=\\ud83d\\ude00", "a", "😀"),
        ("\\u0061=b", "a", "b"),
        // The escape makes a character, not a separator.
        ("a\\u003db=c", "a=b", "c"),
        // A backslash at the end goes on; blanks at the next line's start go.
        ("a=b\\\n   c", "a", "bc"),
        ("a=b\\\r\n\tc", "a", "bc"),
        ("a=b\\\rc", "a", "bc"),
        ("a=b\\\\\nc=d", "a", "b\\"),
        ("a=b\\\\\\\nc", "a", "b\\c"),
        ("a\\\n=b", "a", "b"),
        ("a=b\\\n# no comment", "a", "b# no comment"),
        ("a=b\\\n\nc=d", "a", "b"),
        ("a=b\\", "a", "b"),
        ("a=b\\\n", "a", "b"),
        // Line ends of three kinds.
        ("x=1\ra=b\rz=2", "a", "b"),
        ("x=1\r\na=b\r\n", "a", "b"),
        ("\n\n  \n a=b", "a", "b"),
        // Vertical tab and no-break space are text.
        ("\u{0B}a=b", "\u{0B}a", "b"),
    ])
    func `a line is read as Java reads it`(text: String, key: String, value: String) {
        #expect(PropertiesFile(bytes: Array(text.utf8)).value(of: key) == value)
    }

    @Test(arguments: ["", "\n", "# a=b", "!a=b", "  # a=b", "\\\n", "\\\r\n", "\\\n\n", "\\\n# c\n"])
    func `comments and blank lines are nothing`(text: String) {
        let entries = PropertiesFile(bytes: Array(text.utf8)).entries
        // A backslash as the last line is an empty key to Java.
        #expect(entries.allSatisfy { $0.key.isEmpty && $0.value.isEmpty })
        #expect(text == "\\\n" || entries.isEmpty)
    }

    @Test func `lines are those of the key, and later duplicates win`() {
        let file = PropertiesFile(bytes: Array("# x\n\na = 1\nb = 2\\\n 3\n\na = 4\n".utf8))
        #expect(
            file.entries == [
                .init(key: "a", value: "1", line: 3), .init(key: "b", value: "23", line: 4),
                .init(key: "a", value: "4", line: 7),
            ])
        #expect(file.value(of: "a") == "4")
    }

    @Test func `bytes are ISO-8859-1`() {
        let file = PropertiesFile(bytes: [0x61, 0x3D, 0xE9, 0xFF])
        #expect(file.value(of: "a") == "éÿ")
        #expect(file.remarks == [])
    }

    @Test func `a file in UTF-8 is read as Java reads it, and remarked upon once`() {
        let file = PropertiesFile(bytes: Array("# é\nx=1\na=é\nb=ü\n".utf8))
        #expect(file.value(of: "a") == "Ã©")
        #expect(file.remarks == [.init(kind: .utf8ReadAsLatin1, line: 3, key: "a")])
        #expect(PropertiesFile(bytes: Array("# é\na=b".utf8)).remarks == [])
    }

    @Test(arguments: ["a=\\u12", "a=\\u12g4", "a=\\uuu0041", "\\u=b", "a=\\u00e"])
    func `a broken escape is remarked upon`(text: String) {
        #expect(PropertiesFile(bytes: Array(text.utf8)).remarks.map(\.kind) == [.malformedEscape])
    }

    @Test func `half a character and a byte order mark are remarked upon`() {
        #expect(PropertiesFile(bytes: Array("a=\\ud83d".utf8)).remarks.map(\.kind) == [.loneSurrogate])
        let marked = PropertiesFile(bytes: [0xEF, 0xBB, 0xBF] + Array("a=b".utf8))
        #expect(marked.remarks.map(\.kind) == [.byteOrderMark, .utf8ReadAsLatin1])
        #expect(marked.value(of: "a") == nil)
    }

    @Test func `keys are compared by their characters, not by what they look like`() {
        let file = PropertiesFile(bytes: Array("\\u00e9=1\ne\\u0301=2".utf8))
        #expect(file.value(of: "\u{E9}") == "1")
        #expect(file.value(of: "e\u{301}") == "2")
    }
}
