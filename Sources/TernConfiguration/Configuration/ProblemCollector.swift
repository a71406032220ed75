// SPDX-License-Identifier: Apache-2.0
internal import Patterns
internal import Text

/// Gathers problems; the same one, met on several ways to a value, is kept once.
struct ProblemCollector {
    let file: String
    private(set) var problems: [ConfigurationProblem] = []
    private var seen: Set<ConfigurationProblem> = []

    init(file: String) { self.file = file }

    var hasErrors: Bool { problems.contains { $0.severity == .error } }

    mutating func error(_ value: PropertyValue, _ message: String) { add(.error, value, message) }
    mutating func warning(_ value: PropertyValue, _ message: String) { add(.warning, value, message) }
    mutating func note(_ value: PropertyValue, _ message: String) { add(.note, value, message) }

    /// A pattern that cannot be used; the reason quotes it.
    mutating func error(_ value: PropertyValue, _ problem: NamePatternProblem) {
        let text = value.isSecret ? problem.reason : problem.description
        error(value, "the regular expression \(text.printable)")
    }

    mutating func add(_ severity: ConfigurationProblem.Severity, _ value: PropertyValue, _ message: String) {
        add(
            ConfigurationProblem(
                severity, source: value.source, file: file, key: value.writtenKey.rawValue, message: message))
    }

    /// About something that nobody wrote.
    mutating func missing(key: String? = nil, _ message: String) {
        add(ConfigurationProblem(.error, file: file, key: key, message: message))
    }

    mutating func add(_ problem: ConfigurationProblem) {
        if seen.insert(problem).inserted { problems.append(problem) }
    }

    /// Errors first, each group by its place in the file.
    var sorted: [ConfigurationProblem] {
        problems.enumerated().sorted { left, right in
            if left.element.severity != right.element.severity { return left.element.severity < right.element.severity }
            let (first, second) = (left.element.line ?? 0, right.element.line ?? 0)
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }
}
