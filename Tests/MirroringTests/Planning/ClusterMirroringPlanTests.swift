// SPDX-License-Identifier: Apache-2.0
import Mirroring
import TernConfiguration
import Testing

struct ClusterMirroringPlanTests {
    private func plan(_ lines: String, _ flow: String = "eu->us") throws -> ClusterMirroringPlan {
        let text = """
            clusters = eu, us, ap
            eu.bootstrap.servers = eu1:9092,eu2:9092
            us.bootstrap.servers = us1:9092
            ap.bootstrap.servers = ap1:9092
            eu->us.enabled = true
            \(lines)
            """
        let loaded = ConfigurationLoader.load(file: "m.properties", text: Array(text.utf8))
        let configuration = try #require(loaded.configuration, "\(loaded.problems)")
        let found = try #require(configuration.flows.first { $0.name.description == flow })
        return ClusterMirroringPlan(found, of: configuration, connection: [.init("sasl.jaas.config", nil)])
    }

    @Test func `an active-passive flow gets the mirror's file, with its lists and without secrets`() throws {
        let plan = try plan("topics = orders.*, pay\\\\.ments\ngroups = app.*\ntopics.exclude = orders-x")
        #expect(plan.obstacles == [])
        #expect(plan.mirror == "eu-to-us")
        #expect(
            plan.properties.map(\.line) == [
                "bootstrap.servers=eu1:9092,eu2:9092", "sasl.jaas.config=",
                #"mirror.topics.include=orders.*,pay\\.ments"#, "mirror.topics.exclude=orders-x,__.*",
                "mirror.groups.include=app.*",
                "mirror.groups.exclude=console-consumer-.*,connect-.*,__.*",
            ])
        let commands = plan.steps.flatMap(\.commands)
        #expect(commands.allSatisfy { !$0.contains("cluster-mirrors") || $0.contains("--bootstrap-server us1:9092 ") })
        #expect(commands.contains { $0.contains("--create --mirror eu-to-us --mirror-config eu-to-us.properties") })
    }

    @Test func `under a prefix the flow runs on, with equal names the copies have to go first`() throws {
        let prefix = try plan("")
        #expect(prefix.steps.contains { $0.title.contains("Leave the flow running") })
        #expect(!prefix.steps.contains { $0.title.contains("delete the copies: a mirror does not take") })
        let equal = try plan(
            "replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy")
        #expect(equal.steps.contains { $0.title.contains("delete the copies: a mirror does not take") })
    }

    @Test func `what the file asks for and a mirror has not is named`() throws {
        let plain = try plan("")
        #expect(plain.losses.contains { $0.contains("aborted transactions") })
        #expect(!plain.losses.contains { $0.contains("quarantine") })
        let rich = try plan(
            "eu.consumer.isolation.level = read_uncommitted\nerrors.tolerance = all\nus->ap.enabled = true\nsync.topic.acls.enabled = false"
        )
        #expect(!rich.losses.contains { $0.contains("aborted transactions") })
        #expect(rich.losses.contains { $0.contains("no quarantine") })
        #expect(rich.losses.contains { $0.contains("Flows that go on from us") })
        #expect(rich.losses.contains { $0.contains("mirror.acl.include") })
    }

    @Test func `a flow that has another the other way stays, and says why`() throws {
        let both = try plan("us->eu.enabled = true")
        #expect(both.obstacles.count == 1)
        #expect(both.obstacles[0].contains("us->eu is enabled, too"))
        #expect(both.properties.isEmpty && both.steps.isEmpty && both.losses.isEmpty)
    }

    @Test func `two sources of equal names cannot both be mirrored`() throws {
        let fanIn = try plan(
            "ap->us.enabled = true\nreplication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
        )
        #expect(fanIn.obstacles.contains { $0.contains("ap->us copies into us under equal names") })
    }
}
