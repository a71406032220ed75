// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import KafkaTesting
import TernConfiguration
import Foundation
import Testing

@testable import MirrorCommands

/// `docker/` and `config/` are files that nothing compiles: these say that they still fit together and fit the program.
@Suite struct ContainerFilesTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: repositoryFile(path), encoding: .utf8)
    }

    private func load(_ path: String) throws -> LoadedConfiguration {
        ConfigurationLoader.load(
            file: path, text: Array(try text(path).utf8), environment: [:], overrides: [],
            readFile: { $0.hasPrefix("/etc/tern/secrets/") ? Array("a password".utf8) : nil })
    }

    /// What a pattern's first group finds, in the order of the text.
    private func all(_ pattern: String, in text: String) throws -> [String] {
        let expression = try NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
        return expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap {
            Range($0.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    /// The stages of the Dockerfile without comments, with continued lines joined.
    private func stages() throws -> [String] {
        let lines = try text("docker/Dockerfile").split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.joined(separator: "\n").replacingOccurrences(of: "\\\n", with: " ")
            .components(separatedBy: "\nFROM ").dropFirst().map { "FROM " + $0 }
    }

    @Test(arguments: [
        "config/tern.properties", "config/examples/active-active.properties",
        "config/examples/active-passive.properties", "config/examples/hub-and-spoke.properties",
        "docker/mirror.properties", "config/kubernetes/tern.properties",
    ])
    func `a file that is given as an example has no error`(path: String) throws {
        let loaded = try load(path)
        #expect(loaded.problems.filter { $0.severity == .error }.map(\.description) == [])
        #expect(loaded.configuration != nil)
    }

    @Test func `the composed Tern mirrors both ways between the composed brokers, by the file that is mounted`() throws
    {
        let compose = try text("docker/compose.yaml")
        let mount = try #require(try all(#"^    volumes: \["\./([^"]+:[^"]+):ro"\]"#, in: compose).first)
        let parts = mount.split(separator: ":").map(String.init)
        let dockerfile = try text("docker/Dockerfile")
        #expect(dockerfile.contains(#"CMD ["run", "\#(parts[1])"]"#), "the image runs another file")
        let configuration = try #require(try load("docker/" + parts[0]).configuration)
        let advertised = try all(#"KAFKA_ADVERTISED_LISTENERS: INSIDE://([^,]+),"#, in: compose)
        #expect(configuration.clusters.map(\.bootstrapServers).sorted() == advertised.sorted())
        #expect(configuration.flows.filter(\.isEnabled).map(\.name.description) == ["eu->us", "us->eu"])
        #expect(configuration.flows.allSatisfy { $0.naming.keepsNames })
        // One broker takes one copy.
        #expect(configuration.flows.allSatisfy { $0.replicationFactor == 1 && $0.progressTopic.replicationFactor == 1 })
    }

    @Test func `the composed Prometheus scrapes the composed Tern by the shipped rules, and Grafana has the dashboard`()
        throws
    {
        let compose = try text("docker/compose.yaml")
        let prometheus = try text("docker/prometheus.yaml")
        #expect(try all(#"targets: \[([^\]]+)\]"#, in: prometheus) == ["tern:9470"])
        for mount in try all(#"- "(\.\.?/[^:]+):[^"]+:ro""#, in: compose) {
            let path = mount.hasPrefix("../") ? String(mount.dropFirst(3)) : "docker/" + mount.dropFirst(2)
            #expect(FileManager.default.fileExists(atPath: repositoryFile(path).path), "there is no \(path)")
        }
        // Every file of rules is there, in the folder that Prometheus reads.
        let folder = try #require(try all(#"rule_files: \[(.+)/\*\.yaml\]"#, in: prometheus).first)
        let rules = try FileManager.default.contentsOfDirectory(atPath: repositoryFile("config/prometheus").path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
        #expect(rules.count == 2)
        for rule in rules { #expect(compose.contains("../config/prometheus/\(rule):\(folder)/\(rule):ro"), "\(rule)") }
        let dashboards = try #require(
            try all(#"path: ([^}]+)\}"#, in: try text("docker/grafana/dashboards.yaml")).first)
        #expect(compose.contains("../config/grafana:\(dashboards):ro"))
        #expect(try text("docker/grafana/datasource.yaml").contains("url: http://prometheus:9090\n"))
    }

    @Test func `the composed clusters have ids of their own, which the image would not give them`() throws {
        let identifiers = try all(#"^      CLUSTER_ID: (\S+)$"#, in: try text("docker/compose.yaml"))
        #expect(identifiers.count == 2)
        #expect(Set(identifiers).count == 2)
        // 16 bytes in base64url, as `kafka-storage.sh random-uuid` prints them.
        #expect(identifiers.allSatisfy { $0.count == 22 })
    }

    @Test func `the image is built with every library that the package asks for`() throws {
        let build = try #require(try stages().first)
        for package in try all(#"providers: \[\.apt\(\["([^"]+)"\]\)\]"#, in: try text("Package.swift")) {
            #expect(build.contains(" \(package) "), "\(package) is not installed in the build stage")
        }
    }

    @Test func `the image that runs has a user without rights, a health check, and nothing to build with`() throws {
        let runtime = try #require(try stages().last)
        let user = try #require(try all(#"^USER (\d+):\d+$"#, in: runtime).last.flatMap { Int($0) })
        #expect(user > 0)
        #expect(runtime.contains("\nHEALTHCHECK "))
        let words = runtime.split(whereSeparator: \.isWhitespace)
        for tool in ["gcc", "clang", "swift", "pkg-config", "curl", "git", "build-essential"] {
            #expect(!words.contains { $0 == tool || $0.hasSuffix("-dev") }, "\(tool) is in the image that runs")
        }
        let libraries = [
            "librdkafka1", "libmicrohttpd12", "libjemalloc2", "libyaml-0-2", "libpcre2-8-0", "libssl3", "libcurl4",
            "libstdc++6", "ca-certificates",
        ]
        for library in libraries {
            #expect(words.contains { $0.hasPrefix(library) }, "\(library) is not in the image that runs")
        }
    }

    @Test func `what the image copies from the repository exists and is not ignored`() throws {
        let sent = try all("^!(.+)$", in: try text(".dockerignore"))
        for source in try all(#"^COPY (?!--from)(\S+) \S+$"#, in: try text("docker/Dockerfile")) {
            #expect(FileManager.default.fileExists(atPath: repositoryFile(source).path), "there is no \(source)")
            #expect(sent.contains(source), "\(source) is not sent to the build: .dockerignore")
        }
    }

    @Test func `pods run the image as it is: its file, its user, its port, its probes`() throws {
        let (pods, dockerfile) = (try text("config/kubernetes/deployment.yaml"), try text("docker/Dockerfile"))
        let command = try #require(try all(#"^          args: \[(.+)\]$"#, in: pods).first)
        let words = command.split(separator: ", ").map { "\"\($0)\"" }.joined(separator: ", ")
        #expect(dockerfile.contains("\nCMD [\(words)]\n"))
        let user = try #require(try all(#"^ +runAsUser: (\d+)$"#, in: pods).first)
        #expect(dockerfile.contains("\nUSER \(user):"))
        let port = try #require(try all(#"^ +containerPort: (\d+)$"#, in: pods).first)
        #expect(dockerfile.contains("\nEXPOSE \(port)\n"))
        for (probe, path) in [("startup", "startupz"), ("liveness", "livez"), ("readiness", "readyz")] {
            #expect(
                try all(#"^          \#(probe)Probe:\n            httpGet: \{path: /([a-z]+),"#, in: pods) == [path])
        }
        // Every secret that the file reads is one that the comment above the Deployment makes, where it is mounted.
        let file = try text("config/kubernetes/tern.properties")
        let secrets = try all(#"\$\{dir:/etc/tern/secrets:([^}]+)\}"#, in: file)
        #expect(secrets == ["eu.password", "us.password"])
        #expect(secrets.allSatisfy { pods.contains(" --from-literal=\($0)=") })
        #expect(pods.contains("{name: secrets, mountPath: /etc/tern/secrets,"))
        // And a drain has the time that the file gives it.
        let configuration = try #require(try load("config/kubernetes/tern.properties").configuration)
        let grace = try #require(try all(#"terminationGracePeriodSeconds: (\d+)"#, in: pods).first.flatMap { Int($0) })
        #expect(configuration.flows.allSatisfy { $0.shutdownTimeout < .seconds(grace) })
    }

    // MARK: the health check itself

    private func healthcheck(_ listen: String) throws -> Int32 {
        try runProcess(repositoryFile("docker/healthcheck"), [], environment: ["TERN_HTTP_LISTEN": listen]).status
    }

    @Test func `a container is well while livez says so, and when nothing listens by intention`() throws {
        let daemon = StubDaemon { $0 == "/livez" ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : nil }
        defer { daemon.stop() }
        for host in ["0.0.0.0", "127.0.0.1", "", "*"] {
            let status = try healthcheck("\(host):\(daemon.port)")
            #expect(status == 0, "'\(host)'")
        }
        #expect(daemon.heads.allSatisfy { $0.hasPrefix("GET /livez HTTP/1.0\r\n") })
        let intended = try healthcheck("none")
        #expect(intended == 0)
    }

    @Test func `where something else than plain HTTP is spoken the program asks, by the daemon's own file`() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write("tern.properties", "")
        let program = folder.path("tern")
        try folder.write(
            "tern",
            "#!/bin/sh\n[ \"$1\" = healthcheck ] && [ \"$2\" = \"$TERN_CONFIG\" ] && exit $TERN_VERDICT\nexit 9\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        // What speaks TLS answers plain HTTP with an alarm, or closes.
        let alarm = StubDaemon { _ in "\u{15}\u{03}\u{03}" }
        let closing = StubDaemon { _ in nil }
        let plain = StubDaemon { _ in "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n" }
        defer { [alarm, closing, plain].forEach { $0.stop() } }
        func healthcheck(_ port: UInt16, verdict: Int32) throws -> Int32 {
            try runProcess(
                repositoryFile("docker/healthcheck"), [],
                environment: [
                    "TERN_HTTP_LISTEN": "0.0.0.0:\(port)", "TERN_CONFIG": folder.path("tern.properties"),
                    "TERN_PROGRAM": program, "TERN_VERDICT": "\(verdict)",
                ]
            ).status
        }
        for daemon in [alarm, closing] {
            let (well, ill) = (try healthcheck(daemon.port, verdict: 0), try healthcheck(daemon.port, verdict: 2))
            // Docker reserves every other status.
            #expect(well == 0 && ill == 1)
        }
        let answered = try healthcheck(plain.port, verdict: 0)
        #expect(answered == 1, "who answers in plain HTTP has said it")
    }

    @Test func `a container is not well when livez fails, when nothing answers, and when nothing is there`() throws {
        let failing = StubDaemon { _ in "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n" }
        let silent = StubDaemon { _ in nil }
        defer {
            failing.stop()
            silent.stop()
        }
        for port in [failing.port, silent.port, 1] {
            let status = try healthcheck("0.0.0.0:\(port)")
            #expect(status == 1, "port \(port)")
        }
    }
}
