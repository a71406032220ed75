// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Synchronization

/// Writes to every partition of a topic, equally, for as long as a test wants load.
final class SteadyWriter: Sendable {
    private let progress: Progress
    private let task: Task<Void, any Error>
    private let writeSome: @Sendable () throws -> Void
    private let most: Int

    private final class Progress: Sendable {
        let perPartition = Mutex(0)
        let isStopped = Mutex(false)
    }

    /// - Parameters:
    ///   - most: records per partition; it rests when they are written.
    ///   - step: records per partition that are written at a time: few make a writer that never stops and writes little.
    init(_ topic: TopicName, partitions: Int, at address: String, most: Int = 40_000, step: Int = 100) {
        self.most = most
        let progress = Progress()
        self.progress = progress
        let writeSome = { @Sendable () throws in
            let start = progress.perPartition.withLock { $0 }
            let records = (start..<(start + step)).flatMap { number in
                (0..<partitions).map { OwnedRecord.sample(topic, Int32($0), key: "k", value: "v\(number)") }
            }
            try Onlooker.write(records, to: address)
            progress.perPartition.withLock { $0 = start + step }
        }
        self.writeSome = writeSome
        task = Task {
            try await ThreadExecutor.shared.run { () throws(any Error) in
                while !progress.isStopped.withLock({ $0 }), progress.perPartition.withLock({ $0 }) < most {
                    try writeSome()
                }
            }
        }
    }

    /// Stops what goes on, and writes that many more to each partition: there is something to copy from here on, however
    /// fast the copies were.
    func writeMore(_ count: Int) async throws {
        let target = try await stop() + count
        try await ThreadExecutor.shared.run { [writeSome, progress] () throws(any Error) in
            while progress.perPartition.withLock({ $0 }) < target { try writeSome() }
        }
    }

    /// It has written all that it was to write.
    var isResting: Bool { perPartition >= most }

    /// Records that are written by now, in each partition.
    var perPartition: Int { progress.perPartition.withLock { $0 } }

    /// - Returns: how many records each partition has.
    func stop() async throws -> Int {
        progress.isStopped.withLock { $0 = true }
        try await task.value
        return perPartition
    }
}
