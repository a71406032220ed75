// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration

/// What people order of the flow while it runs. The rows of the control topic are the only truth: whoever orders something writes a row,
/// and every daemon of the flow reads it within a second, or when it starts.
extension Flow {
    /// librdkafka's mock has no topics of rows.
    var keepsControl: Bool { environment.createTopics == nil }

    var newControlTopic: NewTopic {
        .ofRows(configuration.controlTopic, replicationFactor: configuration.progressTopic.replicationFactor)
    }

    /// A flow runs without the topic: nothing can be ordered of it then.
    func noteControlTopic(_ results: inout [TopicName: KafkaError?]) {
        let topic = configuration.controlTopic
        guard let result = results[topic] else { return }
        guard let error = result, error.code != .topicAlreadyExists else { return controlReading.isTopicThere = true }
        results[topic] = nil
        let isDenied = error.code == .topicAuthorizationFailed || error.code == .clusterAuthorizationFailed
        let advice =
            isDenied
            ? "grant Create on it, or make it with one partition and cleanup.policy=compact; records are mirrored all the "
                + "same, but nothing can be paused"
            : error.reason
        if limiter.admit("control topic") != nil {
            log.warning(
                .topicNotCreated,
                [.topic(topic), .cluster(name.target), .code(error.code.name), .reason(advice)])
        }
    }

    /// One round: reads what was ordered, and does it.
    func followOrders() async -> Job.Outcome {
        guard !hasStopped, clusterChange == nil, ids != nil else { return .done }
        do {
            try await readOrders()
            try await restartWhatIsOrdered()
            try await setOrderedProgress()
            try await continueAfterLosses()
            return .done
        } catch {
            if limiter.admit("control \((error as? KafkaError)?.code.name ?? "")") != nil {
                log.warning(.controlFailed, [.reason("\(error)")])
            }
            return .failed("\(error)")
        }
    }

    /// Reads up to the end that the topic has now.
    /// - Throws: where that cannot be: lanes must not start, since what is paused must not flow.
    func readOrders() async throws {
        guard keepsControl, controlReading.isTopicThere else { return }
        let place = TopicPartition(configuration.controlTopic, 0)
        let found = try await target.admin.offsets(.end, of: [place], within: configuration.adminTimeout)
        if case .failure(let error)? = found[place], error.saysMissing { return controlReading.isTopicThere = false }
        let end = try found[place]?.get() ?? 0
        if end < controlReading.end { await forgetOrders() }
        if controlReading.restartsFrom == nil { controlReading.restartsFrom = end }
        guard end > controlReading.end else { return }
        let follower = controlReading.follower ?? TopicFollower(configuration, traffic: target.traffic)
        controlReading.follower = follower
        let table = try await follower.rows(upTo: [0: end], by: .now + configuration.adminTimeout).table
        follower.rest()
        guard end > controlReading.end else { return }  // another round was faster
        controlReading.end = end
        take(table)
    }

    /// The topic was recreated: what its predecessor said is over.
    private func forgetOrders() async {
        let follower = controlReading.follower.take()
        controlReading.end = 0
        controlReading.restartsFrom = 0
        take(ControlTable())
        await follower?.end()
    }

    private func take(_ table: ControlTable) {
        let before = control
        control = table
        if before.drills.keys != table.drills.keys {
            selection.drills = Set(table.drills.keys)
            jobs.wake(JobName.topics)
        }
        guard before.pauses != table.pauses else { return }
        for lane in lanes.running.values { lane.handle.post(.pauses(table.paused)) }
        for (scope, order) in table.pauses.sorted(by: { $0.key < $1.key }) where before.pauses[scope] != order {
            log.warning(
                .flowPaused, fields(of: scope) + [LogField("by", order.by), .reason(order.reason ?? "none given")])
        }
        for scope in before.pauses.keys.sorted() where table.pauses[scope] == nil {
            log.info(.flowResumed, fields(of: scope))
        }
    }

    func fields(of scope: ControlScope) -> [LogField] {
        var fields = [LogField("scope", scope.word)]
        if let topic = scope.topic { fields.append(.topic(topic)) }
        if let partition = scope.partition { fields.append(.partition(partition)) }
        return fields
    }

    func endControl() async {
        await controlReading.follower?.end()
        await controlWriter.close()
    }
}
