// SPDX-License-Identifier: Apache-2.0
internal import Text

/// A command line that somebody may copy into a shell.
struct CommandLineText {
    private var words: [String]

    init(_ words: [String]) { self.words = words }

    var text: String { words.map(Self.quoted).joined(separator: " ").printable }

    mutating func add(_ more: [String]) { words += more }

    /// A flag as often, and with the values, as an invocation has it.
    mutating func add(_ flag: Flag, of invocation: Invocation) {
        let name = flag.short.map { "-\($0)" } ?? "--\(flag.name)"
        if flag.takesValue {
            for value in invocation.all(flag) { words += [name, value] }
        } else if invocation.has(flag) {
            words.append(name)
        }
    }

    /// How an invocation reaches its clusters: the file, or the addresses. Secrets are left to whoever knows them.
    mutating func addConnection(of invocation: Invocation) {
        if let path = invocation.argument(ClusterFlags.file.name) ?? invocation[.config] {
            words += ["--config", path]
        }
        for flag in [Flag.set, ClusterFlags.bootstrap, ClusterFlags.property] {
            let name = flag.short.map { "-\($0)" } ?? "--\(flag.name)"
            for value in invocation.all(flag) { words += [name, Self.withoutSecret(value)] }
        }
    }

    private static func withoutSecret(_ setting: String) -> String {
        guard let sign = setting.firstIndex(of: "=") else { return setting }
        let key = setting[..<sign].lowercased()
        let isSecret = ["password", "secret", "jaas", "token", "key"].contains { key.contains($0) }
        return isSecret ? "\(setting[...sign])…" : setting
    }

    /// Within single quotes where a shell would take a character for more than itself.
    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "._-:@/+,%=…".contains($0) }
        return isPlain ? word : CompletionScript.quoted(word)
    }
}
