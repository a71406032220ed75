// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// Changes single settings of topics with whichever call the loaded librdkafka has: the incremental one, else the one that
/// replaces all of a topic's own values, given those that were read with the changes on top.
struct ConfigurationWriter {
    typealias Report = TopicConfigurationSyncJob.Report

    struct Outcome {
        /// What the target accepted.
        var written: [TopicName: [ConfigurationChange]] = [:]
        var failures: [Report.Failure] = []
        var exceptions: [Report.Exception] = []
    }

    let client: AdminClient
    let limit: Duration

    func write(
        _ wanted: [TopicName: [ConfigurationChange]], over current: [TopicName: ObservedTopic]
    ) async -> Outcome {
        var outcome = Outcome()
        let answers = await send(wanted, over: current, &outcome)
        for (topic, changes) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let answer = answers[topic] else { continue }
            guard let error = answer else {
                outcome.written[topic] = changes
                continue
            }
            if error.code == .invalidConfig, changes.count > 1 {
                await writeSingly(changes, of: topic, over: current, &outcome)
            } else {
                outcome.failures.append(failure(topic, error))
            }
        }
        return outcome
    }

    /// One value that the target refuses must not hold up the others.
    private func writeSingly(
        _ changes: [ConfigurationChange], of topic: TopicName, over current: [TopicName: ObservedTopic],
        _ outcome: inout Outcome
    ) async {
        var accepted: [ConfigurationChange] = []
        for change in changes {
            // With those before it: the call that replaces would take them away again.
            let answers = await send([topic: accepted + [change]], over: current, &outcome)
            guard let answer = answers[topic] else { continue }
            if let error = answer {
                outcome.failures.append(failure(topic, error))
            } else {
                accepted.append(change)
            }
        }
        if !accepted.isEmpty { outcome.written[topic] = accepted }
    }

    /// - Returns: nothing for a topic that must not be written to.
    private func send(
        _ wanted: [TopicName: [ConfigurationChange]], over current: [TopicName: ObservedTopic],
        _ outcome: inout Outcome
    ) async -> [TopicName: KafkaError?] {
        do throws(KafkaError) {
            if AdminClient.supportsIncrementalAlter {
                return try await client.incrementallyAlterConfigurations(wanted, within: limit)
            }
            var whole: [TopicName: [(String, String)]] = [:]
            for (topic, changes) in wanted {
                guard let observed = current[topic] else { continue }
                do throws(ConfigurationReplacement.Problem) {
                    let replacement = try ConfigurationReplacement(of: observed.settings.values, with: changes)
                    whole[topic] = replacement.entries.map { ($0.name, $0.value) }
                } catch {
                    switch error {
                    case .hiddenValue(let name):
                        outcome.exceptions.append(
                            Report.Exception(topic: topic, setting: name, reason: error.description))
                    }
                }
            }
            return try await client.alterConfigurations(whole, within: limit)
        } catch {
            return wanted.mapValues { _ in error }
        }
    }

    private func failure(_ topic: TopicName, _ error: KafkaError) -> Report.Failure {
        Report.Failure(topic: topic, code: error.code.name, reason: error.reason)
    }
}
