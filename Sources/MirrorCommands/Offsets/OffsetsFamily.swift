// SPDX-License-Identifier: Apache-2.0

/// `tern offsets`: where consumer groups go on after a failover, as a running daemon knows it.
enum OffsetsFamily {
    static let command = Command(
        path: ["offsets"], summary: "show where consumer groups go on with a flow's target, as the daemon knows it")

    static let commands: [Command] = [command, OffsetsTranslateCommand.command, OffsetsGroupsCommand.command]
}
