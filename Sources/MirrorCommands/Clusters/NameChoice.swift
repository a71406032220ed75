// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring

/// The names that a command line means: some said one by one, some by patterns.
struct NameChoice: Sendable {
    let names: [String]
    let patterns: NamePatternList

    init(_ invocation: Invocation, argument: String) throws(CommandFailure) {
        names = invocation.allArguments(argument).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        patterns = try Self.patterns(invocation.all(ClusterFlags.regex), ClusterFlags.regex)
    }

    init(patterns: NamePatternList) {
        names = []
        self.patterns = patterns
    }

    static func patterns(_ texts: [String], _ flag: Flag) throws(CommandFailure) -> NamePatternList {
        do throws(NamePatternProblem) { return try NamePatternList(texts) } catch {
            throw .usage("\(flag.spelling): \(error)")
        }
    }

    var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

    func includes(_ name: String) -> Bool {
        names.contains { $0.utf8.elementsEqual(name.utf8) } || patterns.matches(name)
    }

    /// Nothing was said: everything is meant.
    func includesOrIsEmpty(_ name: String) -> Bool { isEmpty || includes(name) }
}
