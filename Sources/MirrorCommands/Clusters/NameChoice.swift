// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes
internal import Patterns

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
        do throws(NamePatternProblem) {
            var list = try NamePatternList(texts)
            list.place = flag.spelling
            return list
        } catch {
            throw .usage("\(flag.spelling): \(error)")
        }
    }

    var isEmpty: Bool { names.isEmpty && patterns.isEmpty }

    func includes(_ name: String) -> Bool {
        names.contains { $0.utf8.elementsEqual(name.utf8) } || patterns.finds(name)
    }

    /// Nothing was said: everything is meant.
    func includesOrIsEmpty(_ name: String) -> Bool { isEmpty || includes(name) }
}

extension NamePatternList {
    /// A pattern matches the name. Commands `check` the names there are before they act on those that are found.
    func finds(_ name: String) -> Bool { answer(for: name) == .yes }

    /// - Throws: a usage failure when a pattern gives no answer about one of the names: a command that went on would leave
    ///   it out, or take it, without a word.
    func check(_ names: some Sequence<String>) throws(CommandFailure) {
        for name in names {
            do throws(UndecidedName) { _ = try matches(name) } catch { throw .usage("\(error)") }
        }
    }

    func check(_ topics: some Sequence<TopicName>) throws(CommandFailure) { try check(topics.map(\.rawValue)) }
}
