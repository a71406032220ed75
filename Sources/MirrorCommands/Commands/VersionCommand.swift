// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import Text

enum VersionCommand {
    static let command = Command(
        path: ["version"],
        summary: "show the versions of Tern and of its libraries",
        discussion: [
            "Below the versions it says what is known of the librdkafka that was loaded: faults, for which it should not be used, "
                + "and what it cannot do."
        ],
        flags: [.output([.table, .json, .yaml, .tsv])],
        examples: [.init(purpose: "for a bug report", line: "tern version -o json")],
        kind: "Version",
        body: { invocation, context in try context.print(report(context), for: invocation) })

    static func report(_ context: CommandContext) -> Report {
        let parts: [(name: String, version: String)] = [
            ("tern", TernVersion.current), ("commit", TernVersion.revision), ("librdkafka", Clients.libraryVersion),
            ("jemalloc", context.allocator), ("swift", TernVersion.swift),
        ]
        let members = parts.map { part in
            JSONValue.Member(name: part.name, value: part.version.isEmpty ? .null : .string(part.version))
        }
        var table = TextTable([.init("PART"), .init("VERSION")])
        table.rows = parts.map { [.text($0.name), .text($0.version.isEmpty ? nil : $0.version)] }
        let library = Clients.libraryVersion
        var report = Report(
            kind: "Version",
            data: .object(members + [.init(name: "librdkafka_findings", value: .array(findings(of: library)))]),
            tables: [table])
        report.notes = notes(on: library)
        return report
    }

    /// A line for each thing that is known of a version of librdkafka.
    static func notes(on library: String) -> [String] {
        guard let version = LibraryVersion(parsing: library) else {
            return ["librdkafka \(library) is a version that Tern does not know"]
        }
        return version.findings.map { "\($0.kind == .fault ? "warning: " : "note: ")\($0.sentence(of: version))" }
    }

    static func findings(of library: String) -> [JSONValue] {
        guard let version = LibraryVersion(parsing: library) else { return [] }
        return version.findings.map { finding in
            [
                "code": .string(finding.code), "kind": .string(finding.kind.rawValue),
                "message": .string(finding.sentence(of: version)), "fixed_in": .string(finding.fixedIn.description),
            ]
        }
    }
}
