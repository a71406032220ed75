// SPDX-License-Identifier: Apache-2.0

enum CompletionCommand {
    private static let shells = CompletionScript.Shell.allCases.map(\.rawValue)

    static func command(_ table: @escaping @Sendable () -> CommandTable) -> Command {
        Command(
            path: ["completion"],
            summary: "print a script that completes commands and flags in a shell",
            arguments: [Argument(name: "SHELL", kind: .choice(shells), isRequired: true, summary: "bash, zsh or fish")],
            examples: [
                .init(purpose: "in this bash", line: "source <(tern completion bash)"),
                .init(purpose: "for every zsh", line: "tern completion zsh > \"${fpath[1]}/_tern\""),
                .init(purpose: "for every fish", line: "tern completion fish > ~/.config/fish/completions/tern.fish"),
            ],
            body: { invocation, context in
                guard let shell = invocation.argument("SHELL").flatMap(CompletionScript.Shell.init(rawValue:)) else {
                    throw CommandFailure.usage("SHELL: one of \(shells.joined(separator: ", "))")
                }
                context.output.write(CompletionScript(table: table()).text(for: shell))
                return .done
            })
    }
}
