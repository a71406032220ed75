// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTesting
import KafkaTypes
import Testing
import TopicFiles

/// Which of the two distributions a test runs on.
enum TestedKafka: String, CaseIterable, CustomTestStringConvertible {
    case current, old

    static var present: [TestedKafka] {
        (KafkaDistribution.found == nil ? [] : [.current]) + (KafkaDistribution.old == nil ? [] : [.old])
    }

    var testDescription: String { rawValue }

    func cluster() async throws -> RealCluster {
        self == .current ? try await SharedClusters.pair().source : try await SharedClusters.old()
    }
}

@Suite(.enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)))
struct TopicsOnRealBrokersTests {
    /// Topics of one test, apart from those of others by the beginning of their names.
    private func observe(_ cluster: RealCluster, _ admin: AdminClient, prefix: String) async throws -> ObservedCluster {
        let described = try await admin.cluster(within: .seconds(20))
        let topics = described.topics.filter { $0.name.rawValue.hasPrefix(prefix) && $0.error == nil }
        let settings = try await admin.describeConfigurations(topics: topics.map(\.name), within: .seconds(20))
        let observed = try topics.map { ObservedTopic($0, settings: try settings[$0.name]?.get() ?? []) }
        return ObservedCluster(clusterID: cluster.clusterID, brokers: described.brokers.count, topics: observed)
    }

    /// Performs a plan with the call that every librdkafka has.
    private func apply(_ plan: ClusterTopicPlan, _ admin: AdminClient, _ cluster: ObservedCluster) async throws {
        var progress = ApplyProgress([plan])
        while case let batch = progress.nextBatch(atMost: 100), let first = batch.first {
            let answers: [TopicName: KafkaError?]
            switch first.kind {
            case .create: answers = try await admin.createTopics(batch.compactMap(\.newTopic), within: .seconds(20))
            case .alter:
                var whole: [TopicName: [(String, String)]] = [:]
                for operation in batch {
                    let current = try #require(cluster.topics[operation.topic]).settings.values
                    let replacement = try ConfigurationReplacement(of: current, with: operation.configurationChanges)
                    whole[operation.topic] = replacement.entries.map { ($0.name, $0.value) }
                }
                answers = try await admin.alterConfigurations(whole, within: .seconds(20))
            case .addPartitions:
                let totals = batch.compactMap { operation in operation.partitionTotal.map { (operation.topic, $0) } }
                answers = try await admin.createPartitions(
                    Dictionary(totals, uniquingKeysWith: { first, _ in first }), within: .seconds(20))
            case .delete: answers = try await admin.deleteTopics(batch.map(\.topic), within: .seconds(20))
            }
            for operation in batch {
                let answer = answers[operation.topic]
                let error = try #require(answer)
                progress.settle(operation, error.map { .failed($0.reason) } ?? .done)
            }
        }
        #expect(progress.succeeded, "\(progress.rows)")
    }

    /// Waits until a plan is done: a broker learns of a change a moment after the controller has confirmed it.
    private func settled(
        _ plan: ClusterTopicPlan, _ cluster: RealCluster, _ admin: AdminClient, prefix: String
    ) async throws -> ObservedCluster {
        try await eventually(within: .seconds(20), "the plan to be done") {
            let now = try await observe(cluster, admin, prefix: prefix)
            return plan.remaining(now: now).isEmpty
        }
        return try await observe(cluster, admin, prefix: prefix)
    }

    @Test(arguments: TestedKafka.present)
    func `the catalogue knows what the brokers describe, and nothing else`(kafka: TestedKafka) async throws {
        let cluster = try await kafka.cluster()
        try await cluster.createTopic("catalogue")
        try await cluster.withAdmin { admin in
            let topic = try #require(try await observe(cluster, admin, prefix: "catalogue").topics["catalogue"])
            let known = TopicSettingCatalogue.settings.filter { kafka == .old || !$0.isDroppedByKafka4 }
            #expect(Set(topic.settings.keys) == Set(known.map(\.name)))
            for setting in known {
                guard let value = topic.settings[setting.name]?.value else { continue }
                #expect(
                    setting.canonical(try setting.raw(setting.human(value))) == setting.canonical(value),
                    "\(setting.name)")
            }
        }
    }

    @Test(arguments: TestedKafka.present)
    func `what the catalogue takes the brokers take, and what they refuse it refuses`(kafka: TestedKafka) async throws {
        let cluster = try await kafka.cluster()
        try await cluster.withAdmin { admin in
            func answer(_ name: String, _ value: String) async throws -> KafkaError? {
                let topic = NewTopic(
                    name: "bounds", partitionCount: 1, replicationFactor: 1, configuration: [(name, value)])
                return try await admin.createTopics([topic], validateOnly: true, within: .seconds(20))["bounds"] ?? nil
            }
            for setting in TopicSettingCatalogue.settings {
                let least: Int64? =
                    switch setting.kind {
                    case .duration(let minimum), .size(let minimum, _), .count(let minimum, _): minimum
                    case .ratio, .flag, .choice, .list, .throttledReplicas, .text: nil
                    }
                guard let least else { continue }
                let atLeast = try await answer(setting.name, "\(least)")
                if setting.isDroppedByKafka4, kafka == .current {
                    #expect(atLeast?.code == .invalidConfig, "\(setting.name)")
                    continue
                }
                // Kafka 4 raised this one.
                let isRaised = setting.name == "segment.bytes" && kafka == .current
                #expect((atLeast != nil) == isRaised, "\(setting.name) \(least)")
                for word in setting.words {
                    let refusal = try await answer(setting.name, word.raw)
                    #expect(refusal == nil, "\(setting.name) \(word.raw)")
                }
                guard setting.name != "retention.bytes", !setting.words.contains(where: { $0.raw == "\(least - 1)" })
                else { continue }
                let below = try await answer(setting.name, "\(least - 1)")
                #expect(below != nil, "\(setting.name) \(least - 1)")
            }
            let downconversion = try await answer("message.downconversion.enable", "true")
            #expect((downconversion == nil) == (kafka == .old))
            let keepsAll = try await answer("cleanup.policy", "")
            #expect(keepsAll == nil)
        }
    }

    @Test(arguments: TestedKafka.present)
    func `files become topics, drift is found and mended, and what is exported plans to nothing`(kafka: TestedKafka)
        async throws
    {
        let cluster = try await kafka.cluster()
        let text = """
            defaults: {replication-factor: 1, settings: {retention.ms: 1d}}
            topics:
              - {name: code.orders, partitions: 3, settings: {cleanup.policy: [compact, delete], max.message.bytes: 2MiB, segment.ms: 1h}}
              - {name: code.audit, partitions: 1, settings: {retention.ms: forever, retention.bytes: 10GiB, flush.ms: unlimited}}
              - {name: code.plain, partitions: 2, settings: {retention.ms: default, min.insync.replicas: 1, preallocate: false}}
            """
        let file = TopicFile(Array(text.utf8), name: "code.yaml")
        #expect(file.problems.isEmpty)
        let wanted = TopicFileSet(topics: file.topics).specifications(on: nil)
        try await cluster.withAdmin { admin in
            var now = try await observe(cluster, admin, prefix: "code.")
            let first = TopicPlanner(now).plan(wanted)
            #expect(first.count(of: .create) == 3)
            try await apply(first, admin, now)
            now = try await settled(first, cluster, admin, prefix: "code.")
            #expect(TopicPlanner(now).plan(wanted).entries.isEmpty)
            // An older plan that is done already is not stale.
            #expect(first.refusal(now: now) == nil)

            // Drift: a value changed, another one added, a third one taken away, a topic grown and one deleted.
            let drift = TopicPlanner(now).plan(altering: [
                TopicAlteration(
                    name: "code.orders", set: ["retention.ms": "1000", "file.delete.delay.ms": "5"],
                    unset: ["segment.ms"])
            ])
            try await apply(drift, admin, now)
            now = try await settled(drift, cluster, admin, prefix: "code.")
            #expect(now.topics["code.orders"]?.settings["max.message.bytes"]?.source == .dynamicTopic)
            let mending = TopicPlanner(now).plan(wanted)
            #expect(mending.entries.map(\.topic) == ["code.orders"])
            #expect(
                Set(mending.entries.flatMap { $0.changes.compactMap(\.change.setting) })
                    == ["retention.ms", "file.delete.delay.ms", "segment.ms"])
            let document = TopicPlanDocument(createdAt: 0, clusters: [mending])
            let saved = try TopicPlanDocument(decoding: document.encoded()).clusters[0]
            #expect(saved.refusal(now: now) == nil)
            try await apply(saved.remaining(now: now), admin, now)
            now = try await settled(mending, cluster, admin, prefix: "code.")
            #expect(TopicPlanner(now).plan(wanted).entries.isEmpty)

            // Exported, written, read and planned: nothing.
            let exported = TopicFileWriter.text(for: now.topics.values.map { TopicSpecification(exporting: $0) })
            let again = TopicFile(Array(exported.utf8), name: "exported.yaml")
            #expect(again.problems.isEmpty, "\(exported)")
            #expect(TopicPlanner(now).plan(TopicFileSet(topics: again.topics).specifications(on: nil)).entries.isEmpty)

            let removal = TopicPlanner(now).plan(deleting: wanted.map(\.name))
            try await apply(removal, admin, now)
            _ = try await settled(removal, cluster, admin, prefix: "code.")
        }
    }

    @Test func `what sync makes of a 3.9 source a 4.3 target takes`() async throws {
        try #require(KafkaDistribution.old != nil)
        let source = try await SharedClusters.old()
        let target = try await SharedClusters.pair().target
        let own = [
            ("message.format.version", "2.8-IV1"), ("message.timestamp.difference.max.ms", "100000"),
            ("message.downconversion.enable", "false"), ("retention.ms", "12345678"), ("cleanup.policy", "compact"),
        ]
        try await source.createTopic("synced", configuration: own)
        let rules = TopicSyncRules(filter: ConfigurationFilter(exclude: .none))
        let before = try await source.withAdmin { try await observe(source, $0, prefix: "synced") }
        let topic = try #require(before.topics["synced"])
        let created = CreatedTopicSettings(source: topic.settings.values, rules: rules, replicationFactor: 1)
        #expect(created.exceptions.keys.contains("message.format.version"))
        try await target.createTopic("synced", configuration: created.settings.map { ($0.name, $0.value) })
        let after = try await target.withAdmin { try await observe(target, $0, prefix: "synced") }
        let copy = try #require(after.topics["synced"])
        let sync = TopicConfigurationSync(source: topic, target: copy, rules: rules)
        #expect(sync.changes.isEmpty, "\(sync.changes)")
        #expect(
            Set(sync.exceptionsWorthNaming.keys) == [
                "message.format.version", "message.timestamp.difference.max.ms", "message.downconversion.enable",
            ])
        #expect(copy.settings["max.message.bytes"]?.value == "1049612")
        // 4.x refuses what is more than an hour ahead; 3.9 takes everything.
        let findings = TargetLimitsCheck(source: topic, target: copy).findings
        #expect(findings.map(\.setting) == ["message.timestamp.after.max.ms"])
    }
}
