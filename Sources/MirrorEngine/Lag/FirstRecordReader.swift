// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
public import Kafka
public import KafkaTypes
import Platform

/// Reads the timestamps of single records, for the age of what nobody has fetched yet.
public final class FirstRecordReader: Sendable {
    private let properties: ClientProperties
    private let clientID: String
    private let traffic: ClientTraffic?

    convenience init(_ flow: FlowConfiguration, traffic: ClientTraffic) {
        let isolation: ClientProperties = ["isolation.level": flow.isolation.rawValue]
        self.init(
            flow.consumerProperties.merging(isolation), clientID: "tern|\(flow.name)|first-record", traffic: traffic)
    }

    /// - Parameter properties: of a client of the cluster, under librdkafka's names.
    public init(_ properties: ClientProperties, clientID: String, traffic: ClientTraffic? = nil) {
        self.clientID = clientID
        self.traffic = traffic
        self.properties = properties.merging([
            "group.id": clientID,
            "enable.auto.commit": "false",
            "auto.offset.reset": "error",
            "enable.partition.eof": "true",
            "allow.auto.create.topics": "false",
            // One record is wanted: the least that a broker sends is the batch it is in.
            "fetch.message.max.bytes": "1",
            "fetch.wait.max.ms": "10",
            "queued.min.messages": "1",
        ])
    }

    /// The timestamp of the first record at or after each offset; partitions without an answer in two seconds are absent.
    public func timestamps(at offsets: [TopicPartition: Int64]) async -> [TopicPartition: Int64] {
        // Two seconds for the records, and what the end of a consumer may take.
        await ThreadExecutor.shared.run(within: .seconds(10)) { [self] in read(offsets) } ?? [:]
    }

    private func read(_ offsets: [TopicPartition: Int64]) -> [TopicPartition: Int64] {
        var found: [TopicPartition: Int64] = [:]
        do {
            let consumer = try Consumer(properties, clientID: clientID, traffic: traffic)
            defer { _ = consumer.close(by: .now + .seconds(5)) }
            try consumer.assign(offsets.map { ($0.key, .at($0.value)) })
            let deadline = ContinuousClock.now + .seconds(2)
            var open = Set(offsets.keys)
            while !open.isEmpty, ContinuousClock.now < deadline {
                guard let event = consumer.nextEvent(within: .milliseconds(50)) else { continue }
                switch consume event {
                case .record(let record):
                    let place = TopicPartition(record.topic, record.partition)
                    guard open.remove(place) != nil else { continue }
                    if record.timestamp.kind != .none { found[place] = record.timestamp.milliseconds }
                case .partitionEnd(let place, _): open.remove(place)
                case .failure(_, let place, _): if let place { open.remove(place) }
                }
            }
        } catch {
            // Unknown stays unknown: the meter shows no age rather than a wrong one.
        }
        return found
    }
}
