// SPDX-License-Identifier: Apache-2.0
public import TernConfiguration

/// What a reload came to.
public struct ReloadOutcome: Sendable, Equatable {
    public var untouched: [FlowName] = []
    public var restarted: [FlowName] = []
    public var started: [FlowName] = []
    public var stopped: [FlowName] = []
    /// Groups of keys that differ and are only read when the process starts, such as `http.*`.
    public var needsRestart: [String] = []

    public init() {}

    /// One line for people.
    public var summary: String {
        func part(_ word: String, _ flows: [FlowName]) -> String? {
            flows.isEmpty ? nil : "\(word) \(flows.map(\.description).joined(separator: ", "))"
        }
        let parts = [
            part("restarted", restarted), part("started", started), part("stopped", stopped),
            part("untouched", untouched),
        ].compactMap(\.self)
        return parts.isEmpty ? "nothing is different" : parts.joined(separator: "; ")
    }
}
