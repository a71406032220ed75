// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// `tern group`: consumer groups on both sides of a mirror.
enum GroupFamily {
    static let command = Command(
        path: ["group"], summary: "list and describe consumer groups, on both clusters side by side")

    static let commands: [Command] = [command, GroupListCommand.command, GroupDescribeCommand.command]

    static let name = Argument(
        name: "GROUP", kind: .name(.group), isRepeatable: true, summary: "names of groups")
}

extension GroupState {
    /// As Kafka's tools write it.
    var word: String {
        switch self {
        case .unknown: "unknown"
        case .preparingRebalance: "preparing-rebalance"
        case .completingRebalance: "completing-rebalance"
        case .stable: "stable"
        case .dead: "dead"
        case .empty: "empty"
        }
    }
}
