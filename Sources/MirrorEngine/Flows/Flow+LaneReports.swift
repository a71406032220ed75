// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Kafka
import KafkaTypes
import Telemetry
import TernConfiguration

/// What lanes report and ask, and what the flow does about it.
extension Flow {
    func follow(_ reports: AsyncStream<LaneReport>, of handle: LaneHandle) async {
        for await report in reports {
            await attend(to: report, of: handle)
            if case .ended = report { return }
        }
    }

    private func attend(to report: LaneReport, of handle: LaneHandle) async {
        switch report {
        case .outOfRange(let place), .sourceMissing(let place):
            await answer(place, to: handle)
        case .stopped(let place, let stop, let trace):
            log.error(
                .partitionStopped,
                [
                    .topic(place.topic), .partition(place.partition), LogField("state", stop.state.rawValue),
                    .code(stop.code), .offset(stop.offset ?? -1),
                ] + Self.field(of: trace) + [.reason(stop.text)])
            noteLoss(place, stop)
        case .resumed(let place):
            log.info(.partitionResumed, [.topic(place.topic), .partition(place.partition)])
        case .released(let place):
            lanes.running[handle.index].map { if $0.handle === handle { $0.assigned.remove(place) } }
        case .tooLarge(let topic):
            noteLimits(await settings(of: [topic], on: target))
            if let limit = limits[topic] { handle.post(.limits([topic: limit])) }
        case .quarantined(let place, let envelope, let trace): noteQuarantined(place, envelope, trace)
        case .clusterChanged(let change):
            await stand(because: change)
        case .fenced(let number):
            noteFence(number, of: handle)
        case .warning(let event, let reason, let place):
            noteWarning(event, reason, place, lane: handle.index)
        case .notStarted(let error):
            laneFailure = error
        case .ended:
            await laneEnded(handle)
        }
    }

    private func answer(_ place: TopicPartition, to handle: LaneHandle) async {
        do {
            async let starts = source.admin.offsets(.beginning, of: [place], within: .seconds(10))
            async let ends = source.admin.offsets(.end, of: [place], within: .seconds(10))
            let start = try await starts[place]?.get()
            let end = try await ends[place]?.get()
            handle.post(.watermarks(place, start: start, end: end))
        } catch let error as KafkaError where error.saysMissing {
            handle.post(.watermarks(place, start: nil, end: nil))
        } catch {
            handle.post(.unanswered(place))
        }
    }

    /// Each is counted; of many of one topic some are told.
    private func noteQuarantined(
        _ place: TopicPartition, _ envelope: PartitionMachine.Quarantine, _ trace: TraceID?
    ) {
        guard limiter.admit("quarantined \(place.topic)") != nil else { return }
        let target = TopicPartition(naming.remoteTopic(for: place.topic), place.partition)
        let reason =
            "\(envelope.refusal(by: target, on: name.target)); it is kept in \(configuration.quarantineTopic) there"
            + (envelope.holdsRecord ? "" : ", without its content") + ": see tern quarantine list"
        log.warning(
            .recordQuarantined,
            [
                .topic(place.topic), .partition(place.partition), .code(envelope.code.name), .offset(envelope.offset),
            ] + Self.field(of: trace) + [.reason(reason)])
    }

    private static func field(of trace: TraceID?) -> [LogField] { trace.map { [LogField("trace_id", "\($0)")] } ?? [] }

    private func laneEnded(_ handle: LaneHandle) async {
        guard await lanes.ended(handle) else { return }
        counters.laneRestarts += 1
        jobs.wake(JobName.lanes)
    }
}
