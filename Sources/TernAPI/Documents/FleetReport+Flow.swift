// SPDX-License-Identifier: Apache-2.0

extension FleetReport {
    public struct Flow: Document {
        public static let name = "Flow of a fleet report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case source, target, state, reason, lanes
            case lanesHeard = "lanes_heard"
            case isWhole = "whole"
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case lagRecordsAtLeast = "lag_records_at_least"
            case lagSecondsAtLeast = "lag_seconds_at_least"
            case recordsPerSecond = "records_per_second"
            case bytesPerSecond = "bytes_per_second"
            case stoppedPartitions = "stopped_partitions"
            case carriers
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Flow>] = [
            .init(.source, \.source, "the cluster that is read, by its name in this report"),
            .init(.target, \.target, "the cluster that is written"),
            .init(
                .state, \.state, "the worst of the daemons that are heard; `unknown` where none of these has the flow",
                words: StateWords.flow + ["unknown"]),
            .init(.reason, \.reason, "why it is not running, in a sentence, as that daemon says"),
            .init(.lanes, \.lanes, "lanes that the flow has; null where it is not known, or daemons differ"),
            .init(.lanesHeard, \.lanesHeard, "lanes that the daemons which are heard run"),
            .init(
                .isWhole, \.isWhole,
                "whether these are all of its lanes, each of them once. Without that no sum is the flow's"),
            .init(
                .lagRecords, \.lagRecords,
                "sum over all lanes; null while any is unknown, or run by nobody who is heard"),
            .init(.lagSeconds, \.lagSeconds, "the worst of all lanes; null as `lag_records` is"),
            .init(.lagRecordsAtLeast, \.lagRecordsAtLeast, "sum over the lanes that are known: the lag is no less"),
            .init(.lagSecondsAtLeast, \.lagSecondsAtLeast, "the worst of the lanes that are known: the lag is no less"),
            .init(
                .recordsPerSecond, \.recordsPerSecond,
                "records acknowledged per second, by all daemons that are heard; no less than that where it is not `whole`, and "
                    + "null where none is heard"),
            .init(.bytesPerSecond, \.bytesPerSecond, "bytes acknowledged per second, as `records_per_second` is"),
            .init(.stoppedPartitions, \.stoppedPartitions, "partitions that stopped, of daemons that are heard"),
            .init(.carriers, \.carriers, "the daemons that have it enabled"),
        ]

        public var source: String
        public var target: String
        public var state: String
        public var reason: String?
        public var lanes: Int64?
        public var lanesHeard: Int64 = 0
        public var isWhole = false
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var lagRecordsAtLeast: Int64 = 0
        public var lagSecondsAtLeast = 0.0
        public var recordsPerSecond: Double?
        public var bytesPerSecond: Double?
        public var stoppedPartitions: Int64 = 0
        public var carriers: [Carrier]

        /// `source->target`.
        public var flowName: String { "\(source)->\(target)" }

        public init(source: String, target: String, state: String, carriers: [Carrier]) {
            self.source = source
            self.target = target
            self.state = state
            self.carriers = carriers
        }
    }

    /// A daemon's part of a flow.
    public struct Carrier: Document {
        public static let name = "Carrier of a flow"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case daemon, flow, state, reason
            case lanesOwned = "lanes_owned"
            case lagRecords = "lag_records"
            case lagSeconds = "lag_seconds"
            case recordsPerSecond = "records_per_second"
            case bytesPerSecond = "bytes_per_second"
            case stoppedPartitions = "stopped_partitions"
            case stopped
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Carrier>] = [
            .init(.daemon, \.daemon, "the daemon"),
            .init(.flow, \.flow, "what that daemon's file calls the flow, as `source->target`"),
            .init(
                .state, \.state, "what the flow is doing there; `unknown` while the daemon is not heard",
                words: StateWords.flow + ["unknown"]),
            .init(.reason, \.reason, "why it is not running there, in a sentence"),
            .init(.lanesOwned, \.lanesOwned, "lanes that it runs; null while it is not heard"),
            .init(.lagRecords, \.lagRecords, "lag of these lanes; null while it is unknown"),
            .init(.lagSeconds, \.lagSeconds, "the same, in seconds"),
            .init(
                .recordsPerSecond, \.recordsPerSecond,
                "records that it has acknowledged per second; null while not heard"),
            .init(.bytesPerSecond, \.bytesPerSecond, "bytes that it has acknowledged per second; null while not heard"),
            .init(
                .stoppedPartitions, \.stoppedPartitions,
                "partitions that stopped there; not there while it is not heard",
                omitsNull: true),
            .init(
                .stopped, \.stopped, "the first 20 of them, by topic; not there when there are none", omitsNull: true),
        ]

        public var daemon: String
        public var flow: String
        public var state: String
        public var reason: String?
        public var lanesOwned: Int64?
        public var lagRecords: Int64?
        public var lagSeconds: Double?
        public var recordsPerSecond: Double?
        public var bytesPerSecond: Double?
        /// `nil` also of an older daemon.
        public var stoppedPartitions: Int64?
        public var stopped: [StatusReport.StoppedPartition]?

        public init(daemon: String, flow: String, state: String) {
            self.daemon = daemon
            self.flow = flow
            self.state = state
        }
    }
}
