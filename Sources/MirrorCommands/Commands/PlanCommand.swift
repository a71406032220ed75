// SPDX-License-Identifier: Apache-2.0
internal import Mirroring
internal import TernConfiguration
internal import Text

/// What it takes to leave Tern.
enum PlanCommand {
    private static let destination = Flag(
        "to", .choice(["cluster-mirroring"]), "what takes over: Kafka's Cluster Mirroring (KIP-1279)")

    static let command = Command(
        path: ["plan"],
        summary: "print what it takes to hand flows over to Kafka's Cluster Mirroring",
        discussion: [
            "Experimental: Cluster Mirroring (KIP-1279) is in early access for Kafka 4.5, and its names may change. Prints, for each "
                + "flow that is active-passive, the mirror's properties, the commands in their order, and what is lost; for other flows, why they stay. "
                + "Reads the properties file only, connects to nothing and changes nothing. Secrets are left empty."
        ],
        arguments: [DaemonQuestion.file, DaemonQuestion.flow],
        flags: [destination] + Flag.configuration + [.output([.table, .json, .yaml])],
        examples: [
            .init(
                purpose: "what moving one flow takes",
                line: "tern plan --to cluster-mirroring mirror.properties 'eu->us'")
        ],
        kind: "ClusterMirroringPlan",
        body: { invocation, context in
            try context.print(try report(invocation, context), for: invocation)
        })

    private static func report(_ invocation: Invocation, _ context: CommandContext) throws(CommandFailure) -> Report {
        guard invocation[destination] != nil else {
            throw .usage("--to is missing", hint: "tern plan --to cluster-mirroring mirror.properties")
        }
        let file = try ConfigurationFile(invocation, context)
        let configuration = try file.configuration(printingProblemsFor: invocation, context)
        let names = DaemonQuestion.flows(invocation)
        try CommandFailure.requireKnown("flow", names, among: configuration.flows.map(\.name.description))
        let plans = configuration.flows.filter { flow in
            names.isEmpty ? flow.isEnabled : names.contains(flow.name.description)
        }.map { flow in
            ClusterMirroringPlan(flow, of: configuration, connection: connection(to: flow.name.source, file.loaded))
        }
        return Report(
            kind: "ClusterMirroringPlan", data: ["flows": .array(plans.map(json))],
            text: heading + plans.map(text).joined(separator: "\n"))
    }

    /// How the source is reached, as the file says it.
    private static func connection(
        to source: ClusterAlias, _ loaded: LoadedConfiguration
    ) -> [ClusterMirroringPlan.Property] {
        ConfigurationSchema.keys.filter { key in
            ["security.", "sasl.", "ssl."].contains { key.name.hasPrefix($0) } && key.scope == .connection
        }.compactMap { key in
            let found = loaded.explain("\(source).\(key.name)")
            guard found.source != .standard else { return nil }
            return ClusterMirroringPlan.Property(key.name, found.isSecret ? nil : found.value)
        }
    }

    private static func json(_ plan: ClusterMirroringPlan) -> JSONValue {
        [
            "source": .string(plan.flow.source.rawValue), "target": .string(plan.flow.target.rawValue),
            "movable": .bool(plan.obstacles.isEmpty), "obstacles": .array(plan.obstacles.map { .string($0) }),
            "mirror": .optional(plan.mirror.isEmpty ? nil : plan.mirror),
            "properties": .array(plan.properties.map { ["key": .string($0.key), "value": .optional($0.value)] }),
            "steps": .array(
                plan.steps.map {
                    ["title": .string($0.title), "commands": .array($0.commands.map { .string($0) })]
                }),
            "losses": .array(plan.losses.map { .string($0) }),
        ]
    }

    private static let heading =
        "# Experimental: Kafka's Cluster Mirroring (KIP-1279) is in early access, and its names may change.\n\n"

    private static func text(_ plan: ClusterMirroringPlan) -> String {
        guard plan.obstacles.isEmpty else {
            return "\("\(plan.flow)".printable): stays with Tern\n"
                + plan.obstacles.map { bullet($0) }.joined()
        }
        var text = "\("\(plan.flow)".printable): can be handed over\n\n\(plan.file):\n"
        for property in plan.properties {
            text += "    \(property.line.printable)"
            text += property.value == nil ? "    # secret: fill it in\n" : "\n"
        }
        text += "\nSteps:\n"
        for (number, step) in plan.steps.enumerated() {
            let mark = "  \(number + 1). "
            text += mark + HelpText.wrapped(step.title, to: 100, indentation: mark.count).dropFirst(mark.count)
            for command in step.commands { text += "         \(command.printable)\n" }
        }
        return text + "\nWhat is lost:\n" + plan.losses.map { bullet($0) }.joined()
    }

    private static func bullet(_ sentence: String) -> String {
        "  - " + HelpText.wrapped(sentence.printable, to: 100, indentation: 4).dropFirst(4)
    }
}
