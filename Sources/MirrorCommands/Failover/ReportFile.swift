// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import TernAPI
internal import Text

/// A report on disk: JSON, and the same as text beside it. Both are written whole each time, so that a crash leaves the last state.
struct ReportFile: Sendable {
    let path: String
    private let context: CommandContext

    /// A new one, named by what it is of, its flow and its beginning. Makes the folder; writes nothing yet.
    init(
        _ subject: String, from source: String, to target: String, at beginning: DateTime, in folder: String,
        _ context: CommandContext
    ) throws(CommandFailure) {
        self.context = context
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .usage, code: "FILE_UNWRITABLE", "cannot make the folder '\(folder)': \(CommandContext.reason(error))",
                resource: folder, hint: "--report names another")
        }
        let moment = UTCText.text(milliseconds: beginning.milliseconds).filter { $0 != "-" && $0 != ":" }
        let flow = "\(source)-to-\(target)".map { character in
            character.isLetter || character.isNumber || "-_".contains(character) ? String(character) : "_"
        }.joined()
        path = "\(folder)/\(subject)-\(flow)-\(moment).json"
    }

    /// One that exists, to go on with.
    init(at path: String, _ context: CommandContext) {
        self.path = path
        self.context = context
    }

    private var textPath: String { path.hasSuffix(".json") ? String(path.dropLast(5)) + ".txt" : path + ".txt" }

    func save<Content: ReportDocument>(_ report: Content, text: String) throws(CommandFailure) {
        // Kind and version in front, as files have it.
        let head: [JSONValue.Member] = [
            .init(name: "kind", value: .string(Content.name)), .init(name: "version", value: .integer(Content.version)),
        ]
        try context.write(Array((JSONValue.object(head + (report.tree.object ?? [])).text + "\n").utf8), to: path)
        try context.write(Array(text.utf8), to: textPath)
    }
}
