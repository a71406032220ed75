// SPDX-License-Identifier: Apache-2.0

/// docs/configuration.md, printed from the schema.
public enum ConfigurationReference {
    /// The whole document, ending in one line break.
    public static func markdown() -> String {
        var lines = introduction
        section(
            "The process",
            "One value for the process, at the top level of the file. Each has a `TERN_…` variable, too.",
            rows(ConfigurationSchema.processKeys), &lines)
        section(
            "Flows",
            "`KEY` at the top level is the default of all flows; `S->T.KEY` is one flow's and wins.",
            rows(
                ConfigurationSchema.ternFlowKeys + ConfigurationSchema.failoverKeys + ConfigurationSchema.flowKeys
                    + ConfigurationSchema.connectKeys),
            &lines)
        section(
            "Targets",
            "`T.KEY` holds for all flows to cluster T. Where a row says so, the top level is read too, and wins.",
            rows(ConfigurationSchema.workerKeys), &lines)
        section(
            "Reaching a cluster",
            "`A.KEY` holds for all clients of cluster A, `KEY` at the top level for all clusters that do not set it "
                + "themselves, `A.consumer.KEY`, `A.producer.KEY` and `A.admin.KEY` for one kind of client.",
            rows(ConfigurationSchema.connectionKeys), &lines)
        section(
            "Clients",
            "`A.consumer.KEY`, `A.producer.KEY`, `A.admin.KEY`; for one flow `S->T.source.consumer.KEY` and, for the producer "
                + "of the records, `S->T.producer.override.KEY`.",
            rows(ConfigurationSchema.clientKeys), &lines)
        lines += owned
        ignored(&lines)
        former(&lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = [
        "# Configuration",
        "",
        "<!-- Printed from the schema in Sources/TernConfiguration/Configuration; do not edit. -->",
        "",
        "Tern reads MirrorMaker 2's own file: Java properties, with the same scopes and the same precedence. `tern check FILE`",
        "reports all problems of a file, `tern explain KEY FILE` shows a key's value in it and where the value came from.",
        "",
        "Which topics a file chooses (`topics.exclude`, what is internal, what is a cycle by its name) is as in MirrorMaker of Kafka 4.4;",
        "`tern check` names the topics for which MirrorMaker up to 3.9 chose otherwise.",
        "",
        "## The file",
        "",
        "* Tern reads it as Java reads properties: ISO-8859-1, other characters as `\\uXXXX`; `#` and `!` start a comment only at the",
        "  start of a line; trailing blanks are part of a value; a single backslash is dropped, so write it twice in a regular",
        "  expression; the later of two equal keys wins. Tern warns where this changes a value.",
        "* `clusters = A, B` names the clusters. An alias is free text. `S->T.enabled = true` turns a flow on.",
        "* Precedence: `--set KEY=VALUE`, then `TERN_…` variables (`TERN_HTTP_LISTEN` is `http.listen`), then the file.",
        "* `${env:NAME}`, `${file:/path:key}` and `${dir:/path:file}` are values from elsewhere. `config.providers`",
        "  gives these providers other names, as in Kafka. Tern never shows their values.",
        "* An invalid value is an error: nothing starts. A key without effect is a warning, with the key that works.",
        "",
    ]

    private static let owned = [
        "### librdkafka's own settings",
        "",
        "A client's key may also be any other setting of librdkafka 2.0.2, by its own name: `A.consumer.KEY`,",
        "`A.producer.KEY`; those that begin with `ssl.`, `sasl.`, `socket.` or `broker.` also as `A.KEY`. See its",
        "[CONFIGURATION.md](https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md).",
        "",
    ]

    /// Those that do something or are Tern's own.
    private static func rows(_ keys: [ConfigurationKey]) -> [ConfigurationKey] {
        keys.filter { row in
            switch row.effect {
            case .works, .client, .owned, .refused: true
            case .ignored, .renamed: false
            }
        }
    }

    private static func section(
        _ title: String, _ text: String, _ rows: [ConfigurationKey], _ lines: inout [String]
    ) {
        lines += ["## \(title)", "", text, "", "| Key | Value | Default | Meaning |", "|---|---|---|---|"]
        for row in rows {
            var meaning = row.documentation
            switch row.effect {
            case .owned(let reason): meaning += " **Tern's own**, whatever is written: \(reason)."
            case .refused(let remedy): meaning += " **Not supported**: \(remedy)."
            case .works, .client, .ignored, .renamed: break
            }
            if row.scope == .flowOnly { meaning += " Only as `S->T.\(row.name)`." }
            if row.scope == .targetOrAll { meaning += " Also at the top level, which wins." }
            if row.origin == .tern { meaning += " *(Tern)*" }
            lines.append("| `\(row.name)` | \(cell("\(row.type)")) | \(standard(row)) | \(cell(meaning)) |")
        }
        lines.append("")
    }

    private static func ignored(_ lines: inout [String]) {
        lines += [
            "## Without effect", "",
            "Tern accepts these keys of MirrorMaker, Connect and Java's clients. They have no effect.", "",
            "| Key | Why |", "|---|---|",
        ]
        var seen: Set<String> = []
        for row in ConfigurationSchema.keys.sorted(by: { $0.name < $1.name }) {
            guard case .ignored(let reason, _) = row.effect, seen.insert(row.name + reason).inserted else { continue }
            lines.append("| `\(row.name)` | \(cell(reason)) |")
        }
        lines.append("")
    }

    private static func former(_ lines: inout [String]) {
        lines += [
            "## Former and mistaken names", "", "| Written | The key | Taken |", "|---|---|---|",
        ]
        for row in ConfigurationSchema.formerKeys {
            guard case .renamed(let name, let isHonoured) = row.effect else { continue }
            lines.append("| `\(row.name)` | `\(name)` | \(isHonoured ? "yes, with a warning" : "no, with a warning") |")
        }
    }

    private static func standard(_ row: ConfigurationKey) -> String {
        switch row.standard {
        case .value(let text): text.isEmpty ? "empty" : "`\(cell(text))`"
        case .absent(let text): cell(text)
        }
    }

    private static func cell(_ text: String) -> String {
        String(decoding: text.utf8.flatMap { $0 == UInt8(ascii: "|") ? Array("\\|".utf8) : [$0] }, as: UTF8.self)
    }
}
