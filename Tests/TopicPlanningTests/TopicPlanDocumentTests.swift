// SPDX-License-Identifier: Apache-2.0
@testable import TernConfiguration
@testable import TopicPlanning
import KafkaTypes
import Testing

@testable import Mirroring

@Suite struct TopicPlanDocumentTests {
    private let cluster = ObservedCluster.made(
        .made("a", ["retention.ms": "604800000", "segment.ms": "5"]), .made("old"), .made("shrunk", partitions: 9),
        .made("same"))

    private var plan: ClusterTopicPlan {
        TopicPlanner(cluster).plan(
            [
                .made("a", partitions: 6, ["retention.ms": "1000", "min.insync.replicas": "2"]),
                .made("new", ["retention.ms": "7"]), .made("shrunk"),
                .made("same"),
            ], prune: PruneRule())
    }

    private func changed(_ edit: (inout ObservedCluster) -> Void) -> ObservedCluster {
        var cluster = cluster
        edit(&cluster)
        return cluster
    }

    @Test func `a plan is saved and read as the same plan`() throws {
        let document = TopicPlanDocument(
            createdAt: 1_700_000_000_000,
            clusters: [plan, ClusterTopicPlan(cluster: nil, clusterID: "x/y", brokers: 1, entries: [], unchanged: 0)])
        let bytes = try document.encoded()
        let read = try TopicPlanDocument(decoding: bytes)
        #expect(read.clusters[0].changes == document.clusters[0].changes)
        #expect(read.clusters[0].risks == document.clusters[0].risks)
        #expect(read.clusters[0].entries.map(\.basis) == document.clusters[0].entries.map(\.basis))
        #expect(
            read.clusters[0].entries[3].obstacles.map(\.what) == document.clusters[0].entries[3].obstacles.map(\.what))
        #expect(read.clusters[1] == document.clusters[1])
        #expect(read.fingerprint == document.fingerprint)
        #expect(try read.encoded() == bytes)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"fingerprint\" : \"\(document.fingerprint)\""))
    }

    @Test func `what is no plan, of another version, or edited, is told`() throws {
        let bytes = try TopicPlanDocument(createdAt: 1, clusters: [plan]).encoded()
        let text = String(decoding: bytes, as: UTF8.self)
        func problem(_ text: String) -> PlanFileProblem? {
            do throws(PlanFileProblem) { _ = try TopicPlanDocument(decoding: Array(text.utf8)) } catch { return error }
            return nil
        }
        #expect(problem("") == .notAPlan("it is no JSON"))
        #expect(problem("[]") != nil)
        #expect(problem("{\"kind\":\"LagReport\",\"version\":1}") == .notAPlan("its kind is \"LagReport\""))
        #expect(problem("{\"kind\":\"TopicPlan\",\"version\":2}") == .otherVersion(2))
        #expect(problem("{\"kind\":\"TopicPlan\",\"version\":1}") == .notAPlan("there is no \"created_at\""))
        #expect(problem(text.replacing("\"1000\"", with: "\"1001\"")) == .edited)
        #expect(problem(text.replacing("\"old\"", with: "\"orders\"")) == .edited)
        #expect(problem(text.replacing("\"id-us\"", with: "\"id-eu\"")) == .edited)
        #expect(
            problem(text.replacing("\"unset\"", with: "\"frobnicate\""))
                == .notAPlan("it has a change or a source that nobody knows"))
    }

    @Test func `a plan holds while the cluster stays as read`() {
        #expect(plan.refusal(now: cluster) == nil)
        // Topics that the plan does not touch may change.
        let other = changed { $0.topics["same"] = .made("same", partitions: 99, ["retention.ms": "1"]) }
        #expect(plan.refusal(now: other) == nil)
    }

    @Test(arguments: [
        (
            ObservedTopic.made("a", ["retention.ms": "86400000", "segment.ms": "5"]),
            ["topic \"a\" retention.ms was 7d when planned, now 1d"]
        ),
        (.made("a", ["segment.ms": "5"]), ["topic \"a\" retention.ms was 7d when planned, now 7d (default)"]),
        (
            .made("a", partitions: 4, ["retention.ms": "604800000", "segment.ms": "5"]),
            ["topic \"a\" partitions was 3 when planned, now 4"]
        ),
        (
            .made("a", factor: 2, ["retention.ms": "604800000", "segment.ms": "5"]),
            ["topic \"a\" replication-factor was 3 when planned, now 2"]
        ),
        // A value that somebody else added, though the plan says nothing of it.
        (
            .made("a", ["retention.ms": "604800000", "segment.ms": "5", "preallocate": "true"]),
            ["topic \"a\" preallocate was not set when planned, now true"]
        ),
        // A broker's default that moved under a change.
        (
            .made(
                "a", ["retention.ms": "604800000", "segment.ms": "5"],
                brokers: ["min.insync.replicas": ("3", .staticBroker)]),
            ["topic \"a\" min.insync.replicas was 1 (default) when planned, now 3 (server.properties)"]
        ),
    ])
    func `a plan is stale once a topic of it has moved`(topic: ObservedTopic, facts: [String]) {
        guard case .stale(let found)? = plan.refusal(now: changed { $0.topics["a"] = topic }) else {
            Issue.record("not stale")
            return
        }
        #expect(found.map(\.description) == facts)
    }

    @Test func `topics that came or went make a plan stale`() {
        func facts(_ edit: (inout ObservedCluster) -> Void) -> [String] {
            guard case .stale(let facts)? = plan.refusal(now: changed(edit)) else { return [] }
            return facts.map(\.description)
        }
        #expect(facts { $0.topics["a"] = nil } == ["topic \"a\" was there when planned, now missing"])
        #expect(
            facts { $0.topics["new"] = .made("new", partitions: 1) } == [
                "topic \"new\" was missing when planned, now there, and not as planned"
            ])
        #expect(
            facts {
                $0.topics["a"] = nil; $0.unreadable["a"] = "TOPIC_AUTHORIZATION_FAILED"
            }.count == 1)
        #expect(
            plan.refusal(now: changed { $0.clusterID = "id-eu" }) == .otherCluster(expected: "id-us", found: "id-eu"))
    }

    @Test func `an apply that was cut short is no reason to be stale, and what is left is planned`() {
        let halfway = changed {
            $0.topics["new"] = .made("new", ["retention.ms": "7"])
            $0.topics["old"] = nil
            $0.topics["a"] = .made("a", partitions: 3, ["retention.ms": "1000", "min.insync.replicas": "2"])
        }
        #expect(plan.refusal(now: halfway) == nil)
        #expect(plan.remaining(now: halfway).changes == ["a partitions 3->6"])
        let all = changed {
            $0.topics["new"] = .made("new", ["retention.ms": "7"])
            $0.topics["old"] = nil
            $0.topics["a"] = .made("a", partitions: 6, ["retention.ms": "1000", "min.insync.replicas": "2"])
        }
        #expect(plan.refusal(now: all) == nil)
        #expect(plan.remaining(now: all).isEmpty)
    }

    @Test func `risks are assessed anew, whatever the file says of them`() throws {
        var forged = plan
        for entry in forged.entries.indices {
            forged.entries[entry].changes = forged.entries[entry].changes.map { PlannedChange($0.change) }
        }
        #expect(forged.risks.isEmpty)
        #expect(forged.remaining(now: cluster).riskClasses == [.deleteTopic, .reduceRetention, .addPartitions])
    }

    @Test func `an apply settles everything and tells done, failed and not tried apart`() throws {
        var progress = ApplyProgress([
            plan.remaining(now: cluster),
            ClusterTopicPlan(cluster: "eu", clusterID: "e", brokers: 1, entries: plan.entries, unchanged: 0),
        ])
        #expect(progress.nextBatch(atMost: 10).map(\.kind) == [.create])
        let create = try #require(progress.nextBatch(atMost: 10).first)
        #expect(
            create.newTopic
                == NewTopic(
                    name: "new", partitionCount: 3, replicationFactor: 3, configuration: [("retention.ms", "7")]))
        progress.settle(create, .done)
        let alter = try #require(progress.nextBatch(atMost: 10).first)
        #expect(
            alter.configurationChanges == [
                .set(name: "min.insync.replicas", value: "2"), .set(name: "retention.ms", value: "1000"),
                .delete(name: "segment.ms"),
            ])
        progress.settle(alter, .failed("INVALID_CONFIG"))
        let delete = try #require(progress.nextBatch(atMost: 10).first)
        #expect(delete.topic == "old" && delete.kind == .delete)
        progress.settle(delete, .done)
        // The other cluster goes away.
        #expect(progress.nextBatch(atMost: 10).first?.cluster == 1)
        progress.abandon(cluster: 1, because: "eu does not answer")
        #expect(progress.isSettled)
        #expect(!progress.succeeded)
        #expect(
            progress.rows.map {
                "\($0.operation.cluster) \($0.operation.topic) \($0.operation.kind.rawValue) \($0.outcome)"
            } == [
                "0 new create done", "0 a alter failed(\"INVALID_CONFIG\")",
                "0 a add-partitions notTried(\"alter failed\")", "0 old delete done",
                "1 new create notTried(\"eu does not answer\")", "1 a alter notTried(\"eu does not answer\")",
                "1 a add-partitions notTried(\"eu does not answer\")", "1 old delete notTried(\"eu does not answer\")",
            ])
    }

    @Test func `what an earlier apply did is shown as done already`() {
        let halfway = changed { $0.topics["old"] = nil }
        let progress = ApplyProgress([plan.remaining(now: halfway)], planned: [plan])
        #expect(progress.rows.last?.operation.kind == .delete)
        #expect(progress.rows.last?.outcome == .alreadyDone)
        #expect(progress.count { $0 == .pending } == 3)
        #expect(progress.nextBatch(atMost: 0).count == 1)
    }

    @Test func `replacing everything keeps what is not ours and writes back nothing hidden`() throws {
        let topic = ObservedTopic.made("a", ["retention.ms": "1", "segment.ms": "2", "preallocate": "true"])
        let whole = try ConfigurationReplacement(
            of: topic.settings.values,
            with: [
                .set(name: "retention.ms", value: "9"), .delete(name: "segment.ms"), .delete(name: "cleanup.policy"),
            ])
        #expect(whole.entries == [NewTopic.Setting("preallocate", "true"), NewTopic.Setting("retention.ms", "9")])
        let hidden = ObservedTopic.made("a", extra: [.topic("vendor.key", nil, isSensitive: true)])
        #expect(throws: ConfigurationReplacement.Problem.hiddenValue("vendor.key")) {
            try ConfigurationReplacement(of: hidden.settings.values, with: [.set(name: "retention.ms", value: "9")])
        }
        // The hidden one itself may be replaced or removed.
        #expect(
            try ConfigurationReplacement(of: hidden.settings.values, with: [.delete(name: "vendor.key")]).entries
                .isEmpty)
    }

    @Test func `an exported topic plans to nothing`() {
        let topics: [ObservedTopic] = [
            .made("a", ["retention.ms": "123456789", "cleanup.policy": "compact", "retention.bytes": "-5"]),
            .made("b", partitions: 7),
            .made("c", ["cleanup.policy": "", "leader.replication.throttled.replicas": "0:1"]),
            .made(
                "d",
                extra: [
                    .topic("vendor.key", nil, isSensitive: true), .topic("retention.mz", "1"),
                    .topic("vendor.other", "x"),
                ]),
        ]
        let cluster = ObservedCluster(alias: "us", clusterID: "x", brokers: 3, topics: topics)
        #expect(TopicPlanner(cluster).plan(topics.map { TopicSpecification(exporting: $0) }).entries.isEmpty)
        #expect(TopicSpecification(exporting: topics[3]).settings == ["vendor.other": "x"])
        #expect(TopicSpecification(exporting: topics[3]).unmanaged.contains("vendor.key"))
    }
}
