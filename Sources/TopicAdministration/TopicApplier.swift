// SPDX-License-Identifier: Apache-2.0
public import TopicPlanning
public import Kafka
import KafkaTypes

/// Performs plans: asks for the changes of a few topics at a time, and calls nothing done that it has not read back.
///
/// Failures are independent: a topic that is refused leaves the others alone, and a cluster that does not answer any more
/// leaves the other clusters alone. What is left over is done by planning and applying again.
public struct TopicApplier: Sendable {
    /// By the position of their plan.
    private let observers: [TopicObserver]
    private let batch: Int
    private let isIncremental: Bool

    /// - Parameters:
    ///   - observers: one for each plan, in the same order.
    ///   - batch: how many topics are asked for in one request. Few, since merging settings is a race.
    public init(
        _ observers: [TopicObserver], batch: Int = 10,
        isIncremental: Bool = AdminClient.supportsIncrementalAlter
    ) {
        self.observers = observers
        self.batch = batch
        self.isIncremental = isIncremental
    }

    /// Performs what is left of some plans.
    ///
    /// - Parameters:
    ///   - plans: what is to be done, one for each observer.
    ///   - planned: the same plans as they were made: what they have more counts as done already.
    ///   - report: called for each operation when its outcome is known.
    public func apply(
        _ plans: [ClusterTopicPlan], planned: [ClusterTopicPlan]? = nil,
        report: (TopicOperation, ApplyProgress.Outcome) -> Void = { _, _ in }
    ) async -> ApplyProgress {
        var progress = ApplyProgress(plans, planned: planned)
        while true {
            let operations = progress.nextBatch(atMost: batch)
            guard let first = operations.first else { return progress }
            let answer = await perform(operations, on: observers[first.cluster])
            for operation in operations {
                let outcome = answer.outcomes[operation] ?? .failed("it was not answered")
                progress.settle(operation, outcome)
                report(operation, outcome)
            }
            if let reason = answer.lost {
                progress.abandon(cluster: first.cluster, because: "the cluster does not answer any more: \(reason)")
            }
        }
    }

    /// Lets the brokers check plans without changing anything.
    ///
    /// - Returns: what they would refuse, with their words. Deletions cannot be checked.
    public func validate(_ plans: [ClusterTopicPlan]) async -> [(operation: TopicOperation, reason: String)] {
        var progress = ApplyProgress(plans)
        var refusals: [(operation: TopicOperation, reason: String)] = []
        while true {
            let operations = progress.nextBatch(atMost: 100)
            guard let first = operations.first else { return refusals }
            var reasons: [TopicName: String] = [:]
            do throws(KafkaError) {
                reasons = try await request(operations, observers[first.cluster], validateOnly: true)
            } catch {
                for operation in operations { reasons[operation.topic] = TopicObserver.words(of: error) }
            }
            for operation in operations {
                if let reason = reasons[operation.topic] { refusals.append((operation, reason)) }
                progress.settle(operation, .done)
            }
        }
    }

    private struct Answer {
        var outcomes: [TopicOperation: ApplyProgress.Outcome] = [:]
        /// Why nothing more should be asked of this cluster.
        var lost: String?
    }

    /// All operations are of one cluster and one kind.
    private func perform(_ operations: [TopicOperation], on observer: TopicObserver) async -> Answer {
        var answer = Answer()
        var taken = operations
        do throws(KafkaError) {
            let refusals = try await request(operations, observer)
            taken = operations.filter { operation in
                guard let refusal = refusals[operation.topic] else { return true }
                answer.outcomes[operation] = .failed(refusal)
                return false
            }
        } catch {
            guard error.remedy == .retry else {
                for operation in operations { answer.outcomes[operation] = .failed(TopicObserver.words(of: error)) }
                return answer
            }
            // It may have been done all the same: what is there now decides.
            return await settle(operations, after: error, observer, answer)
        }
        return await readBack(taken, observer, answer)
    }

    /// - Returns: why topics were refused; those that are not in it were accepted.
    private func request(
        _ operations: [TopicOperation], _ observer: TopicObserver, validateOnly: Bool = false
    ) async throws(KafkaError) -> [TopicName: String] {
        let (admin, limit) = (observer.admin, observer.limit)
        let topics = operations.map(\.topic)
        switch operations.first?.kind {
        case nil: return [:]
        case .create:
            let errors = try await admin.createTopics(
                operations.compactMap(\.newTopic), validateOnly: validateOnly, within: limit)
            // Somebody created it meanwhile: what was read back decides.
            return Self.refusals(errors.filter { $0.value?.code != .topicAlreadyExists })
        case .addPartitions:
            let totals = operations.compactMap { operation in
                operation.partitionTotal.map { (operation.topic, $0) }
            }
            return Self.refusals(
                try await admin.createPartitions(
                    Dictionary(totals, uniquingKeysWith: { first, _ in first }), validateOnly: validateOnly,
                    within: limit))
        case .delete where validateOnly: return [:]
        case .delete:
            let errors = try await admin.deleteTopics(topics, within: limit)
            return Self.refusals(errors.filter { $0.value?.code != .unknownTopicOrPart })
        case .alter:
            let changes = operations.map { ($0.topic, $0.configurationChanges) }
            let writer = TopicSettingsWriter(admin, limit: limit, isIncremental: isIncremental)
            return try await writer.write(
                Dictionary(changes, uniquingKeysWith: { first, _ in first }), validateOnly: validateOnly
            )
            .compactMapValues { $0?.description }
        }
    }

    private static func refusals(_ errors: [TopicName: KafkaError?]) -> [TopicName: String] {
        errors.compactMapValues { $0.map(TopicObserver.words) }
    }

    /// Looks until everything that was accepted can be seen: brokers learn of a change a moment after the controller.
    private func readBack(_ operations: [TopicOperation], _ observer: TopicObserver, _ answer: Answer) async -> Answer {
        var answer = answer
        var open = operations
        let deadline = ContinuousClock.now + observer.limit
        var pause = Duration.milliseconds(5)
        while !open.isEmpty {
            do throws(KafkaError) {
                open = try await look(at: open, observer, &answer)
            } catch {
                for operation in open {
                    answer.outcomes[operation] = .failed("it was accepted, and cannot be read back: \(error.reason)")
                }
                answer.lost = error.reason
                return answer
            }
            guard !open.isEmpty, ContinuousClock.now < deadline, !Task.isCancelled else { break }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
        for operation in open {
            answer.outcomes[operation] = .failed(
                "it was accepted, and \(observer.limit) later the cluster does not show it")
        }
        return answer
    }

    /// After a request without an answer: one look.
    private func settle(
        _ operations: [TopicOperation], after error: KafkaError, _ observer: TopicObserver, _ answer: Answer
    ) async -> Answer {
        var answer = answer
        do throws(KafkaError) {
            for operation in try await look(at: operations, observer, &answer) {
                answer.outcomes[operation] = .failed(TopicObserver.words(of: error))
            }
        } catch let silence {
            for operation in operations {
                answer.outcomes[operation] = .failed("\(error.reason); whether it was done is not known")
            }
            answer.lost = silence.reason
        }
        return answer
    }

    /// Marks what is done; returns the others.
    private func look(
        at operations: [TopicOperation], _ observer: TopicObserver, _ answer: inout Answer
    ) async throws(KafkaError) -> [TopicOperation] {
        let names = Set(operations.map(\.topic))
        let needsSettings = operations.first?.kind == .create || operations.first?.kind == .alter
        let now = try await observer.observe { needsSettings && names.contains($0) }.cluster
        return operations.filter { operation in
            guard now.unreadable[operation.topic] == nil,
                operation.changes.allSatisfy({ $0.isDone(by: now.topics[operation.topic]) })
            else { return true }
            answer.outcomes[operation] = .done
            return false
        }
    }
}
