// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
public import TopicPlanning
internal import FoundationEssentials
internal import KafkaTypes

/// Where topic files are read from: a disk, or a table in a test.
public struct TopicFileSystem {
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let isFolder: Bool

        public init(name: String, isFolder: Bool) {
            self.name = name
            self.isFolder = isFolder
        }
    }

    /// The bytes of a file; throws what a person should read.
    public var contents: (_ path: String) throws -> [UInt8]
    /// What is in a folder; `nil` when the path is no folder.
    public var entries: (_ path: String) throws -> [Entry]?
    /// The path from the root, which parents are found by.
    public var absolute: (_ path: String) -> String

    public init(
        contents: @escaping (String) throws -> [UInt8], entries: @escaping (String) throws -> [Entry]?,
        absolute: @escaping (String) -> String = { $0 }
    ) {
        self.contents = contents
        self.entries = entries
        self.absolute = absolute
    }
}

/// Reads topic files and folders of them.
///
/// In a folder, files that end in `.yaml` or `.yml` are read, in the order of their names, those of folders inside it
/// too; names that start with a dot are left out. A file called `topic-defaults.yaml` holds for its folder and
/// everything below: for each topic, every such file from the root of the disk down to the topic's own folder counts, so
/// it does not matter whether a file or its folder was named.
public struct TopicFolder {
    /// The file that says what the topics of its folder share.
    public static let defaultsName = "topic-defaults.yaml"

    private let system: TopicFileSystem
    private var topics: [TopicDeclaration] = []
    private var clusterIDs: [ClusterAlias: Located<String>] = [:]
    private var problems: [TopicFileProblem] = []
    /// By folder; `nil` where there is none.
    private var defaults: [String: TopicDefaults?] = [:]
    /// By absolute path.
    private var filesRead: Set<String> = []

    private enum Limit {
        static let depth = 16
        static let files = 20_000
    }

    private init(_ system: TopicFileSystem) { self.system = system }

    /// Reads the files and folders at some paths. What cannot be read is among the problems of the result.
    public static func read(_ paths: [String], in system: TopicFileSystem = .disk) -> TopicFileSet {
        var folder = TopicFolder(system)
        for path in paths {
            do {
                if try system.entries(path) == nil {
                    folder.readFile(path)
                } else {
                    let before = folder.filesRead.count
                    try folder.readFolder(path, depth: 1)
                    if folder.filesRead.count == before {
                        folder.problems.append(
                            TopicFileProblem(
                                file: path, "no file here ends in .yaml", do: "name a folder or file with topics"))
                    }
                }
            } catch {
                folder.problems.append(Self.unreadable(path, error))
            }
        }
        return TopicFileSet(topics: folder.topics, clusterIDs: folder.clusterIDs, problems: folder.problems)
    }

    private mutating func readFolder(_ path: String, depth: Int) throws {
        guard depth <= Limit.depth else {
            problems.append(
                TopicFileProblem(
                    file: path, "folders are nested more than \(Limit.depth) deep", do: "look for a link to itself"))
            return
        }
        for entry in try (system.entries(path) ?? []).sorted(by: { $0.name < $1.name }) where !entry.name.hasPrefix(".")
        {
            let inner = path.hasSuffix("/") ? path + entry.name : "\(path)/\(entry.name)"
            if entry.isFolder {
                do {
                    try readFolder(inner, depth: depth + 1)
                } catch {
                    problems.append(Self.unreadable(inner, error))
                }
            } else if entry.name.hasSuffix(".yaml") || entry.name.hasSuffix(".yml") {
                readFile(inner)
            }
        }
    }

    private mutating func readFile(_ path: String) {
        let absolute = system.absolute(path)
        guard filesRead.insert(absolute).inserted else { return }
        guard filesRead.count <= Limit.files else {
            if filesRead.count == Limit.files + 1 {
                problems.append(
                    TopicFileProblem(file: path, "there are more than \(Limit.files) files", do: "name fewer of them"))
            }
            return
        }
        let folder = Self.parent(of: absolute)
        // Read with its folder, whoever named it.
        if Self.isDefaults(path) {
            _ = folderDefaults(folder, shown: Self.parent(of: path))
            return
        }
        let inherited = inheritedDefaults(folder, shown: Self.parent(of: path))
        do {
            let file = TopicFile(try system.contents(path), name: path)
            problems += file.problems
            add(file.clusterIDs)
            for var topic in file.topics {
                topic.defaults = inherited + topic.defaults
                topics.append(topic)
            }
        } catch {
            problems.append(Self.unreadable(path, error))
        }
    }

    /// Those of every folder above, the outermost first. `shown` is the folder as the user named it, for messages.
    private mutating func inheritedDefaults(_ folder: String, shown: String) -> [TopicDefaults] {
        var chain: [TopicDefaults] = []
        var current = folder
        var name: String? = shown
        while true {
            if let defaults = folderDefaults(current, shown: name ?? current) { chain.insert(defaults, at: 0) }
            let next = Self.parent(of: current)
            guard next != current, chain.count <= 64 else { return chain }
            name = name.flatMap { $0.contains("/") ? Self.parent(of: $0) : nil }
            if let shorter = name, system.absolute(shorter) != next { name = nil }
            current = next
        }
    }

    private mutating func folderDefaults(_ folder: String, shown: String) -> TopicDefaults? {
        if let known = defaults[folder] { return known }
        var found: TopicDefaults?
        for name in [Self.defaultsName, "topic-defaults.yml"] {
            let path = Self.join(folder, name)
            guard let contents = try? system.contents(path) else { continue }
            let label = Self.join(shown, name)
            filesRead.insert(path)
            let file = TopicFile(contents, name: label)
            problems += file.problems
            add(file.clusterIDs)
            if let topic = file.topics.first {
                problems.append(
                    TopicFileProblem(
                        at: topic.name.location, "a topic is described among the defaults of its folder",
                        do: "move it to a file of another name"))
            }
            if found != nil {
                problems.append(
                    TopicFileProblem(
                        file: label, "this folder has two files of defaults", do: "keep \(Self.defaultsName)"))
            }
            found = found ?? file.defaults
        }
        defaults[folder] = .some(found)
        return found
    }

    private mutating func add(_ ids: [ClusterAlias: Located<String>]) {
        for (alias, id) in ids.sorted(by: { $0.key < $1.key }) {
            if let first = clusterIDs[alias], first.value != id.value {
                problems.append(
                    TopicFileProblem(
                        at: id.location, "cluster-ids: \"\(alias)\" has another id at \(first.location)",
                        do: "keep one of the two"))
            } else if clusterIDs[alias] == nil {
                clusterIDs[alias] = id
            }
        }
    }

    private static func isDefaults(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == defaultsName || name == "topic-defaults.yml"
    }

    private static func unreadable(_ path: String, _ error: any Error) -> TopicFileProblem {
        TopicFileProblem(file: path, "cannot be read: \(error)", do: "see that it exists and may be read")
    }

    static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    static func parent(of path: String) -> String {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? path.dropLast() : path[...]
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
