// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Platform
import Synchronization

/// Writes to all partitions as long as it is let. What it could not write is not counted: the source's log says what there is.
final class ChaosWriter: Sendable {
    private let orders: Orders
    private let task: Task<Void, Never>

    private final class Orders: Sendable {
        let partitions: Mutex<Int>
        let isStopped = Mutex(false)
        init(partitions: Int) { self.partitions = Mutex(partitions) }
    }

    init(_ topic: TopicName, partitions: Int, at address: String) {
        let orders = Orders(partitions: partitions)
        self.orders = orders
        task = Task {
            var number = 0
            while !orders.isStopped.withLock({ $0 }) {
                let partitions = orders.partitions.withLock { $0 }
                let records = (0..<10).flatMap { _ in
                    (0..<partitions).map { partition in
                        number += 1
                        return OwnedRecord.sample(
                            topic, Int32(partition), key: "k\(number % 7)", value: "v\(number)",
                            headers: [.init(name: Array("n".utf8), value: Array("\(number)".utf8))])
                    }
                }
                try? await ThreadExecutor.shared.run { () throws(any Error) in
                    _ = try Onlooker.write(records, to: address, within: .seconds(30))
                }
                // A load, not a race: the faults are what is to be seen.
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// From now on to so many partitions.
    func write(partitions: Int) { orders.partitions.withLock { $0 = partitions } }

    func stop() async {
        orders.isStopped.withLock { $0 = true }
        await task.value
    }
}
