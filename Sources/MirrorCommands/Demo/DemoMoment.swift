// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring

/// What the demo shows at one moment.
struct DemoMoment: Sendable {
    struct Writer: Sendable {
        var alias: ClusterAlias
        var bootstrapServers: String
        var written: Int
    }
    struct Flow: Sendable {
        var name: FlowName
        var state: FlowState
        var lagRecords: Int64?
        var lagSeconds: Double?
        var recordsPerSecond: Double
        var bytesPerSecond: Double
        var latency: HistogramSnapshot
        var copied: Int64
        var discarded: Int64
    }

    var second: Int
    var seconds: Int
    /// Where the HTTP server listens; `nil` without one.
    var url: String?
    var writers: [Writer]
    var flows: [Flow]
    /// What happens just now, in a sentence.
    var notice: String

    /// The sum over the flows; `nil` while any is unknown.
    var lag: Int64? {
        var sum: Int64 = 0
        for flow in flows {
            guard let lag = flow.lagRecords else { return nil }
            sum += lag
        }
        return flows.isEmpty ? nil : sum
    }

    /// One line, for a pipe and a log.
    var line: String {
        let flows = flows.map { flow in
            let lag = flow.lagRecords.map { "\($0) behind" } ?? "lag unknown"
            return
                "\(flow.name) \(flow.copied) copied, \(lag), \(NumberText.fixed(flow.recordsPerSecond, digits: 0)) rec/s"
        }
        return "\(second) s  " + flows.joined(separator: " | ") + "\n"
    }
}

extension DemoMoment.Flow {
    init(_ flow: FlowStatus) {
        name = flow.name
        state = flow.state
        lagRecords = flow.lagRecords
        lagSeconds = flow.lagSeconds
        recordsPerSecond = flow.recordsPerSecond
        bytesPerSecond = flow.bytesPerSecond
        latency = flow.replicationLatency
        copied = flow.topics.reduce(0) { $0 + $1.counters.replicatedRecords }
        discarded = flow.topics.reduce(0) {
            $0 + $1.counters.filteredCycle + $1.counters.filteredDirect + $1.counters.filteredHops
        }
    }
}
