// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring
import Telemetry
import Platform
import Synchronization

/// What a lane asks of its flow; answered by a command.
enum LaneReport: Sendable {
    /// The broker says that this position does not exist: where does the log start and end?
    case outOfRange(TopicPartition)
    /// The source no longer has the topic, as far as the broker that answered knows.
    case sourceMissing(TopicPartition)
    /// Something a person should see in the log.
    /// - Parameter trace: of the record that was refused, where it has one.
    case stopped(TopicPartition, PartitionStop, trace: TraceID?)
    case resumed(TopicPartition)
    /// What was to be removed is no longer the lane's; its last row is written.
    case released(TopicPartition)
    /// The target's topic did not take a record for its size: is its limit still what it was?
    case tooLarge(TopicName)
    /// A record is in the quarantine topic, and its partition continues behind it.
    case quarantined(TopicPartition, PartitionMachine.Quarantine, trace: TraceID?)
    /// Detector D1: the lane does nothing more.
    case clusterChanged(ClusterChange)
    /// The lane has taken its transactional id: whatever was open is decided, and what is stored now is where it starts, or goes on.
    case fenced(Int)
    case warning(event: EventName, reason: String, TopicPartition?)
    /// The lane could not be made; it ends.
    case notStarted(any Error)
    case ended
}

/// The Sendable face of a lane: what it publishes, and how to talk to it.
final class LaneHandle: Sendable {
    let index: Int
    private let state = Mutex(LaneSnapshot())
    private let commands: Mailbox<LaneCommand>
    private let interrupter = Mutex<Interrupter?>(nil)
    let report: @Sendable (LaneReport) -> Void

    init(index: Int, report: @escaping @Sendable (LaneReport) -> Void) {
        self.index = index
        self.report = report
        commands = Mailbox()
    }

    var snapshot: LaneSnapshot { state.withLock { $0 } }

    func post(_ command: LaneCommand) {
        commands.post(command)
        interrupter.withLock { $0?.interrupt() }
    }

    // MARK: for the lane's thread

    func takeCommands() -> [LaneCommand] { commands.takeAll() }
    func interrupt(with interrupter: Interrupter?) { self.interrupter.withLock { $0 = interrupter } }
    func publish(_ update: (inout LaneSnapshot) -> Void) { state.withLock { update(&$0) } }
}
