// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials

/// Why a path could not be read, in the system's words.
struct FileFailure: Error, CustomStringConvertible {
    let description: String
}

extension TopicFileSystem {
    /// The files of this machine.
    public static var disk: TopicFileSystem {
        TopicFileSystem(
            contents: { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    let exists = FileManager.default.fileExists(atPath: path)
                    throw FileFailure(description: exists ? "permission denied" : "no such file or folder")
                }
                return [UInt8](data)
            },
            entries: { path in
                var isFolder = false
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                    throw FileFailure(description: "no such file or folder")
                }
                guard isFolder else { return nil }
                guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                    throw FileFailure(description: "permission denied")
                }
                return names.map { name in
                    var isInnerFolder = false
                    _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isInnerFolder)
                    return Entry(name: name, isFolder: isInnerFolder)
                }
            },
            absolute: { path in
                URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false)
            })
    }
}
