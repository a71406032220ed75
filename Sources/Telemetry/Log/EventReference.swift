// SPDX-License-Identifier: Apache-2.0

/// docs/events.md, printed from ``EventName/reference``.
public enum EventReference {
    /// The whole file; a test compares it with the committed one.
    public static var markdown: String {
        var text = """
            # Events

            Printed from the table in `Sources/Telemetry/Log/EventName+Reference.swift`; a test fails when they differ.

            Each line of the log has one of these names (`event=`), and fields. So has each fact of `tern events`, `/api/v1/events` and the dashboard, which
            keep the newest of level info and above whatever `log.level` is. The `reason` says what was seen and, where a person has to act, what to do.
            Events that would come many times a second are written once a minute, with `count`.

            | level | who should see it |
            |---|---|
            | error | a person, soon: something has stopped, was lost, or cannot be done |
            | warning | a person, in time: something was left out or is tried again, or somebody has ordered something |
            | info | whoever looks later: what has begun, ended, or changed |
            | debug | whoever looks for a fault (`log.level=debug`, also at run time by `tern reload`) |


            """
        for section in EventName.reference {
            text += "## \(section.title)\n\n| event | level | meaning |\n|---|---|---|\n"
            for entry in section.entries {
                let levels = entry.levels.map { "\($0)" }.joined(separator: ", ")
                text += "| `\(entry.name)` | \(levels) | \(entry.meaning) |\n"
            }
            text += "\n"
        }
        return String(text.dropLast())
    }
}
