// SPDX-License-Identifier: Apache-2.0
import Foundation
import KafkaTesting
import KafkaTypes

/// Java's own producer, for what librdkafka 2.0.2 cannot write: records with timestamp 0; and for transactions.
///
/// The program runs from its source, one JVM per call.
enum Scribe {
    /// Writes steps to partition 0, each `KIND:COUNT`: `p` plain records, `z` plain ones of timestamp 0, `c` and `a` a
    /// transaction that is committed or aborted. Values are `KIND` and a running number.
    static func write(_ steps: [String], to topic: TopicName, of cluster: RealCluster, in folder: TemporaryFolder)
        async throws
    {
        let file = try source(in: folder)
        let result = try await Command.run(
            command(file, cluster) + ["write", cluster.bootstrapServers, topic.rawValue] + steps)
        guard result.status == 0 else { throw NeverHappened("the scribe's end: \(result.errors.suffix(2000))") }
    }

    /// A transaction of so many records that stays open until the end of the process, or for ten minutes.
    static func open(_ count: Int, to topic: TopicName, of cluster: RealCluster, in folder: TemporaryFolder)
        async throws
        -> OpenTransaction
    {
        let file = try source(in: folder)
        let mark = folder.path("scribe.open")
        let child = try ChildProcess(
            command(file, cluster) + ["hold", cluster.bootstrapServers, topic.rawValue, "\(count)", mark],
            errors: folder.path("scribe.log"))
        try await eventually(within: .seconds(30), "an open transaction") { () async throws -> Bool in
            FileManager.default.fileExists(atPath: mark)
        }
        return OpenTransaction(child: child, mark: mark)
    }

    struct OpenTransaction {
        let child: ChildProcess
        let mark: String

        /// Commits it and waits for the end of the process.
        func commit() async throws {
            try FileManager.default.removeItem(atPath: mark)
            try await eventually(within: .seconds(30), "the end of the scribe") { () async throws -> Bool in
                try child.wait(within: .milliseconds(10)) == 0
            }
        }
    }

    private static func command(_ file: String, _ cluster: RealCluster) -> [String] {
        ["java", "-XX:TieredStopAtLevel=1", "-cp", "\(cluster.distribution.home)/libs/*", file]
    }

    private static func source(in folder: TemporaryFolder) throws -> String {
        try folder.write("Scribe.java", program)
        return folder.path("Scribe.java")
    }

    private static let program = #"""
        import java.nio.file.*;
        import java.util.*;
        import org.apache.kafka.clients.producer.*;
        import org.apache.kafka.common.serialization.*;

        public class Scribe {
            static int number = 0;

            static void send(Producer<String, String> producer, String topic, String kind, int count, Long timestamp)
                    throws Exception {
                for (int i = 0; i < count; i++) {
                    producer.send(new ProducerRecord<>(topic, 0, timestamp, "k", kind + number++));
                }
                producer.flush();
            }

            static Producer<String, String> producer(String servers, boolean isTransactional) {
                Map<String, Object> settings = new HashMap<>();
                settings.put("bootstrap.servers", servers);
                if (isTransactional) {
                    settings.put("transactional.id", UUID.randomUUID().toString());
                    settings.put("transaction.timeout.ms", 600000);
                }
                return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
            }

            public static void main(String[] words) throws Exception {
                String servers = words[1], topic = words[2];
                if (words[0].equals("hold")) {
                    Producer<String, String> producer = producer(servers, true);
                    producer.initTransactions();
                    producer.beginTransaction();
                    send(producer, topic, "o", Integer.parseInt(words[3]), null);
                    Path mark = Files.createFile(Path.of(words[4]));
                    while (Files.exists(mark)) Thread.sleep(20);
                    producer.commitTransaction();
                    System.exit(0);
                }
                Producer<String, String> plain = producer(servers, false), transactional = null;
                for (int i = 3; i < words.length; i++) {
                    String kind = words[i].split(":")[0];
                    int count = Integer.parseInt(words[i].split(":")[1]);
                    if (kind.equals("p") || kind.equals("z")) {
                        send(plain, topic, kind, count, kind.equals("z") ? 0L : null);
                        continue;
                    }
                    if (transactional == null) {
                        transactional = producer(servers, true);
                        transactional.initTransactions();
                    }
                    transactional.beginTransaction();
                    send(transactional, topic, kind, count, null);
                    if (kind.equals("c")) transactional.commitTransaction(); else transactional.abortTransaction();
                }
                System.exit(0);
            }
        }
        """#
}
