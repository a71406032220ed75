// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

extension GroupReport {
    /// What a snapshot says. Groups are made while the report is written.
    ///
    /// - Parameters:
    ///   - flow: this one only.
    ///   - now: milliseconds since 1970.
    init(_ status: MirrorStatus, flow: String?, now: Int64) {
        self.init(
            generatedAt: DateTime(milliseconds: status.generatedAt), snapshotAgeSeconds: status.ageSeconds(at: now),
            flows: status.flows.filter { $0.isEnabled && (flow == nil || flow == $0.name.description) }
                .sorted { $0.name < $1.name }.map(Flow.init))
    }
}

extension GroupReport.Flow {
    fileprivate init(_ flow: FlowStatus) {
        self.init(
            source: flow.name.source.rawValue, target: flow.name.target.rawValue,
            translated: flow.groupTranslation.rawValue,
            groups: Rows(count: flow.groups.count) { GroupReport.Group(flow.groups[$0]) })
    }
}

extension GroupReport.Group {
    fileprivate init(_ group: GroupStatus) {
        self.init(
            id: group.id.rawValue, state: group.state.rawValue, reason: group.reason,
            partitions: Int64(group.partitions), unmapped: Int64(group.unmapped),
            synchronizedAt: group.synchronizedAt.map { DateTime(milliseconds: $0) }, lagRecords: group.lagRecords,
            readAgainRecords: group.readAgainRecords)
    }
}

extension TranslationReport {
    /// - Parameters:
    ///   - place: on the source.
    ///   - offset: the next that a group would read there.
    init(_ flow: FlowName, _ place: TopicPartition, _ offset: Int64, _ found: TranslatedOffset) {
        let (word, reason) = found.translation.told
        self.init(
            source: flow.source.rawValue, target: flow.target.rawValue, topic: place.topic.rawValue,
            partition: Int64(place.partition), offset: offset, translation: word,
            targetTopic: found.partition.topic.rawValue, targetPartition: Int64(found.partition.partition),
            reason: reason)
        targetOffset = found.translation.offset
        if case .ahead(_, let count) = found.translation { behind = count }
    }
}

extension OffsetTranslation {
    /// The word of the API, and what it means.
    fileprivate var told: (word: String, reason: String) {
        switch self {
        case .exact: ("exact", "nothing is read again, and nothing is left out")
        case .ahead(_, let behind):
            (
                "ahead",
                "up to \(behind) records before this offset are not copied yet: a group that goes on here reads them again"
            )
        case .bounded:
            (
                "bounded",
                "nothing is left out; records may be read again, since the places of their copies are not all known"
            )
        case .unknown:
            (
                "unknown",
                "no copy is known at or before this offset: nothing was copied there yet, or before Tern noted the places of "
                    + "copies"
            )
        }
    }
}
