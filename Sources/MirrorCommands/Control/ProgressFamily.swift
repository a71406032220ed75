// SPDX-License-Identifier: Apache-2.0
internal import Mirroring

/// `tern progress`: how far a flow is, as its rows on the target say, and where it goes on.
enum ProgressFamily {
    static let offset = Flag(
        "offset", .number("N"), "the source's offset of the last record that counts as copied; of one partition")
    static let to = Flag(
        "to", .choice(["earliest", "latest"]), "go on at the start, or at the end, that the source's log has now")
    static let execute = Flag("execute", "do what is shown; without it nothing is changed")
    static let wait = Flag(
        "wait", .duration, preset: "30s", "how long running daemons are waited for to carry the order out")

    static let commands: [Command] = [
        Command(path: ["progress"], summary: "show and set where a flow goes on"),
        Command(
            path: ["progress", "show"], summary: "show the progress that a flow has stored on its target",
            discussion: [
                "Reads the rows of the progress topic, which are MirrorMaker's own, and asks the source where its logs start and end. "
                    + "OFFSET is that of the last record that counts as copied."
            ],
            arguments: [ConfigurationFile.argument],
            flags: [ControlFlags.flow, ControlFlags.topic, ControlFlags.partition, .timeout] + Flag.configuration
                + Flag.tabular,
            examples: [
                .init(
                    purpose: "one topic", line: "tern progress show mirror.properties --flow 'eu->us' --topic orders")
            ],
            kind: "ProgressReport", body: { try await ProgressShow($0, $1).run() }),
        change(
            .set, "have partitions go on behind a given offset",
            "Whatever lies between the stored offset and the new one is copied again, or never copied: the plan says which, and how "
                + "much. An offset outside of the source's log is refused.",
            [offset, to],
            [
                .init(
                    purpose: "accept that retention was faster: what would be done",
                    line:
                        "tern progress set --flow 'eu->us' --topic orders --partition 3 --to earliest"
                ),
                .init(
                    purpose: "the same, done",
                    line:
                        "tern progress set --flow 'eu->us' --topic orders --partition 3 --to earliest "
                        + "--execute"),
                .init(
                    purpose: "go on behind offset 41",
                    line:
                        "tern progress set --flow 'eu->us' --topic orders --partition 3 --offset 41 "
                        + "--execute"),
            ]),
        change(
            .reset, "forget the progress of partitions: they begin as auto.offset.reset says",
            "With auto.offset.reset=earliest, the default of mirrors, everything that the source has is copied again.",
            [],
            [
                .init(
                    purpose: "copy a topic again whose copy was deleted",
                    line: "tern progress reset mirror.properties --flow 'eu->us' --topic orders --execute")
            ]),
    ]

    private static func change(
        _ verb: ProgressChange.Verb, _ summary: String, _ explanation: String, _ flags: [Flag],
        _ examples: [Command.Example]
    ) -> Command {
        Command(
            path: ["progress", verb.rawValue], summary: summary,
            discussion: [
                explanation,
                "Shows what it would do; --execute orders it by a row in the flow's control topic on the target. The daemon that "
                    + "carries the partition lets go of it, writes the progress, and begins anew, without a restart; where none "
                    + "runs, the next one begins so. It refuses where its source is another cluster than the one that was asked "
                    + "here.",
            ],
            arguments: [ConfigurationFile.argument],
            flags: [ControlFlags.flow, ControlFlags.topic, ControlFlags.partition] + flags + [
                execute, ControlFlags.reason, wait, .timeout,
            ] + Flag.configuration + Flag.tabular,
            examples: examples,
            statuses: [
                (.failed, "no daemon has carried it out in time, or a cluster does not answer"),
                (.refused, "the offset is outside of the source's log, or the daemon has refused"),
            ],
            kind: "ProgressPlan", body: { try await ProgressChange(verb: verb, $0, $1).run() })
    }
}
