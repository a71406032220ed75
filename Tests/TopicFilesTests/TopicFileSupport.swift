// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import KafkaTypes
import Testing

@testable import TopicFiles

/// The text of a file, read.
func topicFile(_ text: String, name: String = "t.yaml") -> TopicFile { TopicFile(Array(text.utf8), name: name) }

/// The messages of a file.
func problems(_ text: String) -> [String] { topicFile(text).problems.map(\.description) }

/// The first topic of a text that has no problems, on a cluster.
func specification(
    _ text: String, on cluster: ClusterAlias? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws -> TopicSpecification {
    let file = topicFile(text)
    #expect(file.problems.isEmpty, sourceLocation: sourceLocation)
    let topic = try #require(file.topics.first, sourceLocation: sourceLocation)
    return try #require(topic.specification(on: cluster), sourceLocation: sourceLocation)
}

/// A disk made of a table of absolute paths.
func system(_ files: [String: String]) -> TopicFileSystem {
    struct Missing: Error, CustomStringConvertible { let description = "no such file or folder" }
    return TopicFileSystem(
        contents: { path in
            guard let text = files[absolute(path)] else { throw Missing() }
            return Array(text.utf8)
        },
        entries: { path in
            if files[absolute(path)] != nil { return nil }
            let folder = absolute(path) == "/" ? "/" : absolute(path) + "/"
            var entries: Set<TopicFileSystem.Entry> = []
            for file in files.keys where file.hasPrefix(folder) {
                let rest = file.dropFirst(folder.count).split(separator: "/")
                if let first = rest.first {
                    entries.insert(TopicFileSystem.Entry(name: String(first), isFolder: rest.count > 1))
                }
            }
            guard !entries.isEmpty else { throw Missing() }
            return Array(entries)
        },
        absolute: absolute)
}

/// The working directory of the table is `/home/ops`.
private func absolute(_ path: String) -> String {
    var parts: [Substring] = path.hasPrefix("/") ? [] : ["home", "ops"]
    for part in path.split(separator: "/") where part != "." { parts.append(part) }
    return "/" + parts.joined(separator: "/")
}
