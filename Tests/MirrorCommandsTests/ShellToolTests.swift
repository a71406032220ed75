// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import Testing

@testable import MirrorCommands

/// What is printed from the command table, judged by the tools that read it. Where one is missing its tests are
/// skipped, by name.
@Suite struct ManualTests {
    @Test(.enabled(if: program("man") != nil, "man is not installed (Debian: man-db)"))
    func `man has no warning about the manual`() async throws {
        let page = await tern("help", "--man").output
        #expect(page.contains(".Sh EXIT STATUS"))
        let result = try runProcess(
            try #require(program("man")), ["-l", "--warnings", "-Tutf8", "-"], input: page)
        #expect(result.status == 0)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
    }

    @Test(.enabled(if: program("mandoc") != nil, "mandoc is not installed (Debian: mandoc)"))
    func `mandoc has no complaint about the manual`() async throws {
        let page = await tern("help", "--man").output
        let result = try runProcess(try #require(program("mandoc")), ["-T", "lint"], input: page)
        #expect(result.status == 0)
        #expect(result.output.isEmpty && result.diagnostics.isEmpty, "\(result.output)")
    }
}

@Suite struct CompletionTests {
    private static func isPresent(_ shell: String) -> Bool { program(shell) != nil }

    private func expectAccepted(by shell: String) async throws {
        let script = await tern("completion", shell)
        #expect(script.status == .done)
        let result = try runProcess(try #require(program(shell)), ["-n"], input: script.output)
        #expect(result.status == 0 && result.diagnostics.isEmpty, "\(result.diagnostics)")
    }

    @Test(.enabled(if: isPresent("bash"), "bash is not installed"))
    func `bash accepts its script`() async throws { try await expectAccepted(by: "bash") }

    @Test(.enabled(if: isPresent("zsh"), "zsh is not installed"))
    func `zsh accepts its script`() async throws { try await expectAccepted(by: "zsh") }

    @Test(.enabled(if: isPresent("fish"), "fish is not installed"))
    func `fish accepts its script`() async throws { try await expectAccepted(by: "fish") }

    @Test(
        .enabled(if: isPresent("bash"), "bash is not installed"),
        arguments: [
            (["tern", "vers"], "version"), (["tern", "version", "-o", "j"], "json"),
            (["tern", "completion", "z"], "zsh"),
            (["tern", "version", "--output", "=", "t"], "table tsv"), (["tern", "-o", "json", "comp"], "completion"),
            (["tern", "version", "--outp"], "--output"), (["tern", "--color", "n"], "never"),
        ])
    func `bash completes commands, flags and their values`(words: [String], expected: String) async throws {
        let bash = try #require(program("bash"))
        let script = await tern("completion", "bash").output
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let input = script + "COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); _tern; echo \"${COMPREPLY[*]}\"\n"
        let result = try runProcess(bash, [], input: input)
        #expect(result.output == expected + "\n", "\(result.diagnostics)")
    }

    @Test(
        .enabled(if: isPresent("fish"), "fish is not installed"),
        arguments: [
            ("tern ver", "version"), ("tern version -o j", "json"), ("tern completion z", "zsh"),
            ("tern --col", "--color"),
        ])
    func `fish completes commands, flags and their values`(line: String, expected: String) async throws {
        let fish = try #require(program("fish"))
        let script = await tern("completion", "fish").output
        let result = try runProcess(fish, ["--no-config"], input: script + "complete -C '\(line)'\n")
        let words = result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
        #expect(words.contains(Substring(expected)), "\(result.output) \(result.diagnostics)")
    }

    @Test(
        .enabled(if: isPresent("bash") && builtExecutable != nil, "bash or the executable is not there"),
        arguments: completions)
    func `bash asks tern itself for names`(words: [String], expected: String) async throws {
        let line = words.map { "'\($0)'" }.joined(separator: " ")
        let script = await tern("completion", "bash").output
        let input = script + "COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); _tern; echo \"${COMPREPLY[*]}\"\n"
        let output = try await complete("bash", [], input)
        #expect(output == expected + "\n")
    }

    @Test(
        .enabled(if: isPresent("fish") && builtExecutable != nil, "fish or the executable is not there"),
        arguments: completions)
    func `fish asks tern itself for names`(words: [String], expected: String) async throws {
        let script = await tern("completion", "fish").output
        let output = try await complete(
            "fish", ["--no-config"], script + "complete -C '\(words.joined(separator: " "))'\n")
        #expect(output.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == [Substring(expected)], "\(output)")
    }

    /// zsh completes at a terminal only: one is made, the line is typed, and what it becomes is waited for.
    @Test(
        .enabled(if: isPresent("zsh") && builtExecutable != nil, "zsh or the executable is not there"),
        arguments: completions + [(["tern", "topic", "desc"], "describe")])
    func `zsh completes commands, and asks tern itself for names`(words: [String], expected: String) async throws {
        let setUp = #"""
            show() { print -r -- "line=$BUFFER" }
            zle -N show
            bindkey '^I' complete-word
            bindkey '^X' show
            print ready
            """#
        let driver = #"""
            zmodload zsh/zpty
            zpty z zsh -f -i
            expect() {
                local part seen
                for ((n = 0; n < 300; n++)); do
                    zpty -r -t z part && seen+=$part
                    [[ $seen == *$~1* ]] && return
                    sleep 0.1
                done
                print -r -- "never: $1 in $seen"
            }
            zpty -w z 'stty cols 200 -echo; autoload -Uz compinit; compinit -D -u; source completion.zsh'
            expect ready
            zpty -w -n z "$LINE"$'\t\x18'
            expect "line=${(b)WHOLE}"
            print done
            zpty -d z

            """#
        let script = await tern("completion", "zsh").output
        let whole = (words.dropLast() + [expected]).joined(separator: " ")
        let output = try await complete(
            "zsh", ["-f"], "LINE='\(words.joined(separator: " "))' WHOLE='\(whole)'\n" + driver,
            file: ("completion.zsh", script + setUp))
        #expect(output == "done\n")
    }

    private static let completions: [([String], String)] = [
        (["tern", "topic", "list", "-c", "e"], "eu"), (["tern", "topic", "plan", "--from", "u"], "us"),
        (["tern", "topic", "apply", "--allow", "add"], "add-partitions"),
        (["tern", "topic", "alter", "-s", "retention.m"], "retention.ms="),
        (["tern", "topic", "alter", "--unset", "segment.j"], "segment.jitter.ms"),
    ]

    /// Runs a shell that finds the executable, and a file with two clusters.
    private func complete(
        _ shell: String, _ arguments: [String], _ input: String, file: (name: String, text: String)? = nil
    ) async throws -> String {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let bin = try #require(builtExecutable).deletingLastPathComponent().path
        try folder.write("m.properties", "clusters = eu, us\neu.bootstrap.servers = a:1\nus.bootstrap.servers = b:1\n")
        if let file { try folder.write(file.name, file.text) }
        let result = try runProcess(
            try #require(program(shell)), arguments, input: "cd '\(folder.path)'\n" + input,
            environment: [
                "PATH": "\(bin):/usr/bin:/bin", "TERN_CONFIG": folder.path("m.properties"), "HOME": folder.path,
                "TERM": "dumb",
            ])
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        return result.output
    }

    @Test func `an unknown shell is a usage error`() async {
        let outcome = await tern("completion", "bsh")
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics == "tern: SHELL: 'bsh' is none of bash, zsh, fish; did you mean 'bash'?\n")
    }
}
