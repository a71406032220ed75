// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Text

enum ExplainCommand {
    static let command = Command(
        path: ["explain"],
        summary: "show a configuration key's value, where it came from, and what it means",
        discussion: [
            "KEY is written as in the file, with its prefix: topics, eu->us.topics, "
                + "eu.consumer.fetch.min.bytes, http.listen. Without a file it shows the default. Secrets are never shown."
        ],
        arguments: [
            Argument(name: "KEY", isRequired: true, summary: "the key, with its prefix"),
            ConfigurationFile.argument,
        ],
        flags: Flag.configuration + [.output([.table, .json, .yaml])],
        examples: [
            .init(purpose: "the default, and what it does", line: "tern explain replication.factor"),
            .init(
                purpose: "what holds for one flow, and which line says so",
                line: "tern explain 'eu->us.topics' mirror.properties"),
        ],
        kind: "Explanation",
        body: { invocation, context in
            try context.print(try report(invocation, context), for: invocation)
        })

    private static func report(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) -> Report {
        let key = invocation.argument("KEY") ?? ""
        let loaded =
            if let path = try ConfigurationFile.path(invocation, context) {
                try ConfigurationFile(path: path, invocation, context).loaded
            } else {
                ConfigurationFile.withoutFile(invocation, context)
            }
        let explanation = loaded.explain(key)
        guard explanation.isKnown || explanation.documentation != nil else {
            // The remark names the nearest key where there is one.
            throw CommandFailure(
                .usage, code: "UNKNOWN_KEY", "'\(key)' \(explanation.remark ?? "is no key that Tern knows")",
                resource: key)
        }
        return Report(kind: "Explanation", data: json(explanation), text: text(explanation))
    }

    private static func json(_ explanation: Explanation) -> JSONValue {
        [
            "key": .string(explanation.key), "value": .optional(explanation.value),
            "secret": .bool(explanation.isSecret), "source": .string("\(explanation.source)"),
            "written_key": .optional(explanation.writtenKey), "default": .optional(explanation.standard),
            "type": .optional(explanation.type), "places": .array(explanation.forms.map { .string($0) }),
            "origin": .optional(explanation.origin), "documentation": .optional(explanation.documentation),
            "remark": .optional(explanation.remark),
        ]
    }

    static func text(_ explanation: Explanation) -> String {
        var rows: [(name: String, text: String?)] = [("value", explanation.value ?? "none")]
        rows.append(("from", "\(explanation.source)" + (explanation.writtenKey.map { ", as \($0)" } ?? "")))
        rows += [("default", explanation.standard), ("takes", explanation.type)]
        rows.append(("places", explanation.forms.isEmpty ? nil : explanation.forms.joined(separator: ", ")))
        rows.append(("made by", explanation.origin))
        var text = explanation.key.printable + "\n"
        for row in rows {
            guard let value = row.text else { continue }
            let body = HelpText.wrapped(value.printable, to: 100, indentation: 11)
            text += "  " + row.name + String(repeating: " ", count: 9 - row.name.count) + body.dropFirst(11)
        }
        if let documentation = explanation.documentation {
            text += "\n" + HelpText.wrapped(documentation, to: 100, indentation: 2)
        }
        if let remark = explanation.remark { text += "\n" + HelpText.wrapped("! \(remark)", to: 100, indentation: 2) }
        return text
    }
}
