// SPDX-License-Identifier: Apache-2.0
import Testing
import Text

@Suite struct `A moment as text` {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_199_087_806, "2026-11-20T18:24:47.806Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),  // a leap year of the fourth century
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),  // 2100 has no leap day
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `is ISO 8601 in UTC with milliseconds`(milliseconds: Int64, text: String) {
        #expect(UTCText.text(milliseconds: milliseconds) == text)
    }

    @Test func `survives any number a broker may send`() {
        #expect(UTCText.text(milliseconds: .max).hasSuffix("Z"))
        #expect(UTCText.text(milliseconds: .min).hasSuffix("Z"))
    }
}

@Suite struct `A JSON writer` {
    @Test func `nests objects and arrays with commas where they belong`() {
        var json = JSONWriter()
        json.object { json in
            json["a"] = .integer(1)
            json.array("list", of: [1, 2]) { json, number in
                json.object { json in json["n"] = .integer(Int64(number)) }
            }
            json.array("empty", of: [Int]()) { _, _ in }
            json.object("inner") { _ in }
            json.array("plain", of: ["x", "y"]) { json, text in json.value(.string(text)) }
            json["last"] = .null
        }
        #expect(
            json.text == #"{"a":1,"list":[{"n":1},{"n":2}],"empty":[],"inner":{},"plain":["x","y"],"last":null}"#)
    }

    @Test(arguments: [
        (0.0, "0"), (41.2, "41.2"), (95, "95"), (-3, "-3"), (1e300, "1e+300"), (0.1, "0.1"),
        (.nan, "null"), (.infinity, "null"), (9_007_199_254_740_992, "9007199254740992.0"),
    ])
    func `writes numbers that every reader takes`(number: Double, text: String) {
        var json = JSONWriter()
        json.value(.number(number))
        #expect(json.text == text)
    }

    @Test(arguments: [
        ("a\"b\\c", #""a\"b\\c""#),
        ("\n\r\t\u{1}", #""\n\r\t\u0001""#),
        ("\u{7F}\u{85}\u{2028}", #""\u007f\u0085\u2028""#),
        ("日本 😀", "\"日本 😀\""),
        ("</script>", "\"</script>\""),
    ])
    func `escapes what JSON and terminals would take for something else`(text: String, written: String) {
        var json = JSONWriter()
        json.value(.string(text))
        #expect(json.text == written)
    }

    @Test func `writes unknown as null`() {
        var json = JSONWriter()
        json.object { json in
            json["n"] = .integer(nil)
            json["d"] = .number(nil)
            json["s"] = .string(nil)
        }
        #expect(json.text == #"{"n":null,"d":null,"s":null}"#)
    }
}
