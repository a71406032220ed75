// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import KafkaTypes
import Testing

@testable import TopicFiles

@Suite struct HostileYAMLTests {
    @Test(arguments: [
        (
            "name: a\nsettings:\n\tretention.ms: 7d",
            "3:1: there is a tab where YAML wants blanks; indent with blanks only"
        ),
        ("name: &n a", "1:7: an anchor (&name) is used; remove it, and share values with defaults:"),
        ("name: *n", "1:7: an alias (*name) is used; write the value out, or share it with defaults:"),
        ("name: !!str 12", "1:7: a type tag (!name) is used; remove it: every value's type is known"),
        ("name: !<x> 12", "1:7: a type tag (!name) is used; remove it: every value's type is known"),
        ("settings:\n  <<: {a: b}", "2:3: a merge key (<<) is used; share values with defaults:"),
        ("? [a, b]\n: c", "1:3: a key is a list or a mapping; write a single word as the key"),
        (
            "name: a: b",
            "1:8: this is not YAML: mapping values are not allowed in this context; put the value in quotes if it has \": \" in it, and see that the line is indented like its neighbours"
        ),
        (
            "name: \"a",
            "1:9: this is not YAML: while scanning a quoted scalar found unexpected end of stream; close the quotes or brackets that are open"
        ),
        (
            "name: a\n partitions: 3",
            "2:12: this is not YAML: mapping values are not allowed in this context; put the value in quotes if it has \": \" in it, and see that the line is indented like its neighbours"
        ),
        (
            "name: [a",
            "2:1: this is not YAML: while parsing a flow sequence did not find expected ',' or ']'; close the bracket that is open"
        ),
        ("name: a\u{0}b", "1:8: control characters are not allowed in YAML; remove the character"),
        (
            "name: \"\\ud800\"",
            "1:10: this is not YAML: while parsing a quoted scalar found invalid Unicode character escape code; correct the line"
        ),
        (
            "@name: a",
            "1:1: this is not YAML: while scanning for the next token found character that cannot start any token; correct the line"
        ),
    ])
    func `what is no YAML, or more YAML than needed, is told with its place`(text: String, message: String) {
        #expect(problems(text) == ["t.yaml:\(message)"])
    }

    @Test func `bytes that are not UTF-8 are told with their place`() {
        var bytes = Array("name: a\ndescription: caf\u{E9}".utf8)
        bytes.removeLast(2)
        bytes.append(0xE9)
        #expect(
            TopicFile(bytes, name: "t.yaml").problems.map(\.description) == [
                "t.yaml:2:17: there is a byte that is not UTF-8; save the file as UTF-8"
            ])
        #expect(
            TopicFile([0xFF, 0xFE, 0x6E, 0x00], name: "t.yaml").problems.map(\.description) == [
                "t.yaml: the file is in UTF-16; save it as UTF-8"
            ])
    }

    @Test func `nine doublings of nine aliases are refused at the first anchor`() {
        var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (last, next) in zip("abcdefgh", "bcdefghi") {
            text += "\(next): &\(next) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(problems(text) == ["t.yaml:1:4: an anchor (&name) is used; remove it, and share values with defaults:"])
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `deep nesting ends at the limit`(opening: String) {
        let messages = problems(String(repeating: opening, count: 20_000))
        #expect(messages.count == 1)
        #expect(messages.first?.contains("deep") == true || messages.first?.contains("nest") == true, "\(messages)")
    }

    @Test func `size and number of values are bounded`() {
        let large = problems(String(repeating: "#", count: (4 << 20) + 1))
        #expect(large == ["t.yaml: the file has 4MiB; split it: 4MiB are read at most"])
        let many = problems("[" + String(repeating: "a,", count: 500_000) + "]")
        #expect(many.count == 1)
        #expect(many.first?.contains("more than 400000 values") == true, "\(many)")
    }

    @Test func `a name of a megabyte is a short message`() {
        let messages = problems("name: " + String(repeating: "a", count: 1 << 20))
        #expect(
            messages == [
                "t.yaml:1:7: the topic's name has 1048576 characters, and Kafka takes 249 at most; choose another name"
            ])
        for text in [
            "\(String(repeating: "k", count: 1 << 20)): 1",
            "name: a\npartitions: \(String(repeating: "9", count: 1 << 20))",
        ] {
            #expect(problems(text).allSatisfy { $0.utf8.count < 400 })
        }
    }

    @Test func `random bytes neither crash nor hang`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("name: - [] {} \"' \n\n\t|>&*!%@#?,:settings 0a\u{E9}".utf8) + [0x00, 0xFF, 0xC3]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...120)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = TopicFile(bytes, name: "t.yaml")
        }
    }
}
