// SPDX-License-Identifier: Apache-2.0
public import Platform
internal import Text
internal import TopicFiles
internal import TopicPlanning

/// One thing about `web.config.file` that a person should know. Passwords, tokens and keys never occur in it.
public struct WebConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning }

    public let severity: Severity
    /// `file:line`, or the file alone.
    public let place: String
    /// What is wrong and what to do.
    public let message: String

    init(_ severity: Severity = .error, file: String, line: Int? = nil, _ message: String) {
        self.severity = severity
        place = line.map { "\(file):\($0)" } ?? file
        self.message = message.printable
    }

    public var description: String { "\(place): \(message)" }
}

/// A file in the shape of Prometheus' web configuration, with Tern's own `bearer_tokens` and `roles`.
///
///     tls_server_config:
///       cert_file: server.pem
///       key_file: server.key
///     basic_auth_users:
///       alice: $2y$10$…
///     roles:
///       alice: operator
///     bearer_tokens:
///       - name: prometheus
///         sha256: 9f86d0…
///         role: viewer
///
/// Paths in it are relative to its folder, as in Prometheus.
public struct WebConfigurationFile: Sendable {
    /// `nil` where there is an error.
    public let configuration: WebConfiguration?
    public let problems: [WebConfigurationProblem]
    /// It and the files that it names: whoever wants to know of a change looks at these.
    public let files: [String]
    /// It has a `tls_server_config`, also one whose key the reader may not see.
    public let mentionsTLS: Bool

    /// Reads it and the files that it names. Never fails: what is wrong is in `problems`.
    public init(path: String, readFile: (String) throws(SystemFailure) -> [UInt8]) {
        var reader = WebConfigurationReader(path: path)
        let configuration = reader.read(readFile)
        problems = reader.problems.enumerated().sorted { left, right in
            let (first, second) = (left.element.severity == .error, right.element.severity == .error)
            return first == second ? left.offset < right.offset : first
        }.map(\.element)
        self.configuration = problems.contains { $0.severity == .error } ? nil : configuration
        files = reader.files
        mentionsTLS = reader.mentionsTLS
    }
}

/// Reads the sections of the file.
struct WebConfigurationReader {
    typealias ReadFile = (String) throws(SystemFailure) -> [UInt8]

    let path: String
    private(set) var problems: [WebConfigurationProblem] = []
    private(set) var files: [String]
    private(set) var mentionsTLS = false

    init(path: String) {
        self.path = path
        files = [path]
    }

    mutating func error(_ node: YAMLNode?, _ message: String) {
        problems.append(.init(file: path, line: node?.location.line, message))
    }
    mutating func warning(_ node: YAMLNode?, _ message: String) {
        problems.append(.init(.warning, file: path, line: node?.location.line, message))
    }

    mutating func read(_ readFile: ReadFile) -> WebConfiguration? {
        let bytes: [UInt8]
        do throws(SystemFailure) { bytes = try readFile(path) } catch {
            problems.append(.init(file: path, "cannot be read: \(error.reason)"))
            return nil
        }
        let tree: YAMLTree
        do throws(TopicFileProblem) { tree = try YAMLTree(bytes, file: path, hasDefaults: false) } catch {
            take(error)
            return nil
        }
        tree.problems.forEach { take($0) }
        guard tree.documents.count < 2 else {
            error(tree.documents[1], "there is a second document; remove it")
            return nil
        }
        // An empty file is one that asks for nothing, as Prometheus has it.
        guard let root = tree.documents.first else { return WebConfiguration() }
        guard case .mapping(let sections) = root else {
            error(root, "expected sections such as tls_server_config: and basic_auth_users:")
            return nil
        }
        return read(sections, readFile)
    }

    private mutating func take(_ problem: TopicFileProblem) {
        problems.append(.init(file: path, line: problem.location?.line, "\(problem.what); \(problem.remedy)"))
    }

    private mutating func read(_ sections: YAMLMapping, _ readFile: ReadFile) -> WebConfiguration {
        var configuration = WebConfiguration()
        for entry in sections.entries {
            switch entry.key.text {
            case "tls_server_config":
                mentionsTLS = !entry.value.isNothing
                configuration.tls = readTLS(entry.value, readFile)
            case "basic_auth_users": configuration.users = readUsers(entry.value)
            case "bearer_tokens": configuration.tokens = readTokens(entry.value, readFile)
            case "roles": break
            case "http_server_config":
                warning(
                    .scalar(entry.key), "http_server_config has no effect: Tern speaks HTTP/1.1 with headers of its own"
                )
            default:
                unknown(
                    entry.key,
                    among: ["tls_server_config", "basic_auth_users", "bearer_tokens", "roles", "http_server_config"])
            }
        }
        // Behind the users, wherever it is written.
        if let roles = sections["roles"] { readRoles(roles, &configuration.users) }
        return configuration
    }

    // MARK: What sections have in common

    mutating func unknown(_ key: YAMLScalar, among known: [String]) {
        let near = NearestName.of(key.text, among: known).map { "did you mean \($0)?" }
        error(.scalar(key), "\"\(key.text)\" is no key here; \(near ?? "there is: \(known.joined(separator: ", "))")")
    }

    mutating func mapping(_ node: YAMLNode, _ what: String) -> YAMLMapping? {
        if node.isNothing { return nil }
        guard case .mapping(let mapping) = node else {
            error(node, "expected \(what), not \(node.kind)")
            return nil
        }
        return mapping
    }

    /// The text of a value that may not be empty.
    mutating func text(_ node: YAMLNode, of key: String) -> String? {
        guard case .scalar(let scalar) = node, !scalar.isEmptyValue, !scalar.text.isEmpty else {
            error(node, "\(key) has no value")
            return nil
        }
        return scalar.text
    }

    mutating func role(_ node: YAMLNode) -> Role? {
        guard let word = text(node, of: "role") else { return nil }
        guard let role = Role(rawValue: word) else {
            error(node, "\"\(word)\" is no role; there is: viewer, operator")
            return nil
        }
        return role
    }

    /// The content of a file that the file names.
    mutating func contents(_ node: YAMLNode, of key: String, _ readFile: ReadFile) -> (path: String, bytes: [UInt8])? {
        guard let name = text(node, of: key) else { return nil }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let file = name.hasPrefix("/") || !path.contains("/") ? name : "\(folder)/\(name)"
        files.append(file)
        do throws(SystemFailure) { return (file, try readFile(file)) } catch {
            self.error(node, "\(key) '\(file)' cannot be read: \(error.reason)")
            return nil
        }
    }
}
