// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import TernConfiguration
import TopicPlanning

/// Everything of a flow that comes round.
extension Flow {
    /// The names of those that are woken.
    enum JobName {
        static let lanes = "lanes"
        static let fences = "fences"
        static let topics = "topics"
        static let ledger = "ledger"
        static let control = "control"
    }

    /// The longest that a round may take that asks both clusters about all topics. It only ends what hangs: each of its
    /// requests has a limit of its own.
    private var longRound: Duration { configuration.adminTimeout * 10 + configuration.shutdownTimeout }

    /// Clusters, internal topics, the first look; the other jobs come with its success.
    var starting: Job {
        Job(
            name: "start", interval: .seconds(1),
            backOff: BackOff(first: .milliseconds(250), longest: .seconds(10)), limit: longRound
        ) { await self.startOnce() }
    }

    /// What comes round in a flow that has started.
    func addJobs() {
        // A start of lanes that fails is tried again by its back-off, whoever asked for it.
        jobs.add(
            Job(
                name: JobName.lanes, interval: nil, backOff: BackOff(first: .seconds(2), longest: .seconds(2)),
                limit: longRound
            ) { await self.startMissingLanes() })
        if deliversExactlyOnce {
            jobs.add(
                Job(
                    name: JobName.fences, interval: nil,
                    backOff: BackOff(first: .seconds(1), longest: .seconds(2)), limit: longRound
                ) { await self.answerFences() })
        }
        jobs.add(
            Job(name: "identity", interval: .seconds(1), limit: .seconds(60)) { await self.watchIdentities() })
        jobs.add(
            Job(
                name: JobName.topics, interval: configuration.refreshesTopics ? configuration.refreshInterval : nil,
                startsAtOnce: false, needs: .both, limit: longRound
            ) { await self.refresh() })
        jobs.add(ledger)
        if keepsControl {
            jobs.add(
                Job(name: JobName.control, interval: .seconds(1), needs: .target, limit: longRound) {
                    await self.followOrders()
                })
        }
        let meter = makeMeter()
        jobs.add(Job(name: "lag", interval: meterInterval) { await self.measure(with: meter) })
        if configuration.emitsSourceGroupOffsets {
            jobs.add(
                Job(
                    name: "source-group-offsets", interval: Self.sourceGroupInterval, startsAtOnce: false,
                    needs: .source,
                    limit: .seconds(90)
                ) { await self.commitProgressToSourceGroup() })
        }
        addTranslationJobs()
        guard environment.describesConfigurations else { return }
        if configuration.topicSync.synchronizesConfigurations {
            jobs.add(
                Job(
                    name: "topic-configurations", interval: configuration.topicSync.configurationInterval,
                    place: .firstLaneOwner, needs: .both, limit: longRound
                ) { await self.compareConfigurations() })
        }
        if configuration.topicSync.synchronizesAccessRules {
            jobs.add(
                Job(
                    name: "access-rules", interval: configuration.topicSync.accessRuleInterval, place: .firstLaneOwner,
                    needs: .both, limit: longRound
                ) { await self.compareAccessRules() })
        }
    }

    private func startOnce() async -> Job.Outcome {
        do {
            try await connect()
            let ownership = try await start()
            addJobs()
            listen.yield { await self.follow(ownership) }
            return .over
        } catch let error as SameClusterError {
            fail(error.description)
            return .over
        } catch let error as ProgressTopicComplaint {
            // Looked at again, so that the cure needs no restart.
            fail(error.description, isTold: limiter.admit("progress topic") == nil)
            return .failed(error.description, retryAfter: .seconds(5))
        } catch {
            if !hasStopped { reportTrouble(error) }
            return .failed("\(error)")
        }
    }
}
