// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Kafka
public import KafkaTypes
internal import Platform
internal import Synchronization

/// Real brokers of a ``KafkaDistribution``, each its own controller, on free ports of the loopback interface, in a
/// temporary folder. They end with this process at the latest.
public final class RealCluster: Sendable {
    /// What is to differ from a plain broker.
    public struct Options: Sendable, Hashable {
        public var brokers = 1
        /// Properties of the server beyond, or instead of, the usual ones.
        public var properties: [String: String] = [:]
        /// Names and passwords; with any, there is a second listener (``RealCluster/saslBootstrapServers``) that takes
        /// PLAIN and SCRAM-SHA-512.
        public var users: [String: String] = [:]
        /// Whether access rules count. The plain listener stays all-powerful.
        public var authorizes = false
        /// Whether there is a third listener behind a ``Relay`` for each broker (``RealCluster/linkedBootstrapServers``).
        public var isLinked = false
        /// Variables of the brokers' processes, such as `KAFKA_OPTS`.
        public var environment: [String: String] = [:]

        public init(
            brokers: Int = 1, properties: [String: String] = [:], users: [String: String] = [:],
            authorizes: Bool = false, isLinked: Bool = false, environment: [String: String] = [:]
        ) {
            self.brokers = brokers
            self.properties = properties
            self.users = users
            self.authorizes = authorizes
            self.isLinked = isLinked
            self.environment = environment
        }
    }

    public let distribution: KafkaDistribution
    public var clusterID: String { currentID.withLock { $0 } }
    private let currentID: Mutex<String>
    /// `host:port` of each broker's plain listener, with commas; the ports stay the same after a restart.
    public let bootstrapServers: String
    /// The same of the listeners that want a user; empty without users.
    public let saslBootstrapServers: String
    /// The links to the brokers, of which clients of ``linkedBootstrapServers`` see nothing else; empty without them.
    public let links: [Relay]
    public var linkedBootstrapServers: String { links.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }
    private let folders: [TemporaryFolder]
    private let environment: [String: String]
    /// Of the cluster whose data is put aside.
    private let waitingID = Mutex<String?>(nil)
    private let processes = Mutex<[BrokerProcess?]>([])

    /// Starts the brokers and waits until they answer.
    public static func start(
        _ distribution: KafkaDistribution, _ options: Options = Options(), within limit: Duration = .seconds(60)
    ) async throws -> RealCluster {
        let cluster = try RealCluster(distribution, options)
        try await cluster.format(options)
        for index in 0..<options.brokers { try cluster.launch(index) }
        try await cluster.awaitAnswers(brokers: options.brokers, within: limit)
        return cluster
    }

    private init(_ distribution: KafkaDistribution, _ options: Options) throws {
        self.distribution = distribution
        environment = options.environment.merging(["KAFKA_HEAP_OPTS": "-Xms128M -Xmx512M"]) { $1 }
        currentID = Mutex(ServerProperties.randomClusterID())
        func port() throws -> Int { Int(try unusedPort()) }
        var links: [Relay] = []
        let nodes = try (0..<options.brokers).map { index in
            var node = ServerProperties.Node(id: index + 1, plain: try port(), controller: try port(), sasl: try port())
            if options.isLinked {
                let behind = try unusedPort()
                links.append(try Relay(to: behind))
                node.link = (port: Int(behind), relay: Int(links[index].port))
            }
            return node
        }
        self.links = links
        bootstrapServers = nodes.map { "127.0.0.1:\($0.plain)" }.joined(separator: ",")
        saslBootstrapServers =
            options.users.isEmpty ? "" : nodes.map { "127.0.0.1:\($0.sasl)" }.joined(separator: ",")
        folders = try nodes.map { _ in try TemporaryFolder() }
        processes.withLock { $0 = nodes.map { _ in nil } }
        for (node, folder) in zip(nodes, folders) {
            let text = ServerProperties.text(of: node, among: nodes, folder: folder, options: options)
            try folder.write("broker.properties", text)
        }
    }

    /// The process ids of the brokers that run.
    public var processIDs: [Int32] { processes.withLock { $0 }.compactMap { $0?.processID } }

    /// Stops a broker in order (SIGTERM), numbered from 0.
    public func stop(broker index: Int = 0) async throws { try await end(index, signal: SIGTERM) }

    /// Ends a broker at once (SIGKILL), numbered from 0. It answers again 10 to 15 s after a restart: its old session has
    /// to end first.
    public func kill(broker index: Int = 0) async throws { try await end(index, signal: SIGKILL) }

    /// Starts a broker that was stopped or killed, at the same ports, with what it had stored, and waits for it.
    public func restart(broker index: Int = 0, within limit: Duration = .seconds(60)) async throws {
        try await end(index, signal: SIGTERM)
        try launch(index)
        try await awaitAnswers(brokers: processes.withLock { $0 }.count { $0 != nil }, within: limit)
    }

    /// Ends all brokers and deletes what they stored.
    public func close() async throws {
        for index in folders.indices { try await end(index, signal: SIGKILL) }
        for link in links { link.close() }
        for folder in folders { folder.remove() }
    }

    /// The segment that a partition of a broker begins with, for tests that damage it. Brokers do not look at what they serve.
    public func firstSegment(of partition: TopicPartition, broker index: Int = 0) -> String {
        folders[index].path("data/\(partition.topic)-\(partition.partition)/00000000000000000000.log")
    }

    /// What a broker has logged, for messages of tests that failed.
    public func log(broker index: Int = 0) -> String { (try? folders[index].read("broker.log")).flatMap { $0 } ?? "" }

    /// Puts another cluster at the same address: the first time an empty one with an id of its own, then in turn the one
    /// that was there before. For clusters of one broker.
    public func exchange(_ options: Options = Options(), within limit: Duration = .seconds(60)) async throws {
        try await end(0, signal: SIGTERM)
        let (data, other) = (folders[0].path("data"), folders[0].path("data.other"))
        let swap = folders[0].path("data.swap")
        let otherID = waitingID.withLock { $0 }
        waitingID.withLock { $0 = clusterID }
        currentID.withLock { $0 = otherID ?? ServerProperties.randomClusterID() }
        guard rename(data, swap) == 0 else { throw CommandFailure("move a broker's data away") }
        if otherID == nil { try await format(options) } else { _ = rename(other, data) }
        guard rename(swap, other) == 0 else { throw CommandFailure("keep a broker's data") }
        try launch(0)
        try await awaitAnswers(brokers: 1, within: limit)
    }

    /// Properties of a client that logs in.
    public func properties(user: String, password: String, mechanism: String = "PLAIN") -> ClientProperties {
        ClientProperties([
            "bootstrap.servers": saslBootstrapServers, "security.protocol": "sasl_plaintext",
            "sasl.mechanisms": mechanism, "sasl.username": user, "sasl.password": password,
        ])
    }

    private func format(_ options: Options) async throws {
        for folder in folders {
            var arguments = ["format", "-t", clusterID, "-c", folder.path("broker.properties")]
            if folders.count == 1 { arguments.append("--standalone") }
            for (name, password) in options.users.sorted(by: { $0.key < $1.key }) {
                arguments += ["--add-scram", "SCRAM-SHA-512=[name=\(name),password=\(password)]"]
            }
            let result = try await distribution.run("kafka-storage.sh", arguments)
            guard result.status == 0 else {
                throw CommandFailure("format a broker: \(result.output)\(result.errors)")
            }
        }
    }

    private func launch(_ index: Int) throws {
        let folder = folders[index]
        let process = try BrokerProcess(
            [distribution.script("kafka-server-start.sh"), folder.path("broker.properties")], folder: folder,
            log: folder.path("broker.log"), environment: environment)
        processes.withLock { $0[index] = process }
    }

    private func end(_ index: Int, signal: Int32) async throws {
        guard let process = processes.withLock({ $0[index].take() }) else { return }
        try await ThreadExecutor.shared.run { () throws(any Error) in
            try process.end(signal: signal, within: .seconds(30))
        }
    }

    private func awaitAnswers(brokers: Int, within limit: Duration) async throws {
        let admin = try AdminClient(.testing(bootstrapServers, ["log_level": "0"]), clientID: "starter")
        do {
            try await eventually(within: limit, "an answer of \(brokers) broker(s)") {
                guard let cluster = try? await admin.cluster(within: .seconds(2)) else { return false }
                return cluster.brokers.count >= brokers
            }
        } catch {
            admin.close()
            throw CommandFailure("\(error)\n\(log())")
        }
        admin.close()
    }
}
