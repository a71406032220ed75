// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

/// The two lines of Kafka that every admin call is tried on.
enum BrokerLine: String, CaseIterable, CustomTestStringConvertible {
    case current, old
    var testDescription: String { rawValue }

    static let available: [BrokerLine] =
        (KafkaDistribution.found == nil ? [] : [.current]) + (KafkaDistribution.old == nil ? [] : [.old])

    /// A shared cluster with access rules and two users.
    func cluster() async throws -> RealCluster {
        try await self == .current ? SharedClusters.guarded() : SharedClusters.guardedOld()
    }
}

/// Runs a body with an admin client of a cluster, and closes it whatever happens.
func withAdmin<Value>(
    _ properties: ClientProperties, _ body: (AdminClient) async throws -> Value
) async throws -> Value {
    let admin = try AdminClient(properties, clientID: "admin-test")
    do {
        let value = try await body(admin)
        admin.close()
        return value
    } catch {
        admin.close()
        throw error
    }
}

extension Trait where Self == ConditionTrait {
    static var needsBrokers: Self {
        .enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing))
    }
}

let patience = Duration.seconds(15)
