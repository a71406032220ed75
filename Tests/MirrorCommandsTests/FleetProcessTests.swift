// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import KafkaTesting
import TernAPI
import Testing

@testable import MirrorCommands

@Suite(.enabled(if: builtExecutable != nil, "the executable was not built"))
struct `Two daemons that are each other's peers` {
    private let folder: TemporaryFolder
    private let pair: MockPair

    init() throws {
        folder = try TemporaryFolder()
        pair = try MockPair()
    }

    /// A daemon of the flow into one of the clusters; both have one list of peers.
    private func start(_ target: String, _ port: UInt16, peers: [UInt16]) throws -> Process {
        try folder.write(
            "tern.properties",
            """
            clusters = eu, us
            eu.bootstrap.servers = \(pair.source.bootstrapServers)
            us.bootstrap.servers = \(pair.target.bootstrapServers)
            eu->us.enabled = true
            us->eu.enabled = true
            dashboard.peers = \(peers.map { "http://127.0.0.1:\($0)" }.joined(separator: ", "))

            """)
        let process = Process()
        let executable: URL = try #require(builtExecutable)
        process.executableURL = executable
        process.arguments = [
            "run", "-q", folder.path("tern.properties"), "--clusters", target, "--set", "http.listen=127.0.0.1:\(port)",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func fleet(at port: UInt16) async -> FleetReport? {
        try? await DaemonClient(address: DaemonAddress(host: "127.0.0.1", port: port), timeout: .seconds(5))
            .report(FleetReport.self, from: .fleet)
    }

    @Test func `see one another's flows, and notice when one of them is killed`() async throws {
        let ports = [try unusedPort(), try unusedPort()]
        let processes = [try start("us", ports[0], peers: ports), try start("eu", ports[1], peers: ports)]
        defer {
            for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
            pair.close()
            folder.remove()
        }
        for port in ports {
            try await eventually(within: .seconds(60), "a daemon that hears both") {
                await fleet(at: port)?.daemons.map(\.state) == ["heard", "heard"]
            }
            let flows = await fleet(at: port)?.flows ?? []
            #expect(flows.map(\.flowName) == ["eu->us", "us->eu"])
            #expect(flows.map(\.carriers.count) == [1, 1])
        }
        kill(processes[1].processIdentifier, SIGKILL)
        try await eventually(within: .seconds(60), "a daemon that misses the other") {
            await fleet(at: ports[0])?.daemons.map(\.state) == ["heard", "silent"]
        }
        let after = try #require(await fleet(at: ports[0]))
        #expect(after.daemons[1].problem?.contains("no daemon answers at http://127.0.0.1:\(ports[1])") == true)
        #expect(after.flows.last?.state == "unknown")
        #expect(after.flows.last?.carriers.map(\.daemon) == ["http://127.0.0.1:\(ports[1])"])
        let outcome = await tern("status", "--fleet", "--url", "127.0.0.1:\(ports[0])")
        #expect(outcome.output.contains("! http://127.0.0.1:\(ports[1]) has not been heard for "))
    }
}
