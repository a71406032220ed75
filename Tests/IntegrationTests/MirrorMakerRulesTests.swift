// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import TopicPlanning
import KafkaTesting
import KafkaTypes
import Mirroring
import Testing

extension RealBrokers {
    /// What MirrorMaker's own classes, of the Kafka that `KAFKA_HOME` names, say of names; no broker has a part in it.
    @Suite struct MirrorMakerRulesTests {
        private static let topics: [TopicName] = [
            "orders", "orders-internal", "orders.internal", "orders_internal", "connect-configs.internal", "B.orders",
            "x-B.orders", "x.B.orders", "A.orders", "x.A.orders", "x-A.orders", "B_orders", "A_orders",
            "mm2-offsets.B.internal", "mm2-offset-syncs.B.internal", "mm2-offset-syncs_B_internal", "mm2.internal",
            "mm2-internal", "mm2internal", "MM2.internal", "x.mm2-offsets.B.internal", "B.checkpoints.internal",
            "x.checkpoints.internal", "x_checkpoints_internal", "checkpoints.internal", "__consumer_offsets", "x.__y",
            ".hidden", "..", "x.replica", "replica", "heartbeats", "A.heartbeats", "B.heartbeats", "x.heartbeats",
            "x.B.heartbeats", "device-heartbeats",
        ]

        /// Reads topics behind policy, separator ("" for none) and excludes ("-" for the default), and prints the version and, for each
        /// topic, whether A->B mirrors it. The connector's constructor for tests and its method are not public.
        private static let probe = """
            import java.util.*;
            import org.apache.kafka.common.utils.AppInfoParser;
            import org.apache.kafka.connect.mirror.*;

            public class Probe {
                public static void main(String[] given) throws Exception {
                    Map<String, String> settings = new HashMap<>(Map.of("source.cluster.alias", "A"));
                    if (!given[1].isEmpty()) settings.put("replication.policy.separator", given[1]);
                    if (!given[2].equals("-")) settings.put("topics.exclude", given[2]);
                    ReplicationPolicy policy = given[0].equals("identity")
                        ? new IdentityReplicationPolicy() : new DefaultReplicationPolicy();
                    ((org.apache.kafka.common.Configurable) policy).configure(settings);
                    DefaultTopicFilter filter = new DefaultTopicFilter();
                    filter.configure(settings);
                    var constructor = MirrorSourceConnector.class.getDeclaredConstructor(
                        SourceAndTarget.class, ReplicationPolicy.class, TopicFilter.class, ConfigPropertyFilter.class);
                    constructor.setAccessible(true);
                    var connector = constructor.newInstance(
                        new SourceAndTarget("A", "B"), policy, filter, new DefaultConfigPropertyFilter());
                    var decides = MirrorSourceConnector.class.getDeclaredMethod("shouldReplicateTopic", String.class);
                    decides.setAccessible(true);
                    System.out.println(AppInfoParser.getVersion());
                    for (int index = 3; index < given.length; index++)
                        System.out.println(decides.invoke(connector, given[index]));
                }
            }
            """

        /// - Returns: MirrorMaker's version, and for each topic whether A->B mirrors it.
        private func ask(
            _ policy: ReplicationPolicyConfiguration, exclude: [String]?, _ topics: [TopicName]
        ) async throws -> (version: [Int], answers: [String]) {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try folder.write("Probe.java", Self.probe)
            let home = try #require(KafkaDistribution.found).home
            let answer = try await Command.run(
                [
                    "java", "-cp", "\(home)/libs/*", folder.path("Probe.java"), policy.kind.rawValue,
                    policy.separator ?? "",
                    exclude?.joined(separator: ",") ?? "-",
                ] + topics.map(\.rawValue), within: .seconds(60))
            try #require(answer.status == 0, "\(answer.errors)")
            let lines = answer.output.split(separator: "\n").map(String.init)
            let version = try #require(lines.first).split(separator: ".").compactMap { Int($0) }
            try #require(lines.count == topics.count + 1 && version.count > 1, "\(answer.output)")
            return (version, Array(lines.dropFirst()))
        }

        /// Asks, and compares: the cycle rule is that of the version which answers.
        private func compare(_ policy: ReplicationPolicyConfiguration, exclude: [String]?) async throws {
            let (version, answers) = try await ask(policy, exclude: exclude, Self.topics)
            let naming = policy.naming(source: "A")
            let selection = TopicSelection(
                include: try NamePatternList([".*"]),
                exclude: try NamePatternList(exclude ?? TopicSelection.defaultExclude))
            for (topic, line) in zip(Self.topics, answers) {
                let verdict = selection.selects(topic, naming: naming, target: "B")
                let isOfItself = verdict == .cycle && !naming.wasCycle(topic, target: "B")
                let expected = verdict.isSelected || (isOfItself && version.lexicographicallyPrecedes([4, 4]))
                #expect(line == "\(expected)", "\(topic), \(policy.kind), Kafka \(version)")
            }
        }

        @Test(
            arguments: [
                (.prefix, nil), (.prefix, ["orders", ".*_orders"]), (.identity, nil), (.identity, []),
            ] as [(ReplicationPolicyConfiguration.Kind, [String]?)])
        func `A->B mirrors the topics that MirrorMaker mirrors`(
            policy: ReplicationPolicyConfiguration.Kind, exclude: [String]?
        ) async throws {
            try await compare(ReplicationPolicyConfiguration(kind: policy), exclude: exclude)
        }

        @Test func `so it does with a separator of one's own`() async throws {
            try await compare(ReplicationPolicyConfiguration(separator: "_"), exclude: nil)
        }

        @Test(arguments: [nil, []] as [[String]?])
        func `MirrorMaker leaves Tern's own topics alone, whatever is excluded`(exclude: [String]?) async throws {
            let topics = [InternalTopics.health, InternalTopics.lanes(of: "B"), InternalTopics.progress(of: "B")]
            for policy in [ReplicationPolicyConfiguration(), ReplicationPolicyConfiguration(kind: .identity)] {
                #expect(try await ask(policy, exclude: exclude, topics).answers == ["false", "false", "false"])
            }
        }
    }
}
