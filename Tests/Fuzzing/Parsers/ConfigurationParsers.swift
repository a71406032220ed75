// SPDX-License-Identifier: Apache-2.0
@testable import Patterns
@testable import TernConfiguration
import KafkaTypes
import Text

extension FuzzedParser {
    static let configuration = [
        FuzzedParser("properties", readProperties),
        FuzzedParser("configuration", readConfiguration),
        FuzzedParser("jaas", readJaas),
        FuzzedParser("patterns", readPattern),
        FuzzedParser("names", readNames),
        FuzzedParser("addresses", readAddress),
    ]

    /// What a properties file says can be written down again, and is then read alike.
    private static func readProperties(_ bytes: [UInt8]) throws(BrokenPromise) {
        let file = PropertiesFile(bytes: bytes)
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
        try promise(
            file.entries.allSatisfy { (1...lines).contains($0.line) }, "an entry is on a line that is not there")
        let escape = { (text: String) in
            text.utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }
        let written = file.entries.map { "\(escape($0.key))=\(escape($0.value))\n" }.joined()
        let again = PropertiesFile(bytes: Array(written.utf8))
        let pairs = { (file: PropertiesFile) in file.entries.map { [Array($0.key.utf8), Array($0.value.utf8)] } }
        try promise(pairs(again) == pairs(file), "written and read again it says something else")
        try promise(again.remarks.isEmpty, "what was written is remarked upon: \(again.remarks)")
        _ = PropertiesFile(utf8: bytes)
    }

    private static func readConfiguration(_ bytes: [UInt8]) throws(BrokenPromise) {
        let loaded = ConfigurationLoader.load(
            file: "tern.properties", text: bytes, environment: ["NAME": "value"], overrides: ["log.level=info"],
            readFile: { $0.isEmpty ? nil : Array("key=value\n".utf8) })
        try promise((loaded.configuration == nil) == loaded.hasErrors, "usable and wrong at once, or neither")
        for problem in loaded.problems { try promise(isOneLine: problem.description, of: "a problem") }
        for entry in PropertiesFile(bytes: bytes).entries.prefix(1) { _ = loaded.explain(entry.key) }
    }

    private static func readJaas(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let jaas = try? JaasConfiguration(bytes.text) else { return }
        let quoted = { (text: String) in
            var result = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\", "\"": result += ["\\", scalar]
                case "\n": result += ["\\", "n"]
                case "\r": result += ["\\", "r"]
                default: result.append(scalar)
                }
            }
            return "\"\(String(result))\""
        }
        let options = jaas.options.map { " \(quoted($0.key))=\(quoted($0.value))" }.joined()
        let again = try? JaasConfiguration("\(quoted(jaas.loginModule)) required\(options);")
        try promise(
            again?.options == jaas.options && again?.loginModule == jaas.loginModule,
            "written and read again it says something else")
    }

    /// A pattern, and a name on the line behind it.
    private static func readPattern(_ bytes: [UInt8]) throws(BrokenPromise) {
        let (front, back) = bytes.cut(at: 0x0A)
        guard front.count <= 200, let pattern = try? NamePattern(front.text) else { return }
        let name = back.text
        try promise(pattern.answer(for: name) == pattern.answer(for: name), "asked twice it answers differently")
        // An open quotation takes in what follows, the other alternative too, as it does where MirrorMaker joins a list.
        guard !endsQuoted(front) else { return }
        let twice = try? NamePattern("\(front.text)|\(front.text)")
        guard let twice, case .yes = pattern.answer(for: name) else { return }
        if case .no = twice.answer(for: name) { throw BrokenPromise(words: "as an alternative it does not match") }
    }

    /// Whether a `\Q` of the pattern has no `\E`.
    private static func endsQuoted(_ pattern: [UInt8]) -> Bool {
        var isQuoted = false
        var rest = pattern[...]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")), let next = rest[(backslash + 1)...].first {
            switch (isQuoted, next) {
            case (false, UInt8(ascii: "Q")): isQuoted = true
            case (true, UInt8(ascii: "E")): isQuoted = false
            // Within a quotation a backslash is a letter like others: `\Q\\E` is one backslash.
            case (true, _):
                rest = rest[(backslash + 1)...]
                continue
            default: break
            }
            rest = rest[(backslash + 2)...]
        }
        return isQuoted
    }

    /// Alias, separator and topic, each on a line.
    private static func readNames(_ bytes: [UInt8]) throws(BrokenPromise) {
        let parts = bytes.text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, bytes.count <= 1_000 else { return }
        let topic = TopicName(parts[2])
        let separator = parts[1].isEmpty ? nil : parts[1]
        for naming: any ReplicationNaming in [
            PrefixNaming(source: ClusterAlias(parts[0]), separator: separator) as any ReplicationNaming,
            IdentityNaming(source: ClusterAlias(parts[0])),
        ] {
            let copy = naming.remoteTopic(for: topic)
            _ = (naming.isInternal(copy), naming.isHeartbeats(copy), naming.isCycle(copy, target: "B"))
            try promise(naming.hops(of: topic).count <= bytes.count, "a name has more hops than bytes")
            try promise(
                naming.possibleOrigins(of: topic).allSatisfy { $0.rawValue.utf8.count <= parts[2].utf8.count },
                "an origin has a longer name than its copy")
        }
    }

    private static func readAddress(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let address = ListenAddress(parsing: bytes.text, defaultPort: 9470) else { return }
        try promise(isOneLine: address.host, of: "an address")
    }
}
