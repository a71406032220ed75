// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import Testing

/// The scripts of `.ci` on machines that lack something: each test's machine has the programs that it names and no others.
@Suite struct GateScriptsTests {
    private struct Result {
        var status: Int32
        var output: String
        var diagnostics: String
        /// What `apt-get` was asked for, a line each time.
        var installed: String
    }

    /// Runs a script of `.ci` at the top of an empty repository.
    ///
    /// - Parameters:
    ///   - real: programs of this machine that are there.
    ///   - stubs: programs that do nothing and succeed; `apt-get` notes its arguments.
    private func run(
        _ script: String, _ arguments: [String] = [], real: [String], stubs: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Result {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "tern-gate-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: folder) }
        let (programs, scripts) = (folder.appending(path: "bin"), folder.appending(path: ".ci"))
        for place in [programs, scripts] { try manager.createDirectory(at: place, withIntermediateDirectories: true) }
        try manager.copyItem(at: repositoryFile(".ci/\(script)"), to: scripts.appending(path: script))
        for name in ["bash", "dirname"] + real {
            let path = try #require(program(name), "\(name) is not installed")
            try manager.createSymbolicLink(at: programs.appending(path: name), withDestinationURL: path)
        }
        let notes = folder.appending(path: "apt-get.log")
        for name in stubs {
            let file = programs.appending(path: name)
            try Data("#!\(programs.path)/bash\necho \"$@\" >> '\(notes.path)'\n".utf8).write(to: file)
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        let ended = try runProcess(
            programs.appending(path: "bash"), [scripts.appending(path: script).path] + arguments,
            environment: environment.merging(["PATH": programs.path]) { $1 })
        let installed = (try? String(contentsOf: notes, encoding: .utf8)) ?? ""
        return Result(
            status: ended.status, output: ended.output, diagnostics: ended.diagnostics, installed: installed)
    }

    @Test func `a build on a fresh machine says what is missing and how to get it, and installs nothing`() throws {
        let result = try run("setup", ["check"], real: [], stubs: ["swift", "apt-get", "id"])
        #expect(result.status == 1)
        #expect(
            result.diagnostics == """
                setup: Tern cannot be built without pkg-config librdkafka-dev libmicrohttpd-dev libjemalloc-dev libyaml-dev \
                libpcre2-dev libssl-dev libcurl4-openssl-dev libgnutls28-dev libcrypt-dev (Debian's names): 'make setup' installs them

                """)
        #expect(result.installed.isEmpty)
    }

    @Test func `a build without the tests' witnesses is built, and says which tests will be skipped`() throws {
        // This pkg-config knows every library.
        let result = try run(
            "setup", ["check"], real: [], stubs: ["swift", "pkg-config", "kcat", "zsh", "fish", "man"])
        #expect(result.status == 0)
        #expect(
            result.diagnostics
                == "setup: tests that need prometheus mandoc chromium-headless-shell systemd python3-pip (Debian's names) will be skipped: 'make setup' installs them\n"
        )
    }

    @Test func `a machine without Swift is told where it is to be had`() throws {
        let result = try run("setup", ["check"], real: [])
        #expect(result.status == 1)
        #expect(result.diagnostics.contains("no swift on PATH: install Swift 6.3 or newer"))
    }

    @Test func `make setup installs what is missing, and only that`() throws {
        let result = try run(
            "setup", real: ["id"], stubs: ["swift", "apt-get", "sudo", "pkg-config", "kcat", "zsh", "fish", "man"])
        #expect(result.status == 0, "\(result.diagnostics)")
        #expect(result.output == "setup: installing prometheus mandoc chromium-headless-shell systemd python3-pip\n")
        #expect(
            result.installed.contains(
                "install -y -qq --no-install-recommends prometheus mandoc chromium-headless-shell systemd python3-pip\n"
            ))
    }

    @Test func `without a newer librdkafka its tests are skipped by name`() throws {
        let result = try run("newer-client", real: ["rm", "mkdir"])
        #expect(result.status == 0)
        #expect(
            result.output
                == """
                newer-client: SKIPPED, nothing was tested on a newer librdkafka: there is no pip (Debian's python3-pip)

                """)
    }

    @Test func `without a newer librdkafka the gate fails`() throws {
        let result = try run("newer-client", real: ["rm", "mkdir"], environment: ["CI": "true"])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(
            result.diagnostics.hasPrefix(
                "newer-client: nothing was tested on a newer librdkafka, which is required here: there is no pip"))
        let gate = try String(contentsOf: repositoryFile(".ci/run"), encoding: .utf8)
        #expect(gate.contains("\nexport CI="), ".ci/run does not say that it is the gate")
    }
}
