// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
public import Mirroring
import Synchronization
import TernConfiguration

extension MirrorDaemon {
    /// Writes an order to the flow's control topic, as the command line does, and has it read at once here.
    /// - Throws: `OrderProblem`.
    public func order(_ flow: String, _ command: FlowCommand, _ order: ControlOrder) async throws {
        guard let running = setup.withLock({ $0.flows.first { $0.name.description == flow } }) else {
            throw OrderProblem(.unknown, "there is no flow \(flow)")
        }
        do { try await running.take(command, order) } catch let error as KafkaError {
            throw OrderProblem(.cluster, error.reason)
        } catch let error as ProgressError {
            throw OrderProblem(.cluster, error.reason)
        }
    }
}

extension Flow {
    func take(_ command: FlowCommand, _ order: ControlOrder) async throws {
        if case .resume = command {} else { try check(command.scope) }
        let desk = ControlDesk(configuration, target: target.admin, within: .seconds(10))
        do {
            try await write(command, order, to: desk)
            await desk.close()
        } catch {
            await desk.close()
            throw error
        }
        controlReading.isTopicThere = true
        jobs.wake(JobName.control)
    }

    private func check(_ scope: ControlScope) throws {
        guard let name = scope.topic else { return }
        guard let topic = topics[name] else { throw OrderProblem(.unknown, "\(self.name) does not mirror \(name)") }
        if let partition = scope.partition, partition >= topic.partitionCount {
            throw OrderProblem(.unknown, "\(name) has partitions 0 to \(topic.partitionCount - 1)")
        }
    }

    private func write(_ command: FlowCommand, _ order: ControlOrder, to desk: ControlDesk) async throws {
        switch command {
        case .pause(let scope): try await desk.order(.init(.pause, scope), ControlRow.value(order))
        case .resume(let scope): try await desk.order(.init(.pause, scope), nil)
        case .restart(let scope): try await desk.order(.init(.restart, scope), ControlRow.value(order))
        case .setProgress(let place, let offset):
            guard let ids else { throw OrderProblem(.cluster, "\(name.source) has not answered yet") }
            if let offset { try await check(offset, of: place) }
            let wanted = ProgressOrder(
                id: "\(order.at)-\(order.by)-\(UInt32.random(in: 0 ... .max))", order: order, offset: offset,
                sourceID: ids.source)
            try await desk.order(.init(.progress, .partition(place)), ControlRow.value(wanted))
        }
    }

    private func check(_ offset: Int64, of place: TopicPartition) async throws {
        async let starts = source.admin.offsets(.beginning, of: [place], within: .seconds(10))
        async let ends = source.admin.offsets(.end, of: [place], within: .seconds(10))
        guard let start = try await starts[place]?.get(), let end = try await ends[place]?.get() else { return }
        guard offset >= start - 1, offset < end else {
            throw OrderProblem(
                .outOfRange, "\(place) on \(name.source) has offsets \(start) to \(end - 1), and not \(offset)")
        }
    }
}
