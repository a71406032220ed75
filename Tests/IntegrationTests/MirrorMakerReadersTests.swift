// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Mirroring
import Testing

extension RealBrokers {
    /// What MirrorMaker's own classes read of what Tern has written. The brokers are this test's own: `heartbeats` is one
    /// topic for all flows of a cluster.
    @Suite struct MirrorMakerReadersTests {
        /// Asks MirrorMaker's client library about a cluster, as applications do that move by themselves.
        ///
        /// Given are the bootstrap servers, the alias of the source, and groups. Lines are `QUESTION ANSWER`, sorted.
        private static let program = """
            import java.time.Duration;
            import java.util.*;
            import java.util.regex.Pattern;
            import org.apache.kafka.clients.consumer.OffsetAndMetadata;
            import org.apache.kafka.common.TopicPartition;
            import org.apache.kafka.connect.mirror.*;

            public class Ask {
                static void tell(String question, Collection<?> answers) {
                    for (Object answer : new TreeSet<Object>(answers)) System.out.println(question + " " + answer);
                }

                static void tell(String question, String group, Map<TopicPartition, OffsetAndMetadata> offsets) {
                    List<String> lines = new ArrayList<>();
                    offsets.forEach((place, offset) ->
                        lines.add(group + " " + place + " " + offset.offset() + " " + offset.metadata()));
                    tell(question, lines);
                }

                public static void main(String[] given) throws Exception {
                    Map<String, Object> settings = Map.of("bootstrap.servers", given[0]);
                    Duration limit = Duration.ofSeconds(30);
                    tell("upstreamClusters", RemoteClusterUtils.upstreamClusters(settings));
                    tell("replicationHops", List.of(RemoteClusterUtils.replicationHops(settings, given[1])));
                    tell("heartbeatTopics", RemoteClusterUtils.heartbeatTopics(settings));
                    tell("checkpointTopics", RemoteClusterUtils.checkpointTopics(settings));
                    try (MirrorClient client = new MirrorClient(settings)) {
                        tell("remoteTopics", client.remoteTopics());
                    }
                    for (String group : Arrays.asList(given).subList(2, given.length))
                        tell("translateOffsets", group,
                            RemoteClusterUtils.translateOffsets(settings, given[1], group, limit));
                    // Of many groups at once (KIP-1239), which older versions do not know.
                    try {
                        Object answer = RemoteClusterUtils.class
                            .getMethod("translateOffsets", Map.class, String.class, Pattern.class, Duration.class)
                            .invoke(null, settings, given[1], Pattern.compile(".*"), limit);
                        @SuppressWarnings("unchecked")
                        var groups = (Map<String, Map<TopicPartition, OffsetAndMetadata>>) answer;
                        for (String group : new TreeSet<>(groups.keySet()))
                            tell("translateMany", group, groups.get(group));
                    } catch (NoSuchMethodException absent) {
                        System.out.println("translateMany absent");
                    }
                }
            }
            """

        private struct Answers {
            var lines: [String]

            subscript(question: String) -> [String] {
                lines.filter { $0.hasPrefix(question + " ") }.map { String($0.dropFirst(question.count + 1)) }
            }
        }

        private func ask(_ words: [String], of distribution: KafkaDistribution, in folder: TemporaryFolder)
            async throws -> Answers
        {
            try folder.write("Ask.java", Self.program)
            let answer = try await Command.run(
                ["java", "-XX:TieredStopAtLevel=1", "-cp", "\(distribution.home)/libs/*", folder.path("Ask.java")]
                    + words)
            try #require(answer.status == 0, "\(answer.errors)")
            return Answers(lines: answer.output.split(separator: "\n").map(String.init))
        }

        /// What the console consumer prints of a topic's newest rows by one of MirrorMaker's formatters.
        private func printed(_ topic: TopicName, by formatter: String, of cluster: RealCluster) async throws -> [String]
        {
            let count = try Onlooker.records(of: topic, partitions: 1, at: cluster.bootstrapServers).count
            let result = try await cluster.distribution.run(
                "kafka-console-consumer.sh",
                [
                    "--bootstrap-server", cluster.bootstrapServers, "--topic", topic.rawValue, "--from-beginning",
                    "--max-messages", "\(count)", "--timeout-ms", "30000",
                    "--formatter", "org.apache.kafka.connect.mirror.formatters.\(formatter)",
                ])
            try #require(result.status == 0, "\(result.errors)")
            return result.output.split(separator: "\n").map(String.init)
        }

        private func withOwnBrokers(_ body: (RealMirror) async throws -> Void) async throws {
            let distribution = try #require(KafkaDistribution.found)
            async let first = RealCluster.start(distribution)
            async let second = RealCluster.start(distribution)
            let clusters = try await [first, second]
            do {
                try await RealMirror.with(clusters, body)
            } catch {
                for cluster in clusters { try await cluster.close() }
                throw error
            }
            for cluster in clusters { try await cluster.close() }
        }

        /// Three groups on the source: behind a gap that a transaction left, in the middle, and at the end.
        private func prepare(_ mirror: RealMirror) async throws -> [GroupID] {
            let topic = mirror.topic("orders")
            try await mirror.clusters[0].createTopic(topic, partitions: 2)
            try await Scribe.write(
                ["p:20", "c:5", "a:10", "p:30"], to: topic, of: mirror.clusters[0], in: mirror.folder)
            try Onlooker.write(
                (0..<40).map { .sample(topic, 1, key: "k", value: "v\($0)") }, to: mirror.address(0))
            let positions: [(Int64, Int64)] = [(30, 0), (12, 33), (67, 40)]
            var groups: [GroupID] = []
            for (number, position) in positions.enumerated() {
                let group = GroupID("\(mirror.tag)-group-\(number)")
                groups.append(group)
                try await mirror.clusters[0].commit(
                    [TopicPartition(topic, 0): position.0, TopicPartition(topic, 1): position.1], for: group,
                    metadata: "at \(number)")
            }
            return groups
        }

        @Test func `MirrorMaker's client and formatters read what Tern writes, and say what the groups have`()
            async throws
        {
            try await withOwnBrokers { mirror in
                let groups = try await prepare(mirror)
                let (source, target) = (mirror.aliases[0], mirror.aliases[1])
                let daemon = try mirror.daemon(
                    of: mirror.file(
                        [(0, 1), (1, 0)],
                        """
                        emit.heartbeats.enabled = true
                        heartbeats.replication.enabled = true
                        emit.checkpoints.interval.seconds = 1
                        sync.group.offsets.enabled = true
                        sync.group.offsets.interval.seconds = 1
                        groups = \(mirror.tag)-.*
                        """))
                let heartbeats = TopicName("\(source).heartbeats")
                try await running(daemon) {
                    try await until("three groups that are ready, and heartbeats of both", of: daemon) { status in
                        let flow = status.flow(mirror.flow(0, 1))
                        let ready = flow?.groups.filter { $0.state == .ready && $0.synchronizedAt != nil }
                        return ready?.count == 3
                            && flow?.topics.contains {
                                $0.targetTopic == heartbeats && $0.counters.replicatedRecords > 0
                            } == true
                    }
                }
                let answers = try await ask(
                    [mirror.address(1), source] + groups.map(\.rawValue), of: mirror.clusters[1].distribution,
                    in: mirror.folder)
                #expect(answers["upstreamClusters"] == [source])
                #expect(answers["replicationHops"] == ["1"])
                #expect(answers["heartbeatTopics"] == ["\(source).heartbeats", "heartbeats"])
                #expect(answers["checkpointTopics"] == ["\(source).checkpoints.internal"])
                #expect(answers["remoteTopics"] == ["\(source).heartbeats", mirror.copy("orders").rawValue])
                var committed: [String] = []
                for group in groups {
                    let offsets = try await mirror.clusters[1].committed(group)
                    #expect(offsets.count == 2)
                    committed += offsets.map { place, offset in
                        "\(group) \(place.topic)-\(place.partition) \(offset.offset) \(offset.metadata ?? "")"
                    }
                }
                #expect(answers["translateOffsets"] == committed.sorted())
                #expect(answers["translateMany"] == committed.sorted() || answers["translateMany"] == ["absent"])

                let beats = try await printed("heartbeats", by: "HeartbeatFormatter", of: mirror.clusters[1])
                let beat = "Heartbeat{sourceClusterAlias=\(source), targetClusterAlias=\(target), timestamp="
                #expect(!beats.isEmpty && beats.allSatisfy { $0.hasPrefix(beat) }, "\(beats)")
                let checkpoints = try await printed(
                    TopicName("\(source).checkpoints.internal"), by: "CheckpointFormatter", of: mirror.clusters[1])
                let last = try #require(checkpoints.last { $0.contains("\(mirror.tag)-group-1") && $0.contains("-1,") })
                #expect(
                    last == "Checkpoint{consumerGroupId=\(mirror.tag)-group-1, "
                        + "topicPartition=\(mirror.copy("orders"))-1, upstreamOffset=33, downstreamOffset=33, metadata=at 1}"
                )
                let syncs = try await printed(
                    TopicName("mm2-offset-syncs.\(target).internal"), by: "OffsetSyncFormatter", of: mirror.clusters[0])
                #expect(
                    syncs.last { $0.contains("\(mirror.topic("orders"))-1,") }
                        == "OffsetSync{topicPartition=\(mirror.topic("orders"))-1, upstreamOffset=39, downstreamOffset=39}"
                )
            }
        }
    }
}
