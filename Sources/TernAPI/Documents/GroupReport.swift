// SPDX-License-Identifier: Apache-2.0

/// How ready consumer groups are to go on with the target: `GET /api/v1/groups`, and the `data` of
/// `tern offsets groups -o json`.
public struct GroupReport: ReportDocument {
    public static let name = "GroupReport"
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case generatedAt = "generated_at"
        case snapshotAgeSeconds = "snapshot_age_seconds"
        case flows
    }
    public typealias Key = CodingKeys
    public static let members: [Member<GroupReport>] = [
        .init(.generatedAt, \.generatedAt, "when the status was taken"),
        .init(.snapshotAgeSeconds, \.snapshotAgeSeconds, "how long ago that was, in seconds", isVolatile: true),
        .init(.flows, \.flows, "the flows that are enabled, by name"),
    ]

    public var generatedAt: DateTime
    public var snapshotAgeSeconds: Double
    public var flows: [Flow]

    public init(generatedAt: DateTime, snapshotAgeSeconds: Double, flows: [Flow]) {
        self.generatedAt = generatedAt
        self.snapshotAgeSeconds = snapshotAgeSeconds
        self.flows = flows
    }
}

extension GroupReport {
    public struct Flow: Document {
        public static let name = "Flow of a group report"
        public enum CodingKeys: String, CodingKey, CaseIterable { case source, target, translated, groups }
        public typealias Key = CodingKeys
        public static let members: [Member<Flow>] = [
            .init(.source, \.source, "the cluster that the groups are on"),
            .init(.target, \.target, "the cluster where they would go on"),
            .init(
                .translated, \.translated,
                "where their offsets are translated: `here`, `elsewhere` (by the daemon that carries lane 0), or `off`",
                words: GroupWords.place),
            .init(
                .groups, \.groups,
                "those with offsets in topics that the flow mirrors, by id, as the last round found them; empty unless `here`"
            ),
        ]

        public var source: String
        public var target: String
        public var translated: String
        public var groups: Rows<Group>

        /// `source->target`.
        public var flowName: String { "\(source)->\(target)" }

        public init(source: String, target: String, translated: String, groups: Rows<Group>) {
            self.source = source
            self.target = target
            self.translated = translated
            self.groups = groups
        }
    }

    public struct Group: Document {
        public static let name = "Group of a group report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case id, state, reason, partitions, unmapped
            case synchronizedAt = "synchronized_at"
            case lagRecords = "lag_records"
            case readAgainRecords = "read_again_records"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Group>] = [
            .init(.id, \.id, "the group's name"),
            .init(
                .state, \.state,
                "`ready` to go on; `ahead`: it has read what is not copied yet; `unmapped`: of some partitions nothing is known; "
                    + "`active`: consumers use it on the target; `failed`: its offsets cannot be read or written",
                words: GroupWords.state),
            .init(.reason, \.reason, "why it is not ready, in a sentence; null when it is"),
            .init(.partitions, \.partitions, "partitions that the flow mirrors with an offset of the group"),
            .init(.unmapped, \.unmapped, "those of them whose place on the target is not known"),
            .init(
                .synchronizedAt, \.synchronizedAt,
                "when its offsets on the target were last brought in step; null while they were not"),
            .init(
                .lagRecords, \.lagRecords,
                "records that it has not read on the source; missing where an end is unknown",
                omitsNull: true),
            .init(
                .readAgainRecords, \.readAgainRecords,
                "records that it would read again on the target if it went on there now; missing where its offsets are not "
                    + "synchronized", omitsNull: true),
        ]

        public var id: String
        public var state: String
        public var reason: String?
        public var partitions: Int64
        public var unmapped: Int64
        public var synchronizedAt: DateTime?
        public var lagRecords: Int64?
        public var readAgainRecords: Int64?

        public init(
            id: String, state: String, reason: String?, partitions: Int64, unmapped: Int64, synchronizedAt: DateTime?,
            lagRecords: Int64? = nil, readAgainRecords: Int64? = nil
        ) {
            self.id = id
            self.state = state
            self.reason = reason
            self.partitions = partitions
            self.unmapped = unmapped
            self.synchronizedAt = synchronizedAt
            self.lagRecords = lagRecords
            self.readAgainRecords = readAgainRecords
        }
    }
}

/// The words of group translation. A reader takes others too: a later daemon may have more.
public enum GroupWords {
    public static let place = ["here", "elsewhere", "off"]
    public static let state = ["ready", "ahead", "unmapped", "active", "failed"]
    public static let translation = ["exact", "ahead", "bounded", "unknown"]
}
