// SPDX-License-Identifier: Apache-2.0
public import Foundation

/// A file of the repository, by its path from the root.
public func repositoryFile(_ path: String) -> URL {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: path)
}
