// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import KafkaTesting
import TernConfiguration
import Testing

@testable import MirrorCommands

/// `packaging/` and `config/systemd/`: what is put where, and how the service runs.
@Suite struct InstallTests {
    private static let executable = builtExecutable

    /// Runs `packaging/install`; never without a DESTDIR, which would make a user of this machine.
    private func install(
        _ action: String, into folder: TemporaryFolder, _ more: [String: String] = [:]
    ) throws -> (status: Int32, output: String, diagnostics: String) {
        var variables = ["PATH": "/usr/bin:/bin", "DESTDIR": folder.path]
        variables["TERN"] = Self.executable?.path
        return try runProcess(
            repositoryFile("packaging/install"), [action], environment: variables.merging(more) { $1 })
    }

    /// Every file below the folder, with its permissions: `755 /usr/local/bin/tern`.
    private func files(in folder: TemporaryFolder) throws -> [String] {
        let manager = FileManager.default
        return try (manager.subpaths(atPath: folder.path) ?? []).sorted().compactMap { path in
            let attributes = try manager.attributesOfItem(atPath: folder.path(path))
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
            return String(attributes[.posixPermissions] as? Int ?? 0, radix: 8) + " /" + path
        }
    }

    @Test(.enabled(if: builtExecutable != nil, "the executable was not built"))
    func `an installation has all that belongs to it, twice changes no file of the user, and goes without a trace`()
        throws
    {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let first = try install("install", into: folder)
        #expect(first.status == 0, "\(first.diagnostics)")
        #expect(
            first.output.hasPrefix("install: tern \(TernVersion.current) is in \(folder.path)/usr/local; its file is "))
        let configuration = "640 /etc/tern/tern.properties"
        #expect(
            try files(in: folder) == [
                configuration, "755 /usr/local/bin/tern", "644 /usr/local/lib/systemd/system/tern.service",
                "644 /usr/local/lib/sysusers.d/tern.conf", "644 /usr/local/share/bash-completion/completions/tern",
                "644 /usr/local/share/doc/tern/CHANGELOG.md", "644 /usr/local/share/doc/tern/LICENSE",
                "644 /usr/local/share/doc/tern/examples/active-active.properties",
                "644 /usr/local/share/doc/tern/examples/active-passive.properties",
                "644 /usr/local/share/doc/tern/examples/hub-and-spoke.properties",
                "644 /usr/local/share/doc/tern/examples/tern.properties",
                "644 /usr/local/share/doc/tern/grafana/tern.json",
                "644 /usr/local/share/doc/tern/prometheus/alerts.yaml",
                "644 /usr/local/share/doc/tern/prometheus/slo.yaml",
                "644 /usr/local/share/fish/vendor_completions.d/tern.fish", "644 /usr/local/share/man/man1/tern.1",
                "644 /usr/local/share/zsh/site-functions/_tern",
            ])
        #expect(try folder.read("usr/local/share/man/man1/tern.1")?.contains(".Dt TERN 1") == true)
        #expect(try folder.read("usr/local/share/zsh/site-functions/_tern")?.hasPrefix("#compdef tern") == true)
        let unit = try #require(try folder.read("usr/local/lib/systemd/system/tern.service"))
        #expect(unit.contains("\nExecStart=/usr/local/bin/tern run /etc/tern/tern.properties\n"))

        try folder.write("etc/tern/tern.properties", "# mine\n")
        #expect(try install("install", into: folder).status == 0)
        #expect(try folder.read("etc/tern/tern.properties") == "# mine\n")
        let last = try install("uninstall", into: folder)
        #expect(last.status == 0, "\(last.diagnostics)")
        #expect(last.output == "install: \(folder.path)/etc/tern and the user tern are left alone\n")
        #expect(try files(in: folder) == [configuration])
    }

    @Test(.enabled(if: builtExecutable != nil, "the executable was not built"))
    func `other prefixes reach the unit too`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        #expect(
            try install("install", into: folder, ["PREFIX": "/opt/tern", "SYSCONFDIR": "/opt/tern/etc"]).status == 0)
        let unit = try #require(try folder.read("opt/tern/lib/systemd/system/tern.service"))
        #expect(unit.contains("\nExecStart=/opt/tern/bin/tern run /opt/tern/etc/tern/tern.properties\n"))
        #expect(unit.contains("\nLoadCredential=secret:/opt/tern/etc/tern/secrets\n"))
        #expect(!unit.contains("/usr/bin"))
    }

    @Test(arguments: [
        (["PREFIX": "local"], "expected an absolute path, not 'local': PREFIX=/usr/local"),
        (
            ["TERN": "/nowhere/tern"],
            "there is no program at /nowhere/tern: 'make static' builds it; TERN= names another"
        ),
    ])
    func `what cannot be installed is said in a line, and nothing is written`(
        variables: [String: String], reason: String
    ) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try install("install", into: folder, variables)
        #expect(result.status == 1)
        #expect(result.diagnostics == "install: \(reason)\n")
        #expect(try files(in: folder) == [])
    }

    // MARK: the service

    private func settings(_ path: String) throws -> [String: [String]] {
        let lines = try String(contentsOf: repositoryFile(path), encoding: .utf8).split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.reduce(into: [:]) { result, line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { result[parts[0], default: []].append(parts[1]) }
        }
    }

    @Test func `the service fits the program: how it ends, how long it drains, who it is`() throws {
        let unit = try settings("config/systemd/tern.service")
        #expect(unit["Type"] == ["notify"])
        #expect(unit["RestartPreventExitStatus"] == ["\(MirrorCommands.ExitStatus.usage.rawValue)"])
        // The sample's flows drain within what the unit allows without being asked.
        let text = Array(try String(contentsOf: repositoryFile("config/tern.properties"), encoding: .utf8).utf8)
        let sample = try #require(ConfigurationLoader.load(file: "sample", text: text).configuration)
        let drain = try #require(sample.flows.map(\.shutdownTimeout).max())
        let allowed = try #require(unit["TimeoutStopSec"]?.first.flatMap { Int($0) })
        #expect(.seconds(allowed) > drain)
        let users = try String(contentsOf: repositoryFile("config/systemd/tern.sysusers"), encoding: .utf8)
        #expect(users.contains("\nu \(unit["User"]?.first ?? "") - "))
        let postinst = try String(contentsOf: repositoryFile("packaging/debian/postinst"), encoding: .utf8)
        #expect(postinst.contains(" \(unit["User"]?.first ?? "")\n"))
    }

    @Test(.enabled(if: program("systemd-analyze") != nil, "systemd-analyze is not installed"))
    func `systemd takes the unit as it is, and finds hardly anything that is exposed`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let analyze = try #require(program("systemd-analyze"))
        // The program need not be installed where this runs.
        let unit = try String(contentsOf: repositoryFile("config/systemd/tern.service"), encoding: .utf8)
        try folder.write("tern.service", unit.replacing("ExecStart=/usr/bin/tern", with: "ExecStart=/usr/bin/env"))
        let verified = try runProcess(analyze, ["verify", "--man=no", folder.path("tern.service")])
        #expect(verified.status == 0, "\(verified.diagnostics)")
        #expect(!verified.diagnostics.contains("tern.service"), "\(verified.diagnostics)")
        // In tenths.
        let judged = try runProcess(
            analyze, ["security", "--offline=true", "--threshold=20", folder.path("tern.service")])
        #expect(judged.status == 0, "\(judged.output.suffix(200))")
    }

    // MARK: versions

    @Test(.enabled(if: program("git") != nil, "git is not installed"))
    func `a package is called by the tag, older than it before, newer behind, and never by a tag that lies`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let manager = FileManager.default
        for name in ["packaging", "Sources/MirrorCommands"] {
            try manager.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        try manager.copyItem(
            at: repositoryFile("packaging/version"), to: URL(filePath: folder.path("packaging/version")))
        let git = try #require(program("git"))
        @discardableResult
        func repository(_ arguments: String...) throws -> String {
            let who = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
            let result = try runProcess(
                git, ["-C", folder.path] + who + arguments,
                environment: [
                    "PATH": "/usr/bin:/bin", "HOME": folder.path, "GIT_COMMITTER_DATE": "2026-11-29T23:59:59-0500",
                ])
            #expect(result.status == 0, "\(result.diagnostics)")
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        func commit(_ number: String) throws {
            try folder.write(
                "Sources/MirrorCommands/TernVersion.swift",
                "    package static let current = \"\(number)\"\n// \(UUID())\n")
            try repository("add", "-A")
            try repository("commit", "-q", "-m", number)
        }
        func version() throws -> (status: Int32, output: String, diagnostics: String) {
            try runProcess(
                URL(filePath: folder.path("packaging/version")), [],
                environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path])
        }
        func hash() throws -> String { String(try repository("rev-parse", "HEAD").prefix(7)) }

        try repository("init", "-q")
        try commit("0.2.0")
        #expect(try version().output == "0.2.0~git20261130.\(try hash())\n")
        try repository("tag", "v0.2.0")
        #expect(try version().output == "0.2.0\n")
        try commit("0.2.0")
        #expect(try version().output == "0.2.0+1.\(try hash())\n")
        try folder.write("new", "")
        #expect(try version().output == "0.2.0+1.\(try hash()).dirty\n")
        try commit("0.3.0")
        #expect(try version().output == "0.3.0~git20261130.\(try hash())\n")
        try repository("tag", "v0.4.0")
        let lying = try version()
        #expect(lying.status == 1)
        #expect(
            lying.diagnostics
                == "version: the tag is v0.4.0, but the program is 0.3.0: change TernVersion.swift or the tag\n")
    }
}
