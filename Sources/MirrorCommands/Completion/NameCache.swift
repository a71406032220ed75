// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import Foundation
internal import Mirroring
internal import Text

/// Names that completion found before, in the user's cache folder.
struct NameCache {
    private let file: URL?

    /// - Parameter places: the addresses that the names are of.
    init(_ kind: String, of places: [String], _ context: CommandContext) {
        let home = context.variables["HOME"].map { $0 + "/.cache" }
        guard let folder = context.variables["XDG_CACHE_HOME"] ?? home, folder.hasPrefix("/") else {
            file = nil
            return
        }
        var fingerprint = Fingerprint()
        for place in places { fingerprint.add(place) }
        file = URL(filePath: folder, directoryHint: .isDirectory).appending(path: "tern/\(kind)-\(fingerprint)")
    }

    /// - Parameter earliest: milliseconds since 1970; `nil` takes them however old they are.
    func names(noOlderThan earliest: Int64?) -> [String]? {
        guard let file, let data = try? Data(contentsOf: file) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        if let earliest {
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path(percentEncoded: false))
            guard let date = attributes?[.modificationDate] as? Date,
                date.timeIntervalSince1970 * 1000 >= Double(earliest)
            else { return nil }
        }
        return lines
    }

    /// Without a folder to write to there is no cache.
    func keep(_ names: [String]) {
        guard let file else { return }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data(names.map { $0 + "\n" }.joined().utf8).write(to: file, options: .atomic)
    }
}
