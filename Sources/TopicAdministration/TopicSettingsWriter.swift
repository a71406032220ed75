// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import TopicPlanning
public import Kafka
public import KafkaTypes

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

    /// - Parameter current: what topics have, where that was read a moment ago; the others are read here.
    /// - Returns: for each topic nil when the broker has taken the changes, else why nothing was written. What was taken
    ///   is read back by the caller.
    /// - Throws: when the cluster did not answer: whether something was written is not known then.
    public func write(
        _ changes: [TopicName: [ConfigurationChange]], over current: [TopicName: [ConfigurationEntry]] = [:],
        validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicName: TopicSettingsProblem?] {
        guard !changes.isEmpty else { return [:] }
        if isIncremental {
            let answers = try await admin.incrementallyAlterConfigurations(
                changes, validateOnly: validateOnly, within: limit)
            return Self.outcomes(of: answers, for: changes.keys)
        }
        var problems: [TopicName: TopicSettingsProblem?] = [:]
        var replacements: [TopicName: [(String, String)]] = [:]
        var described = current.filter { changes[$0.key] != nil }.mapValues { Result<_, KafkaError>.success($0) }
        let unread = changes.keys.filter { described[$0] == nil }.sorted()
        if !unread.isEmpty {
            described.merge(try await admin.describeConfigurations(topics: unread, within: limit)) { first, _ in first }
        }
        for (topic, current) in described {
            switch current {
            case .failure(let error): problems.updateValue(.refused(error), forKey: topic)
            case .success(let entries):
                do throws(ConfigurationReplacement.Problem) {
                    let whole = try ConfigurationReplacement(of: entries, with: changes[topic] ?? [])
                    replacements[topic] = whole.entries.map { ($0.name, $0.value) }
                } catch {
                    problems.updateValue(.unwritable(error), forKey: topic)
                }
            }
        }
        if replacements.isEmpty { return problems }
        let answers = try await admin.alterConfigurations(replacements, validateOnly: validateOnly, within: limit)
        problems.merge(Self.outcomes(of: answers, for: replacements.keys)) { first, _ in first }
        return problems
    }

    private static func outcomes(
        of answers: [TopicName: KafkaError?], for topics: some Sequence<TopicName>
    ) -> [TopicName: TopicSettingsProblem?] {
        var outcomes: [TopicName: TopicSettingsProblem?] = [:]
        for topic in topics {
            let outcome: TopicSettingsProblem? =
                switch answers[topic] {
                case nil: .unanswered
                case .some(nil): nil
                case .some(let error?): .refused(error)
                }
            outcomes.updateValue(outcome, forKey: topic)
        }
        return outcomes
    }
}

/// Why the settings of a topic were not written.
public enum TopicSettingsProblem: Error, Sendable, CustomStringConvertible {
    case refused(KafkaError)
    /// The older call would take something away.
    case unwritable(ConfigurationReplacement.Problem)
    case unanswered

    public var description: String {
        switch self {
        case .refused(let error): TopicObserver.words(of: error)
        case .unwritable(let problem): problem.description
        case .unanswered: "the broker gave no answer for it"
        }
    }
}
