// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MirrorCommands

@Suite struct AgeTextTests {
    @Test(
        arguments: [
            ("30s", 30_000), ("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("2d", 172_800_000), ("1.5s", 1500),
            ("1w", 604_800_000), ("0s", 0), ("1m500ms", 60_500), ("5 s", 5000), ("1 day", 86_400_000),
        ] as [(String, Int64)])
    func `a flag takes what a topic's settings take, with its unit`(text: String, milliseconds: Int64) {
        #expect(Duration(flag: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "30", "0", "030", "s", "-5s", "5x", "1h30", "1..5s", "1.0005s", "99999999999999999999d", "9999999999999d",
        "٣s",
    ])
    func `what has no unit or makes no sense is refused`(text: String) {
        #expect(Duration(flag: text) == nil)
    }

    @Test(
        arguments: [
            (0, "0 s"), (0.02, "0.1 s"), (0.3, "0.3 s"), (1, "1 s"), (9.94, "9.9 s"), (9.96, "10 s"), (41.2, "41 s"),
            (59.6, "1m"), (252, "4m 12s"), (7200, "2h"), (273_600, "3d 4h"), (2_505_600, "29d"), (86_460, "1d"),
            (-1, "0 s"),
        ] as [(Double, String)])
    func `ages are said in two units at most`(seconds: Double, text: String) {
        #expect(AgeText.age(seconds: seconds) == text)
    }

    @Test(
        arguments: [(0.182, "182 ms"), (0.0004, "0 ms"), (0.9996, "1 s"), (1.25, "1.3 s"), (41, "41 s")]
            as [(Double, String)])
    func `latencies are said in milliseconds below a second`(seconds: Double, text: String) {
        #expect(AgeText.latency(seconds: seconds) == text)
    }
}

@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1536, "1 536"), (99_120_334, "99 120 334"), (-12_345, "-12 345"),
            (Int64.min, "-9 223 372 036 854 775 808"),
        ] as [(Int64, String)])
    func `digits are grouped with thin spaces`(number: Int64, text: String) {
        #expect(NumberText.grouped(number) == text.replacing(" ", with: "\u{2009}"))
    }

    @Test(
        arguments: [
            (48.25, 1, "48.3"), (0, 1, "0.0"), (-0.04, 1, "0.0"), (2, 0, "2"), (1.005, 3, "1.005"), (.nan, 1, ""),
        ]
            as [(Double, Int, String)])
    func `fractions have a fixed length`(number: Double, digits: Int, text: String) {
        #expect(NumberText.fixed(number, digits: digits) == text)
    }
}

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("orders", 6), ("订单", 4), ("café", 4), ("cafe\u{301}", 4), ("→", 1), ("한국", 4), ("ｶﾅ", 2), ("🚢", 2), ("❤️", 2),
        ("👩‍👩‍👧", 2), ("", 0), ("a\u{200B}b", 2), ("1\u{2009}536", 5), ("🇩🇪", 2),
    ])
    func `a text takes the columns that a terminal gives it`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }
}

@Suite struct TextTableTests {
    private let table = TextTable(
        [.init("TOPIC"), .init("LAG", .right), .init("STATUS"), .init("NOTE", isWide: true)],
        rows: [
            [.text("orders"), .count(18_000), .text("CATCHING_UP", .warning), .text("first")],
            [.text("订单"), .count(nil), .text("UNKNOWN", .bad), .text("")],
            [.text("a\tb"), .count(0), .text("OK", .good), .text(nil)],
        ])

    @Test func `numbers stand at the right, and what is unknown is a dash`() {
        #expect(
            table.text(.init()) == """
                TOPIC      LAG  STATUS
                orders  18\u{2009}000  CATCHING_UP
                订单         –  UNKNOWN
                a\\tb         0  OK

                """)
    }

    @Test func `wide shows all columns, and headers can be left out`() {
        #expect(
            table.text(.init(showsHeaders: false, isWide: true)) == """
                orders  18\u{2009}000  CATCHING_UP  first
                订单         –  UNKNOWN      –
                a\\tb         0  OK           –

                """)
    }

    @Test func `tab-separated values are raw, headerless and have a dash for what is empty`() {
        #expect(table.tabSeparated == "orders\t18000\tCATCHING_UP\tfirst\n订单\t-\tUNKNOWN\t-\na\\tb\t0\tOK\t-\n")
    }

    @Test func `columns can be chosen and ordered, and a wrong one is named`() throws {
        #expect(try table.selecting(["lag", "Topic"]).text(.init()).hasPrefix("   LAG  TOPIC\n"))
        #expect { try table.selecting(["lga"]) } throws: {
            ($0 as? CommandFailure)?.line == "--columns: there is no column 'lga'; did you mean lag?"
        }
    }

    @Test func `on a narrow terminal text is cut, numbers are not`() {
        let table = TextTable(
            [.init("TOPIC"), .init("LAG", .right)], rows: [[.text("订单订单订单订单订单"), .count(123_456_789)]])
        #expect(table.text(.init(showsHeaders: false, width: 22)) == "订单订单…  123\u{2009}456\u{2009}789\n")
        #expect(table.text(.init(showsHeaders: false)).contains("订单订单订单订单订单"))
    }

    @Test func `colours do not count as columns`() {
        let plain = table.text(.init())
        let painted = table.text(.init(isColored: true))
        #expect(painted.contains("\u{1B}[31mUNKNOWN\u{1B}[0m"))
        let stripped = painted.replacing(#/\u{1B}\[[0-9]*m/#, with: "")
        #expect(stripped == plain)
    }
}
