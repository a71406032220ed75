// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring

/// What a target's "no" means, and what a person can do about it.
enum Refusal {
    /// Whether the target refuses the record itself, so that sending it again as it is changes nothing.
    static func isRefusal(_ code: KafkaErrorCode) -> Bool {
        switch code {
        case .msgSizeTooLarge, .invalidTimestamp, .invalidRecord, .topicAuthorizationFailed, .policyViolation,
            .recordListTooLarge, .unsupportedForMessageFormat, .invalidMsg:
            true
        default: false
        }
    }

    /// One sentence: what was refused, and what to change.
    static func advice(
        _ code: KafkaErrorCode, topic: TopicName, partition: Int32, cluster: ClusterAlias, retry: Duration
    ) -> String {
        let place = "\(topic)/\(partition) on \(cluster)"
        let again = "; it is tried again every \(retry.components.seconds) s"
        return switch code {
        case .msgSizeTooLarge, .recordListTooLarge:
            "\(place) refuses the record as too large: raise max.message.bytes of \(topic) on \(cluster)\(again)"
        case .invalidTimestamp:
            "\(place) refuses the record's timestamp: raise message.timestamp.before.max.ms or "
                + "message.timestamp.after.max.ms of \(topic) on \(cluster)\(again)"
        case .invalidRecord:
            "\(place) refuses the record, as a compacted topic refuses one without a key: change cleanup.policy of "
                + "\(topic) on \(cluster)\(again)"
        case .topicAuthorizationFailed:
            "\(place) refuses the write: grant Write on topic \(topic) to Tern's user\(again)"
        case .unknownTopicOrPart:
            "\(place) does not exist any more: create it again and set its progress "
                + "(docs/operations.md, \"A partition has stopped\")"
        default:
            "\(place) refuses the record (\(code.name))\(again)"
        }
    }
}
