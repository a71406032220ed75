// SPDX-License-Identifier: Apache-2.0

extension PartitionMachine.State {
    /// One word, for messages and for counting what a simulation has been through.
    public var name: String {
        switch self {
        case .flowing: "flowing"
        case .verifying: "verifying"
        case .draining: "draining"
        case .probing: "probing"
        case .held: "held"
        case .asking: "asking"
        case .paused: "paused"
        case .stopped: "stopped"
        case .removed: "removed"
        }
    }
}
