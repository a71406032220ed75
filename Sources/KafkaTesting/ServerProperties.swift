// SPDX-License-Identifier: Apache-2.0

/// The properties file of a broker for tests: quick to start, small, on loopback.
enum ServerProperties {
    struct Node {
        let id: Int
        let plain: Int
        let controller: Int
        let sasl: Int
        /// The listener behind a relay, and the relay's own port.
        var link: (port: Int, relay: Int)?
    }

    static func text(
        of node: Node, among nodes: [Node], folder: TemporaryFolder, options: RealCluster.Options
    ) -> String {
        var properties = base(of: node, among: nodes, folder: folder)
        if !options.users.isEmpty { addLogins(to: &properties, node, options.users) }
        if let link = node.link {
            properties["listeners", default: ""] += ",LINK://127.0.0.1:\(link.port)"
            properties["advertised.listeners", default: ""] += ",LINK://127.0.0.1:\(link.relay)"
        }
        if options.authorizes {
            properties["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
            properties["super.users"] = "User:ANONYMOUS;User:admin"
        }
        properties.merge(options.properties) { $1 }
        return properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    private static func base(of node: Node, among nodes: [Node], folder: TemporaryFolder) -> [String: String] {
        let replicas = "\(min(3, nodes.count))"
        var properties = [
            "node.id": "\(node.id)", "process.roles": "broker,controller",
            "listeners": "PLAINTEXT://127.0.0.1:\(node.plain),CONTROLLER://127.0.0.1:\(node.controller)",
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(node.plain)",
            "controller.listener.names": "CONTROLLER", "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map":
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENT:SASL_PLAINTEXT,LINK:PLAINTEXT",
            "log.dirs": folder.path("data"), "num.partitions": "1", "auto.create.topics.enable": "false",
            "default.replication.factor": replicas, "min.insync.replicas": "1",
            // Internal topics with few partitions start faster.
            "offsets.topic.replication.factor": replicas, "offsets.topic.num.partitions": "5",
            "transaction.state.log.replication.factor": replicas, "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "5",
            // Groups form at once instead of after 3 s.
            "group.initial.rebalance.delay.ms": "0",
            // Small segments and frequent checks make retention and compaction testable.
            "log.cleaner.dedupe.buffer.size": "2097152", "log.retention.check.interval.ms": "1000",
            "log.cleaner.backoff.ms": "1000", "num.network.threads": "2", "num.io.threads": "2",
        ]
        if nodes.count == 1 {
            properties["controller.quorum.bootstrap.servers"] = "127.0.0.1:\(node.controller)"
        } else {
            properties["controller.quorum.voters"] =
                nodes.map { "\($0.id)@127.0.0.1:\($0.controller)" }.joined(separator: ",")
        }
        return properties
    }

    private static func addLogins(to properties: inout [String: String], _ node: Node, _ users: [String: String]) {
        properties["listeners", default: ""] += ",CLIENT://127.0.0.1:\(node.sasl)"
        properties["advertised.listeners", default: ""] += ",CLIENT://127.0.0.1:\(node.sasl)"
        properties["listener.name.client.sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-512"
        let logins = users.sorted { $0.key < $1.key }.map { "user_\($0.key)=\"\($0.value)\"" }
        properties["listener.name.client.plain.sasl.jaas.config"] =
            "org.apache.kafka.common.security.plain.PlainLoginModule required \(logins.joined(separator: " "));"
        properties["listener.name.client.scram-sha-512.sasl.jaas.config"] =
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    }

    /// 16 bytes as Kafka writes them: URL-safe base64 without padding, 22 characters; never with a leading dash, which the
    /// storage tool would read as an option.
    static func randomClusterID() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let first = alphabet[Int.random(in: 0..<62)]
        let middle = (0..<20).map { _ in alphabet[Int.random(in: 0..<64)] }
        // The last character carries two bits only.
        let last = alphabet[Int.random(in: 0..<4) * 16]
        return String([first] + middle + [last])
    }
}
