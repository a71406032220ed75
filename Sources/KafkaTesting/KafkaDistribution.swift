// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// An unpacked Kafka: what real brokers are started from.
public struct KafkaDistribution: Sendable, Hashable {
    /// The folder with `bin` and `libs`.
    public let home: String

    public init?(home: String) {
        guard access("\(home)/bin/kafka-server-start.sh", R_OK) == 0 else { return nil }
        self.home = home
    }

    /// The one that `KAFKA_HOME` names; nil where it names none. Tests that need it are then reported as skipped.
    public static let found: KafkaDistribution? = environment("KAFKA_HOME").flatMap { KafkaDistribution(home: $0) }

    /// An older one: `KAFKA_HOME_OLD`, or the folder `kafka-3.9` next to the newer.
    public static let old: KafkaDistribution? = {
        if let home = environment("KAFKA_HOME_OLD") { return KafkaDistribution(home: home) }
        return environment("KAFKA_HOME").flatMap { KafkaDistribution(home: "\($0)/../kafka-3.9") }
    }()

    /// Why tests on real brokers do not run.
    public static let missing = "no Kafka: KAFKA_HOME names no folder with bin/kafka-server-start.sh"

    /// The path of one of its scripts: "kafka-topics.sh".
    public func script(_ name: String) -> String { "\(home)/bin/\(name)" }

    /// Runs one of its scripts to the end. Each start of a JVM costs about a second.
    public func run(
        _ script: String, _ arguments: [String], within limit: Duration = .seconds(60)
    ) async throws -> CommandResult {
        try await Command.run([self.script(script)] + arguments, within: limit)
    }
}

/// A variable of this process's environment; an empty one is none.
func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
