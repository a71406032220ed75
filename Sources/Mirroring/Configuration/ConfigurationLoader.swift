// SPDX-License-Identifier: Apache-2.0

/// What reading a file came to.
public struct LoadedConfiguration: Sendable {
    /// `nil` when a problem is an error.
    public var configuration: MirrorConfiguration?
    /// All of them, errors first, each group in the order of the file.
    public var problems: [ConfigurationProblem]

    public init(configuration: MirrorConfiguration?, problems: [ConfigurationProblem]) {
        self.configuration = configuration
        self.problems = problems
    }

    public var hasErrors: Bool { problems.contains { $0.severity == .error } }
}
