// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine

/// Answers a shell that completes a name: `tern __complete topic -- WORDS`, where the words are those on the line
/// already. It prints names, one a line, or nothing: a completion never complains.
///
/// An answer has 300 ms, since somebody waits with a finger on the key. What was found is kept for some seconds, and for
/// longer as an answer when no cluster gives one.
struct NameLookup {
    private static let budget = Duration.milliseconds(300)
    private static let freshMilliseconds: Int64 = 15_000

    let table: CommandTable
    let context: CommandContext

    func run(_ arguments: [String]) async {
        guard let source = arguments.first.flatMap(Flag.NameSource.init(rawValue:)) else { return }
        let words = Self.joined(arguments.dropFirst().drop { $0 == "--" })
        var silent = context
        silent.diagnostics = MemoryOutput()
        guard let choice = try? ClusterChoice(invocation(words), silent, fallback: .every) else { return }
        let names: [String]
        switch source {
        case .cluster:
            names = choice.configuration.map { $0.clusters.map(\.alias.rawValue) + [ClusterFlags.everyCluster] } ?? []
        // An arrow of ASCII would send output to a file; this one means the same to Tern.
        case .flow: names = choice.configuration?.flows.map { "\($0.name.source)→\($0.name.target)" } ?? []
        case .topic, .group: names = await live(source, choice)
        }
        // What a shell could take for more than a word is left out: bash expands what it completes from.
        context.output.write(names.filter { $0.utf8.allSatisfy(Self.isHarmless) }.map { $0 + "\n" }.joined())
    }

    private func live(_ source: Flag.NameSource, _ choice: ClusterChoice) async -> [String] {
        let cache = NameCache(
            source.rawValue, of: choice.clusters.map { $0.properties["bootstrap.servers"] ?? "" }, context)
        let now = context.milliseconds()
        if let kept = cache.names(noOlderThan: now - Self.freshMilliseconds) { return kept }
        let found = try? await choice.open { clusters in
            await clusters.ask { cluster throws(KafkaError) in
                switch source {
                case .group: try await cluster.admin.listGroups(within: Self.budget).groups.map(\.id.rawValue)
                default: try await cluster.admin.topics(within: Self.budget).map(\.name.rawValue)
                }
            }
        }
        let answers = (found ?? []).compactMap { try? $0.answer.get() }
        guard !answers.isEmpty else { return cache.names(noOlderThan: nil) ?? [] }
        let names = Set(answers.joined()).sorted()
        cache.keep(names)
        return names
    }

    /// What the words say about clusters; everything else on the line is none of its business.
    private func invocation(_ words: [String]) -> Invocation {
        let command = TopicListCommand.command
        let known = [ClusterFlags.cluster] + ClusterFlags.connection
        var values: [String: [String]] = [:]
        var arguments: [String: [String]] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            if ClusterFlags.file.accepts(word), !word.hasPrefix("-") {
                arguments[ClusterFlags.file.name] = [word]
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.first ?? ""
            guard
                let flag = table.flags.first(where: {
                    "--\($0.name)" == name || $0.short.map { "-\($0)" == name } ?? false
                }), flag.takesValue
            else { continue }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { break }
            guard known.contains(where: { $0.name == flag.name }), flag.problem(with: value) == nil else { continue }
            values[flag.name, default: []].append(value)
        }
        if values[Flag.config.name] != nil { arguments = [:] }
        return Invocation(command: command, values: values, arguments: arguments)
    }

    /// bash takes `--flag=value` and `host:port` apart.
    private static func joined(_ words: some Sequence<String>) -> [String] {
        var result: [String] = []
        var joins = false
        for word in words {
            let isSign = word == "=" || word == ":"
            if let last = result.popLast() {
                if isSign || joins { result.append(last + word) } else { result += [last, word] }
            } else {
                result.append(word)
            }
            joins = isSign
        }
        return result
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._-:@/+,%→".utf8.contains(byte)
        }
    }
}
