// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import KafkaTypes
internal import Mirroring
internal import Telemetry

/// The lag of every flow, topic and partition, as `/api/v1/lag` and `tern lag -o json` show it.
enum LagReport {
    static func body(_ status: MirrorStatus, query: LagQuery, now: Int64) -> ReportBody {
        ReportBody(kind: "LagReport", status: status, now: now) { json in
            json.array("flows", of: flows(of: status, query)) { json, flow in
                json.object { json in write(flow, query, to: &json) }
            }
        }
    }

    private static func flows(of status: MirrorStatus, _ query: LagQuery) -> [FlowStatus] {
        status.flows
            .filter { $0.isEnabled && (query.flow == nil || query.flow == $0.name.description) }
            .sorted { $0.name < $1.name }
    }

    private static func write(_ flow: FlowStatus, _ query: LagQuery, to json: inout JSONWriter) {
        json["source"] = .string(flow.name.source.rawValue)
        json["target"] = .string(flow.name.target.rawValue)
        json["state"] = .string(flow.state.rawValue)
        json["lag_records"] = .integer(flow.lagRecords)
        json["lag_seconds"] = .measure(flow.lagSeconds)
        json["caught_up"] = flow.isCaughtUp.map { .bool($0) } ?? .null
        json["lanes"] = .integer(Int64(flow.laneCount))
        json["lanes_owned"] = .integer(Int64(flow.ownedLanes))
        json["topics_not_mirrored"] = .integer(Int64(flow.notMirrored.count))
        json["eta_seconds"] = .measure(flow.etaSeconds)
        json["records_per_second"] = .measure(flow.recordsPerSecond)
        json["bytes_per_second"] = .measure(flow.bytesPerSecond)
        let topics = query.sorted(flow.topics)
        let shown = topics.prefix(query.limit ?? topics.count)
        json.array("topics", of: shown) { json, topic in
            json.object { json in write(topic, query, to: &json) }
        }
        if shown.count < topics.count { json["topics_omitted"] = .integer(Int64(topics.count - shown.count)) }
    }

    private static func write(_ topic: TopicStatus, _ query: LagQuery, to json: inout JSONWriter) {
        json["topic"] = .string(topic.topic.rawValue)
        json["target_topic"] = .string(topic.targetTopic.rawValue)
        json["lag_records"] = .integer(topic.lagRecords)
        json["lag_seconds"] = .measure(topic.lagSeconds)
        json["retention_headroom_seconds"] = .measure(topic.retentionHeadroomSeconds)
        guard query.level == .partition else { return }
        json.array("partitions", of: topic.partitions.sorted { $0.partition < $1.partition }) { json, partition in
            json.object { json in write(partition, to: &json) }
        }
    }

    private static func write(_ partition: PartitionStatus, to json: inout JSONWriter) {
        json["partition"] = .integer(Int64(partition.partition))
        json["start_offset"] = .integer(partition.startOffset)
        json["end_offset"] = .integer(partition.endOffset)
        json["last_stable_offset"] = .integer(partition.lastStableOffset)
        json["replicated_offset"] = .integer(partition.replicatedOffset)
        json["target_end_offset"] = .integer(partition.targetEndOffset)
        json["lag_records"] = .integer(partition.lagRecords)
        json["lag_seconds"] = .measure(partition.lagSeconds)
        json["lag_held_records"] = .integer(partition.lagHeldRecords)
        json["status"] = .string(partition.state.rawValue)
        guard let stop = partition.stop else {
            json["stopped"] = .null
            return
        }
        json.object("stopped") { json in write(stop, to: &json) }
    }

    static func write(_ stop: PartitionStop, to json: inout JSONWriter) {
        json["code"] = .string(stop.code)
        json["offset"] = .integer(stop.offset)
        json["limit"] = .integer(stop.limit)
        json.moment("since", stop.since)
        json["text"] = .string(stop.text)
    }
}
