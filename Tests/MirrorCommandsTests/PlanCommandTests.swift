// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Testing
import Text

@testable import MirrorCommands

private let valid = """
    clusters = eu, us
    eu.bootstrap.servers = 127.0.0.1:19092
    us.bootstrap.servers = 127.0.0.1:29092
    eu.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";
    eu->us.enabled = true
    eu->us.topics = orders.*
    """

@Suite struct PlanCommandTests {
    @Test func `what takes over a flow is printed step by step, with what is lost, and no secret`() async throws {
        let text = valid + "\neu.security.protocol = SASL_SSL\neu.sasl.mechanism = PLAIN\n"
        let change = files(["m.properties": text])
        let outcome = await tern("plan", "--to", "cluster-mirroring", "m.properties", change: change)
        #expect(outcome.status == .done)
        #expect(!outcome.output.contains("hunter2"))
        expectSnapshot(outcome.output, "plan-cluster-mirroring.txt")
        let document = try await tern(
            "plan", "--to", "cluster-mirroring", "m.properties", "eu->us", "-o", "json", change: change
        ).document()
        #expect(try SchemaFile(kind: "ClusterMirroringPlan").problems(in: document) == [])
    }

    @Test func `a flow of both directions stays, and says why`() async {
        let change = files(["m.properties": valid + "\nus->eu.enabled = true\n"])
        let outcome = await tern("plan", "--to", "cluster-mirroring", "m.properties", "eu->us", change: change)
        #expect(outcome.status == .done)
        #expect(outcome.output.contains("eu->us: stays with Tern\n  - us->eu is enabled, too"))
    }

    @Test func `without a destination, or for a flow that the file has not, it says what is missing`() async {
        let change = files(["m.properties": valid])
        let missing = await tern("plan", "m.properties", change: change)
        #expect(missing.status == .usage)
        #expect(missing.diagnostics.contains("--to is missing"))
        let unknown = await tern("plan", "--to", "cluster-mirroring", "m.properties", "eu->mars", change: change)
        #expect(unknown.status == .failed)
        #expect(unknown.diagnostics.contains("eu->mars"))
    }
}
