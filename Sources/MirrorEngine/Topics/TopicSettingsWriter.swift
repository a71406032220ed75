// SPDX-License-Identifier: Apache-2.0
public import Kafka
public import KafkaTypes
import Mirroring

/// Changes single settings of topics.
///
/// Where the loaded librdkafka has the incremental call, that is used. Else everything that a topic has of its own is
/// read, merged with the changes and written: somebody else's change between the two is lost (docs/guarantees.md).
public struct TopicSettingsWriter: Sendable {
    private let admin: AdminClient
    private let limit: Duration
    private let isIncremental: Bool

    /// - Parameter isIncremental: tests take the other way than the library would.
    public init(
        _ admin: AdminClient, limit: Duration, isIncremental: Bool = AdminClient.supportsIncrementalAlter
    ) {
        self.admin = admin
        self.limit = limit
        self.isIncremental = isIncremental
    }

    /// - Returns: for each topic nil when the broker has taken the changes, else why nothing was written. What was taken
    ///   is read back by the caller.
    /// - Throws: when the cluster did not answer: whether something was written is not known then.
    public func write(
        _ changes: [TopicName: [ConfigurationChange]], validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicName: String?] {
        guard !changes.isEmpty else { return [:] }
        if isIncremental {
            let answers = try await admin.incrementallyAlterConfigurations(
                changes, validateOnly: validateOnly, within: limit)
            return Self.outcomes(of: answers, for: changes.keys)
        }
        var problems: [TopicName: String?] = [:]
        var replacements: [TopicName: [(String, String)]] = [:]
        for (topic, current) in try await admin.describeConfigurations(topics: changes.keys.sorted(), within: limit) {
            switch current {
            case .failure(let error): problems.updateValue(TopicObserver.words(of: error), forKey: topic)
            case .success(let entries):
                do {
                    let whole = try ConfigurationReplacement(of: entries, with: changes[topic] ?? [])
                    replacements[topic] = whole.entries.map { ($0.name, $0.value) }
                } catch {
                    problems.updateValue("\(error)", forKey: topic)
                }
            }
        }
        let answers = try await admin.alterConfigurations(replacements, validateOnly: validateOnly, within: limit)
        problems.merge(Self.outcomes(of: answers, for: replacements.keys)) { first, _ in first }
        return problems
    }

    private static func outcomes(
        of answers: [TopicName: KafkaError?], for topics: some Sequence<TopicName>
    ) -> [TopicName: String?] {
        var outcomes: [TopicName: String?] = [:]
        for topic in topics {
            let outcome: String? =
                switch answers[topic] {
                case nil: "the broker gave no answer for it"
                case .some(nil): nil
                case .some(let error?): TopicObserver.words(of: error)
                }
            outcomes.updateValue(outcome, forKey: topic)
        }
        return outcomes
    }
}
