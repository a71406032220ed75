// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import Text

enum VersionCommand {
    static let command = Command(
        path: ["version"],
        summary: "show the versions of Tern and of its libraries",
        flags: [.output([.table, .json, .yaml, .tsv])],
        examples: [.init(purpose: "for a bug report", line: "tern version -o json")],
        kind: "Version",
        body: { invocation, context in try context.print(report(context), for: invocation) })

    static func report(_ context: CommandContext) -> Report {
        let parts: [(name: String, version: String)] = [
            ("tern", TernVersion.current), ("librdkafka", Clients.libraryVersion),
            ("jemalloc", context.allocator), ("swift", TernVersion.swift),
        ]
        let members = parts.map { part in
            JSONValue.Member(name: part.name, value: part.version.isEmpty ? .null : .string(part.version))
        }
        var table = TextTable([.init("PART"), .init("VERSION")])
        table.rows = parts.map { [.text($0.name), .text($0.version.isEmpty ? nil : $0.version)] }
        return Report(kind: "Version", data: .object(members), tables: [table])
    }
}
