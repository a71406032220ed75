// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import KafkaTypes
import Mirroring
import Synchronization
import TernConfiguration
import Testing

@testable import MirrorWeb

/// Debian's Chromium, and Python to drive it.
enum Browser {
    static let isThere: Bool = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        func has(_ program: String) -> Bool {
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
        }
        return has("python3") && ["chromium-headless-shell", "chromium", "google-chrome"].contains(where: has)
    }()
    static let missing: Comment = "there is no chromium, or no python3 (Debian: chromium-headless-shell)"
    /// Where the tests have to be complete, its absence is a failure.
    static let isRequired = ProcessInfo.processInfo.environment["CI"] != nil

    /// Has a script of Tests/Browser look at a page; what it finds wrong is an issue.
    ///
    /// - Parameter act: what the script asks for by a line `? word`, before it goes on.
    /// - Returns: how many things it found right.
    static func look(by script: String, at url: String, _ act: (_ word: String) -> Void) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", repositoryFile("Tests/Browser/\(script)").path, url]
        let (answers, lines) = (Pipe(), Pipe())
        process.standardInput = answers
        process.standardOutput = lines
        try process.run()
        var text = ""
        while case let part = lines.fileHandleForReading.availableData, !part.isEmpty {
            text += String(decoding: part, as: UTF8.self)
            guard let last = text.split(separator: "\n").last, last.hasPrefix("? "), text.hasSuffix("\n") else {
                continue
            }
            act(String(last.dropFirst(2)))
            try answers.fileHandleForWriting.write(contentsOf: Data("done\n".utf8))
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text.suffix(1_000))")
        for line in text.split(separator: "\n") where line.hasPrefix("NOT OK") { Issue.record("\(line)") }
        return text.split(separator: "\n").count { $0.hasPrefix("ok: ") }
    }
}

@Suite(.enabled(if: Browser.isThere || Browser.isRequired, Browser.missing)) struct `The dashboard in a browser` {
    /// 2,000 topics, one with a hostile name, a stopped partition, a cluster that is down, and a lag that is not known.
    private var busy: MirrorStatus {
        var status = Fixture.degraded
        status.flows[0].topics += (0..<1_997).map { Fixture.topic("topic-\($0)", lag: [0]) }
        status.flows[1].topics.append(Fixture.topic("<script>alert(1)</script>", lag: [3]))
        var down = Fixture.unknownLag.flows[0]
        down.name = FlowName(source: "ap", target: "us")
        status.flows.append(down)
        var cluster = ClusterStatus(alias: "ap", clusterID: "x", isUp: false)
        cluster.downSince = Fixture.now - 30_000
        cluster.problem = "no broker answers at ap:9092"
        status.clusters.append(cluster)
        return status
    }

    @Test func `shows what the API says, as it changes, to everybody, and says when it cannot`() throws {
        try #require(Browser.isThere, Browser.missing)
        let bench = WebBench(busy)
        let server = try bench.serve()
        let isOver = Atomic(false)
        let seconds = Thread {
            for second in 0... where !isOver.load(ordering: .relaxed) {
                bench.change { $0.flows[0].recordsPerSecond = 52_000 + Double(second) }
                bench.pulse(at: Int64(second))
                Thread.sleep(forTimeInterval: 0.25)
                if isOver.load(ordering: .relaxed) { return }
            }
        }
        seconds.start()
        defer { isOver.store(true, ordering: .relaxed) }
        let found = try Browser.look(by: "dashboard.py", at: server.address.localURL) { _ in server.stop() }
        #expect(found > 25)
    }
}
