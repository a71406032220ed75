// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Testing
import Text

@Suite struct `A JSON tree` {
    @Test func `keeps the order of its members`() throws {
        let value: JSONValue = ["z": 1, "a": [true, false, .null, .number(-0.15), "é\n\"\\"], "m": [:]]
        #expect(value.compactText == #"{"z":1,"a":[true,false,null,-0.15,"é\n\"\\"],"m":{}}"#)
        #expect(try JSONValue(parsing: value.text.utf8)["a"] == value["a"])
    }

    @Test func `breaks long objects over lines`() {
        let value: JSONValue = [
            "first": .string(String(repeating: "x", count: 90)), "second": ["a": 1, "b": []],
            "third": .number(.infinity),
        ]
        #expect(
            value.text == """
                {
                  "first": "\(String(repeating: "x", count: 90))",
                  "second": {"a": 1, "b": []},
                  "third": null
                }
                """)
    }

    @Test func `keeps large integers exact`() throws {
        #expect(JSONValue.integer(9_007_199_254_740_993).compactText == "9007199254740993")
    }
}

@Suite struct `Text from others` {
    @Test(arguments: [
        ("a\nb\rc\td", #"a\nb\rc\td"#), ("\u{1B}[2J", #"\u{1b}[2J"#), ("\u{202E}abc", #"\u{202e}abc"#),
        ("\u{85}\u{2028}\u{FEFF}", #"\u{85}\u{2028}\u{feff}"#), ("\u{200B}", #"\u{200b}"#), ("\u{E000}", #"\u{e000}"#),
        ("1\u{2009}536 café 👩‍👩‍👧", "1\u{2009}536 café 👩‍👩‍👧"), (#"a\b"#, #"a\b"#),
    ])
    func `cannot end a line, steer a terminal, hide or turn around`(text: String, shown: String) {
        #expect(text.printable == shown)
    }
}

@Suite struct `A misspelt name` {
    @Test(arguments: [
        ("lga", "lag"), ("stauts", "status"), ("vers", "version"), ("LAG", "lag"), ("chekc", "check"),
    ])
    func `is recognised`(typed: String, meant: String) {
        #expect(NearestName.of(typed, among: ["lag", "status", "version", "check"]) == meant)
    }

    @Test(arguments: ["", "xyzzy", "a", "statistics"])
    func `that is far from everything suggests nothing`(typed: String) {
        #expect(NearestName.of(typed, among: ["lag", "status", "version", "check"]) == nil)
    }

    @Test func `that begins two names alike suggests neither`() {
        #expect(NearestName.of("re", among: ["replication", "refresh"]) == nil)
    }
}
