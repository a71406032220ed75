// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Testing

/// A file may hold anything; reading it ends with problems, never with a trap.
@Suite struct ConfigurationHostileTests {
    @Test(arguments: [
        "", "=", ":", "\\", "\u{0}", "clusters", "clusters=,", "clusters=,,,", "clusters=->", "clusters=.,..",
        "clusters= , ", "clusters=A,B\nA->B=1", "clusters=A,B\nA->B.=1\nA.=1\n.=1\n->.=1\n->=1",
        "clusters=A,B\nA->=1\n->B.x=1",
        "clusters=A,B\nA.consumer.=1\nA->B.source.=1\nA->B.source.consumer.=1\nA.producer.override.=1",
        "clusters=A,B\nconfig.providers=,\nconfig.providers.=1\nconfig.providers.x.class=",
        "clusters=A,B\nA.bootstrap.servers=,\nB.bootstrap.servers=:::\n", "clusters=${env:X}\n", "clusters=${",
        "clusters=A,B\nx=${:}\ny=${::}\nz=${}\nw=${${env:X}}\nv=${env:}\nu=${file::}\nt=${dir::}",
        "clusters=A,B\nreplication.policy.separator=\nhttp.listen=[\nhttp.listen=]:1\nhttp.listen=\\:",
        "clusters=A,B\nA.sasl.jaas.config=\nA.security.protocol=SASL_SSL\nA.sasl.mechanism=PLAIN\n",
        "clusters=A,B\nreplication.factor=99999999999999999999\ntasks.max=-9223372036854775808\nin.flight.max.bytes=1e9",
        "clusters=A,B\ntopics=((((((((((\ntopics.exclude=" + String(repeating: "(", count: 300),
        "clusters=A,B\ntopics=\\\\\ngroups=[[[[\nconfig.properties.exclude=?",
    ])
    func `no file brings the reader down`(text: String) {
        let loaded = loadConfiguration(text)
        #expect(loaded.configuration == nil)
        #expect(!loaded.errors.isEmpty)
        for key in ["", ".", "A", "A.", "A->B.", "->", "${", "\u{0}"] { _ = loaded.explain(key) }
    }

    @Test func `random bytes are read to their end`() {
        var generator = SystemRandomNumberGenerator()
        let pieces: [[UInt8]] = [
            "clusters=A,B\n", "A.", "B.", "A->B.", "=", "\\", "\n", "${env:", "}", "topics", "(", ".*", "consumer.",
            "ssl.", "\\u00", "\u{e9}", "true", "1",
        ].map { Array($0.utf8) }
        for _ in 0..<150 {
            var bytes: [UInt8] = Array("clusters=A,B\nbootstrap.servers=x:1\n".utf8)
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                if Int.random(in: 0..<6, using: &generator) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                } else {
                    bytes += pieces.randomElement(using: &generator) ?? []
                }
            }
            let loaded = ConfigurationLoader.load(file: "x", text: bytes)
            for problem in loaded.problems { #expect(!problem.description.utf8.contains(0x0A)) }
        }
    }

    @Test func `control characters of a file do not reach a terminal`() {
        let loaded = loadConfiguration(
            twoClusters + "\\u001b[31mred = 1\nlog.level = \\u001b[2J\nhealth.cluster = a\\nb\nA.x\\ny = 2")
        for problem in loaded.problems {
            #expect(problem.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        }
    }

    @Test func `a long list and a long key are read in reasonable time`() {
        let aliases = (0..<12).map { "c\($0)" }.joined(separator: ",")
        let keys = (0..<300).map { "c1.consumer.unknown\($0) = 1" }.joined(separator: "\n")
        let long = String(repeating: "x", count: 5_000)
        let loaded = loadConfiguration(
            "clusters = \(aliases)\nbootstrap.servers = x:1\n\(keys)\n\(long) = \(long)\nA.\(long) = 1\n\(long)->\(long).x = 1"
        )
        #expect(loaded.configuration?.flows.count == 132)
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count == 303)
    }
}
