// SPDX-License-Identifier: Apache-2.0
import TopicAdministration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring

/// Writes what a round of syncing wants, so that a value that the target refuses holds up no other.
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
        let answers = await send(wanted, over: current)
        for (topic, changes) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let answer = answers[topic] else { continue }
            guard let problem = answer else {
                outcome.written[topic] = changes
                continue
            }
            if case .refused(let error) = problem, Self.mayBeOneValue(error.code), changes.count > 1 {
                await writeSingly(changes, of: topic, over: current, &outcome)
            } else {
                note(problem, topic, &outcome)
            }
        }
        return outcome
    }

    /// Whether a refusal may be about one value of several: of a version that does not know it, or by a rule of the cluster.
    static func mayBeOneValue(_ code: KafkaErrorCode) -> Bool {
        [.invalidConfig, .invalidRequest, .policyViolation, .unsupportedVersion].contains(code)
    }

    /// One value that the target refuses must not hold up the others.
    private func writeSingly(
        _ changes: [ConfigurationChange], of topic: TopicName, over current: [TopicName: ObservedTopic],
        _ outcome: inout Outcome
    ) async {
        var accepted: [ConfigurationChange] = []
        for change in changes {
            // With those before it: the call that replaces would take them away again.
            let answers = await send([topic: accepted + [change]], over: current)
            guard let answer = answers[topic] else { continue }
            if let problem = answer { note(problem, topic, &outcome) } else { accepted.append(change) }
        }
        if !accepted.isEmpty { outcome.written[topic] = accepted }
    }

    private func send(
        _ wanted: [TopicName: [ConfigurationChange]], over current: [TopicName: ObservedTopic]
    ) async -> [TopicName: TopicSettingsProblem?] {
        do throws(KafkaError) {
            return try await TopicSettingsWriter(client, limit: limit).write(
                wanted, over: current.mapValues { Array($0.settings.values) })
        } catch {
            return wanted.mapValues { _ in .refused(error) }
        }
    }

    private func note(_ problem: TopicSettingsProblem, _ topic: TopicName, _ outcome: inout Outcome) {
        switch problem {
        case .refused(let error):
            outcome.failures.append(Report.Failure(topic: topic, code: error.code.name, reason: error.reason))
        case .unwritable(.hiddenValue(let name)):
            outcome.exceptions.append(Report.Exception(topic: topic, setting: name, reason: problem.description))
        case .unanswered:
            outcome.failures.append(Report.Failure(topic: topic, code: "EMPTY", reason: problem.description))
        }
    }
}
