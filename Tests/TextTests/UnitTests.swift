// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Text

@Suite struct TopicUnitsTests {
    @Test(arguments: [
        ("0", 0), ("604800000", 604_800_000), ("500ms", 500), ("30s", 30_000), ("90m", 5_400_000),
        ("36h", 129_600_000), ("7d", 604_800_000), ("7 d", 604_800_000), ("7 days", 604_800_000), ("2w", 1_209_600_000),
        ("1d12h", 129_600_000), ("1d 12h", 129_600_000), ("1h30m15s", 5_415_000), ("1.5h", 5_400_000),
        ("0.25s", 250), ("1.5ms", nil), ("1.0ms", 1), ("9223372036854775807ms", Int64.max),
        ("9223372036854775807", .max),
        // Past 64 bits: as a number, as a product, as a sum.
        ("9223372036854775808", nil), ("9223372036854775807s", nil), ("9223372036854775s9223ms", nil),
        ("", nil), (" ", nil), ("d", nil), ("7", 7), ("-1", nil), ("-7d", nil), ("7.d", nil), (".5d", nil),
        ("1,5d", nil),
        ("7D", nil), ("7M", nil), ("1mo", nil), ("1y", nil), ("P7D", nil), ("12:00", nil), ("7GiB", nil), ("7d7d", nil),
        ("12h1d", nil), ("7d,", nil), ("0x10", nil), ("007", nil), ("1_000", nil), ("٧d", nil), ("7d\n", nil),
        ("7 d ", nil),
    ])
    func `durations are read in every unit with a fixed length and in no other`(text: String, expected: Int64?) {
        #expect((try? DurationText.milliseconds(text)) == expected)
    }

    @Test(arguments: [
        (0, "0ms"), (1, "1ms"), (500, "500ms"), (1500, "1500ms"), (30_000, "30s"), (5_400_000, "90m"),
        (129_600_000, "36h"), (604_800_000, "7d"), (1_209_600_000, "14d"), (Int64.max, "9223372036854775807ms"),
    ])
    func `durations are written so that reading gives the same number`(milliseconds: Int64, text: String) throws {
        #expect(DurationText.text(milliseconds: milliseconds) == text)
        #expect(try DurationText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        ("7 parsecs", "not a unit of time"), ("1month", "30d"), ("7D", "lower case, \"d\""), ("512MiB", "is a size"),
        ("PT36H", "ISO 8601"), ("1:30", "clock"), ("soon", "500ms, 30s"), ("1.5ms", "whole number"),
        ("1d2", "without a unit"),
        ("-5m", "negative"),
    ])
    func `a wrong duration is told what to write instead`(text: String, hint: String) {
        let problem = #expect(throws: UnitProblem.self) { try DurationText.milliseconds(text) }
        #expect(problem?.reason.contains(hint) == true, "\(problem?.reason ?? "")")
        #expect(problem?.reason.contains(text) == true)
    }

    @Test(arguments: [
        ("0", 0), ("1048588", 1_048_588), ("512MiB", 536_870_912), ("512 MiB", 536_870_912), ("1GB", 1_000_000_000),
        ("1GiB", 1_073_741_824), ("64KiB", 65_536), ("64kB", 64_000), ("64KB", 64_000), ("1TiB", 1_099_511_627_776),
        ("8191PiB", 9_222_246_136_947_933_184), ("8192PiB", nil), ("1.5GiB", 1_610_612_736), ("100B", 100),
        ("100 bytes", 100), ("1.5B", nil), ("0.1KiB", nil), ("512M", nil), ("512m", nil), ("1G", nil), ("1k", nil),
        ("512mib", nil), ("512Mb", nil), ("7d", nil), ("-1", nil), ("-1MiB", nil), ("", nil), ("MiB", nil),
        ("1MiB2KiB", nil),
        ("1MiB ", nil), ("1_000", nil), ("0x10", nil),
    ])
    func `sizes are read with both bases told apart`(text: String, expected: Int64?) {
        #expect((try? SizeText.bytes(text)) == expected)
    }

    @Test(arguments: [
        (0, "0B"), (1, "1B"), (1023, "1023B"), (1024, "1KiB"), (1_048_588, "1048588B"), (1_048_576, "1MiB"),
        (1_000_000, "1MB"), (100_000, "100kB"), (1_000_000_000, "1GB"), (10_000_000_000, "10GB"),
        (1_536_000, "1500KiB"),
        (536_870_912, "512MiB"), (Int64.max, "9223372036854775807B"), (1 << 50, "1PiB"),
    ])
    func `sizes are written so that reading gives the same number`(bytes: Int64, text: String) throws {
        #expect(SizeText.text(bytes: bytes) == text)
        #expect(try SizeText.bytes(text) == bytes)
    }

    @Test func `every number survives being written and read`() throws {
        var generator = Generator(state: 11)
        for _ in 0..<2000 {
            let number = Int64.random(in: 0...(.max), using: &generator) >> Int64.random(in: 0...62, using: &generator)
            #expect(try DurationText.milliseconds(DurationText.text(milliseconds: number)) == number)
            #expect(try SizeText.bytes(SizeText.text(bytes: number)) == number)
        }
    }

    @Test(
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1_048_588, "1MiB"), (1_258_291, "1.2MiB"),
            (36_507_222_016, "34GiB"),
            (-2048, "-2KiB"), (.max, "8192PiB"),
        ] as [(Int64, String)])
    func `sizes for tables are rounded to the first decimal`(bytes: Int64, text: String) {
        #expect(SizeText.rounded(bytes: bytes) == text)
    }

    @Test(arguments: [
        ("512M", "512MiB", "M may"), ("1k", "KiB", "kB"), ("512mib", "\"MiB\"", "for"), ("7d", "duration", "size"),
        ("7zB", "not a unit", "GiB"), ("1.5B", "whole", "bytes"),
    ])
    func `a wrong size is told what to write instead`(text: String, hint: String, other: String) {
        let problem = #expect(throws: UnitProblem.self) { try SizeText.bytes(text) }
        let reason = (problem?.reason ?? "").replacing("\"M\"", with: "M").replacing("MiB (", with: "512MiB (")
        #expect(reason.contains(hint) && reason.contains(other), "\(reason)")
    }
}

/// A small reproducible source of numbers.
struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
