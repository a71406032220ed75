// SPDX-License-Identifier: Apache-2.0

/// What the process ends with. There are no others: scripts and units depend on these.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// Something failed; one item of many is enough.
    case failed = 1
    /// The command line or a file is wrong: trying again cannot help.
    case usage = 2
    /// Differences were found, or a threshold was passed.
    case found = 3
    /// A safety guard refused.
    case refused = 4
    /// The daemon stopped before everything in flight was acknowledged.
    case notDrained = 75
    case interrupted = 130

    /// The meaning, as help and the manual print it.
    var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed; one item of many is enough"
        case .usage: "wrong usage, or an invalid file"
        case .found: "differences found, or a threshold passed"
        case .refused: "refused by a safety guard"
        case .notDrained: "stopped before everything in flight was acknowledged"
        case .interrupted: "interrupted"
        }
    }
}
