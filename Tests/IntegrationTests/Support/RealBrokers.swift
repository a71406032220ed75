// SPDX-License-Identifier: Apache-2.0
import KafkaTesting
import KafkaTypes
import Testing

/// What an independent reader and writer sees; the engine's own `Witness` is another thing.
typealias Onlooker = KafkaTesting.Witness

/// Everything that needs real brokers. One test at a time: two cores and three brokers are what they have, and a test
/// that compares clusters wants no stranger's traffic.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.found != nil, Comment(rawValue: KafkaDistribution.missing)),
    .timeLimit(.minutes(3)))
enum RealBrokers {}

/// The clusters that all these tests share.
enum Brokers {
    /// The current Kafka; it knows the users `admin` and `tern`, and its access rules count on its second listener.
    static func first() async throws -> RealCluster { try await SharedClusters.guarded() }

    /// The current Kafka, plain.
    static func second() async throws -> RealCluster { try await SharedClusters.pair().target }

    /// The older Kafka where there is one, else a third current one.
    static func third() async throws -> RealCluster {
        KafkaDistribution.old == nil ? try await SharedClusters.pair().source : try await SharedClusters.guardedOld()
    }

    /// The current Kafka, with a listener at the other end of a link. The link is to be left as it was.
    static func linked() async throws -> RealCluster { try await SharedClusters.linked() }
}
