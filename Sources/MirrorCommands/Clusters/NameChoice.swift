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

    /// - Throws: a usage failure when nothing is named, or when a name can be none of a topic.
    init(_ invocation: Invocation, needing argument: Argument, hint: String) throws(CommandFailure) {
        try self.init(invocation, argument: argument.name)
        if isEmpty {
            let taken = invocation.argument(ClusterFlags.file.name).flatMap {
                ClusterFlags.misread($0, for: argument.name)
            }
            throw .usage("which \(argument.name.lowercased())?", hint: taken ?? hint)
        }
        guard argument.name == TopicFamily.name.name else { return }
        for name in names {
            if let problem = TopicNameRule.problem(with: TopicName(name)) {
                throw .usage(problem, hint: "a pattern is given by --regex")
            }
        }
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
