// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import Kafka
import KafkaTypes
import Mirroring
import Platform

/// Progress rows on the target, and what the rest of the process sees of the lane.
extension Lane {
    func flushProgressIfDue() {
        guard now >= nextFlush else { return }
        nextFlush = now + settings.flushInterval
        if transactions != nil { beginForRows() } else { flushProgress() }
    }

    /// Writes a row for every partition whose acknowledged prefix has grown since its last row.
    func flushProgress() {
        guard clustersAreTheSame() else { return }
        // One row of a partition on its way is enough: while none is acknowledged, later ones would only pile up.
        for partition in partitions where !partition.machine.isRemoved && !partition.machine.rows.isInFlight {
            guard let offset = partition.machine.rowDue else { continue }
            // Before the progress: a crash between the two then leaves no hole in the map.
            writeCopies(partition)
            do throws(KafkaError) {
                try delivery.writeRow(offset, partition.machine.witness(forRow: offset), partition)
                partition.machine.wroteRow(offset)
            } catch {
                // The next flush tries again; data goes on meanwhile, and a restart repeats more.
                totals.progressWriteErrors += 1
                totals.problem = "progress cannot be written to \(settings.progress.name): \(error.reason)"
            }
        }
    }

    func progressDelivered(_ delivery: borrowing Delivery, _ partition: LanePartition) {
        switch delivery.outcome {
        case .acknowledged:
            totals.progressWrites += 1
            totals.problem = nil
            if delivery.endsRun, let time = delivery.timeInProducer {
                totals.stages.progress.record(time / .seconds(1))
            }
            partition.machine.rowReported(isAcknowledged: true)
        case .failed(let code, _):
            totals.progressWriteErrors += 1
            totals.problem = "progress cannot be written to \(settings.progress.name): \(code.name)"
            partition.machine.rowReported(isAcknowledged: false)
        }
    }

    /// At most ten times a second: the copy costs more than what it tells is worth.
    func publish(force: Bool, _ more: (inout LaneSnapshot) -> Void = { _ in }) {
        guard force || now >= nextPublish else { return }
        nextPublish = now + Self.publishInterval
        let buffered = Int64(inFlight.bytes)
        totals.busy = CurrentThread.processorTime
        handle.publish { snapshot in
            for partition in partitions where partition.isDirty {
                partition.isDirty = false
                snapshot.partitions[partition.source] =
                    partition.machine.isRemoved ? nil : partition.snapshot(moment)
            }
            snapshot.releasedCounters = releasedCounters
            snapshot.totals = totals
            snapshot.bufferedBytes = buffered
            tellConnections(to: &snapshot)
            more(&snapshot)
        }
    }

    // MARK: the end

    /// Stops taking, waits for what is in flight, writes the last progress.
    func drain() {
        guard let deadline = stopDeadline else { return }
        if ending == .drained, transactions != nil {
            nextFlush = now
            wait(until: deadline) { !isTransactionOver }
        } else if ending == .drained {
            wait(until: deadline) { !isDrained }
            // A row that was on its way may be older than what is due now.
            wait(until: deadline) { delivery.rowsOutstanding > 0 }
            if ending == .drained { flushProgress() }
            wait(until: deadline) { delivery.rowsOutstanding > 0 }
        }
        delivery.close()
    }

    /// What a lane that is given up leaves behind for its successor in this process.
    func unwrittenProgress() -> [TopicPartition: UnwrittenProgress] {
        // What a transaction has not committed is nowhere.
        guard ending == .abandoned, transactions == nil, clustersAreTheSame() else { return [:] }
        var found: [TopicPartition: UnwrittenProgress] = [:]
        for partition in partitions where !partition.machine.isRemoved {
            found[partition.source] = ending.leaves(partition.machine)
        }
        return found
    }

    private func wait(until deadline: ContinuousClock.Instant, while isWaiting: () -> Bool) {
        readClocks()
        while isWaiting(), now < deadline {
            // The lane may be lost while it drains.
            for case .abandon in handle.takeCommands() { ending = .abandoned }
            if ending == .abandoned { return }
            // Behind a refused batch nothing is written: what is queued there waits for nothing.
            if delivery.isAnyBroken { delivery.purgeBroken() }
            serveDeliveries(within: .milliseconds(20), replacing: false)
            drainTransaction()
            publish(force: false)
            readClocks()
        }
    }

    // MARK: the end of transactions

    /// Nothing is left that this lane could still bring to an end.
    var isTransactionOver: Bool {
        guard let transactions, !hasMetStranger else { return true }
        return switch transactions.machine.state {
        case .idle: isDrained && hasWrittenProgress
        // The next start decides what is in doubt, and reads what was not committed.
        case .fencing, .reading, .over: true
        case .open, .closing, .sealing, .committing, .failing, .aborting: false
        }
    }

    func drainTransaction() {
        guard transactions != nil else { return }
        advanceTransaction()
        flushProgressIfDue()
        if isTransactionOver { givenBack = inFlight.records }
    }
}
