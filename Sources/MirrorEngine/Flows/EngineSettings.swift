// SPDX-License-Identifier: Apache-2.0
package import TernConfiguration
import Kafka
package import KafkaTypes

/// The client settings of a lane: the file's, under those that the guarantees rest on.
package enum EngineSettings {
    /// Where so many partitions are idle, looking whether there is anything to do is what costs.
    private static let manyPartitions = 250

    /// Of the consumer that reads what is mirrored.
    /// - Parameter partitions: how many there are at the start.
    package static func consumer(_ flow: FlowConfiguration, partitions: Int) -> ClientProperties {
        let defaults: ClientProperties = [
            // A held record pins its whole fetch response.
            "fetch.max.bytes": "8388608",
            // Copies get checksums of their own: damage that is not seen here is seen nowhere.
            "check.crcs": "true",
            "socket.nagle.disable": "true",
            "topic.metadata.refresh.interval.ms": "30000",
            "receive.message.max.bytes": "2147483647",
            // Says nothing about what is read, but librdkafka refuses a fetch that is smaller than its default of a megabyte.
            "message.max.bytes": "1000",
            "log_level": "4",
        ]
        var own: ClientProperties = defaults
        // A partition that is added while all others are idle waits for the fetch that is under way: not longer than needed.
        if partitions > manyPartitions { own["fetch.wait.max.ms"] = "1000" }
        // tasks.max must not multiply memory.
        let limits = limits(flow)
        if Clients.isLibrary(atLeast: 2, 2, 0) { own["fetch.queue.backoff.ms"] = "10" }
        return own.merging(flow.consumerProperties).merging([
            "group.id": "tern.\(flow.name)",
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            "auto.offset.reset": "error",
            "enable.partition.eof": "true",
            "allow.auto.create.topics": "false",
            "isolation.level": flow.isolation.rawValue,
            // Fetching rests where either is reached.
            "queued.min.messages": "\(limits.prefetchRecords)",
            "queued.max.messages.kbytes": "\(limits.prefetchBytes / 1024)",
        ])
    }

    /// Of the producer that writes it. `message.max.bytes` is the largest there is: what a topic takes is the target's to
    /// say, not the client's.
    /// - Parameter partitions: how many there are at the start.
    package static func producer(_ flow: FlowConfiguration, partitions: Int) -> ClientProperties {
        let defaults: ClientProperties = [
            "linger.ms": "2",
            "batch.size": "524288",
            "batch.num.messages": "10000",
            "socket.nagle.disable": "true",
            "topic.metadata.refresh.interval.ms": partitions > manyPartitions ? "30000" : "5000",
            "log_level": "4",
        ]
        return defaults.merging(flow.producerProperties).merging([
            "enable.idempotence": "true",
            "enable.gapless.guarantee": "true",
            "acks": "all",
            "retries": "2147483647",
            "max.in.flight.requests.per.connection": "5",
            "message.timeout.ms": "0",
            "message.max.bytes": "1000000000",
            "queue.buffering.max.messages": "\(flow.limits.inFlightRecords * 2 + 10_000)",
            "queue.buffering.max.kbytes": "2097151",
        ])
    }

    package static func limits(_ flow: FlowConfiguration) -> FlowLimits {
        let lanes = max(1, flow.laneCount)
        var limits = flow.limits
        limits.inFlightRecords = max(1000, limits.inFlightRecords / lanes)
        limits.inFlightBytes = max(1 << 20, limits.inFlightBytes / lanes)
        limits.prefetchBytes = max(1 << 20, limits.prefetchBytes / lanes)
        return limits
    }
}
