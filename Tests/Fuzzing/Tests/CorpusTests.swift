// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The files that fuzzing starts from, each read once in every run of the tests; `make fuzz` goes on from them.
@Suite struct `What is fuzzed` {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    private static func examples(of parser: String) throws -> [(name: String, bytes: [UInt8])] {
        let folder = corpus.appending(path: parser).path
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            (name, [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: name))))
        }
    }

    @Test(arguments: FuzzedParser.all.map(\.name))
    func `keeps its promises for every file of its corpus, and for what is nearly one`(name: String) throws {
        let parser = try #require(FuzzedParser.all.first { $0.name == name })
        let examples = try Self.examples(of: name)
        #expect(!examples.isEmpty, "there is nothing to start from")
        var random = SeededGenerator(seed: 1)
        for example in examples {
            var variants = [example.bytes, []]
            for _ in 0..<20 { variants.append(Self.damaged(example.bytes, &random)) }
            for bytes in variants {
                do throws(BrokenPromise) { try parser.read(bytes) } catch {
                    Issue.record("\(name)/\(example.name): \(error.words), for \(Data(bytes).base64EncodedString())")
                }
            }
        }
    }

    @Test func `has a folder of its own, and no folder is of nobody`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path)
        #expect(folders.sorted() == FuzzedParser.all.map(\.name).sorted())
    }

    /// A byte is another, is lost, or is there twice; or the end is missing.
    private static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard let place = bytes.indices.randomElement(using: &random) else {
            return [UInt8.random(in: 0...255, using: &random)]
        }
        var bytes = bytes
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.removeSubrange(place...)
        }
        return bytes
    }
}

/// SplitMix64: the same damage in every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
