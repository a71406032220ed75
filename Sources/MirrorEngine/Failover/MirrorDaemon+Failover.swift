// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import Synchronization
import TernConfiguration

extension MirrorDaemon {
    /// - Returns: `nil` where the flow's controller is off.
    func makeKeeper(of name: FlowName, _ setup: DaemonSetup) -> FailoverKeeper? {
        let configuration = setup.configuration
        // librdkafka's mock has no topics of rows.
        guard environment.createTopics == nil, let flow = configuration.flow(name), flow.isEnabled, flow.failover.isOn,
            let source = configuration.cluster(name.source), let handle = setup.clusters[name.source],
            let target = setup.clusters[name.target]
        else { return nil }
        return FailoverKeeper(
            flow, of: configuration, source: source, handle, target: target, environment: environment, board: board,
            log: log)
    }

    func addKeeperJobs(_ setup: DaemonSetup) {
        for name in setup.keepers.keys {
            guard let flow = setup.configuration.flow(name) else { continue }
            jobs.add(FailoverKeeper.job(flow) { self.setup.withLock { $0.keepers[name] } })
        }
    }

    /// Lets others act; not for longer than a stop may take.
    func endKeepers(_ keepers: [FailoverKeeper]) async {
        await withDiscardingTaskGroup { group in
            for keeper in keepers { group.addTask { await keeper.end() } }
        }
    }
}
