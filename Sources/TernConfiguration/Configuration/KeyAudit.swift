// SPDX-License-Identifier: Apache-2.0

/// Looks at every key of the file once: those that do nothing, by MirrorMaker's rules or Tern's, are said to, and unknown
/// ones are named with the nearest that exists. Values are checked where they are read.
struct KeyAudit {
    let properties: PropertyMap
    let clusters: [ClusterAlias]

    /// What a key comes to in one way of reading it. A key may be read in several: `a.b.c` belongs to alias `a` and to
    /// alias `a.b`; the best reading counts.
    enum Verdict {
        case effective
        case refused(String)
        case owned(String)
        /// MirrorMaker does not read it in this place; with what to write.
        case dropped(String)
        /// It has no effect in any place; with the reason.
        case ignored(String, isLoud: Bool)
        case renamed(String, isHonoured: Bool)
        case unknown

        fileprivate var rank: Int {
            switch self {
            case .effective: 0
            case .refused: 1
            case .owned: 2
            case .renamed: 3
            case .dropped: 4
            case .ignored: 5
            case .unknown: 6
            }
        }
    }

    func audit(problems: inout ProblemCollector) {
        for (key, value) in properties.sorted where value.source != .standard {
            switch verdict(on: key) {
            case .effective: break
            case .refused(let remedy): if !isDefault(value, of: key) { problems.error(value, remedy) }
            case .owned(let reason):
                problems.warning(value, "not passed on, the setting is Tern's own: \(reason)")
            case .dropped(let reason): problems.warning(value, "without effect: \(reason)")
            // Compared with the flow's own where that is read: an error there, or right.
            case .ignored where Self.isFlowAlias(key): break
            case .ignored(let reason, let isLoud):
                if isLoud, isDefault(value, of: key) { break }
                problems.add(isLoud ? .warning : .note, value, "without effect: \(reason)")
            case .renamed(let present, isHonoured: true):
                problems.warning(value, "is the name of \(present) up to Kafka 3.9, and gone in 4.0: rename it")
            case .renamed(let present, isHonoured: false):
                problems.warning(value, "without effect, as in MirrorMaker: the key is \(present)")
            case .unknown: problems.warning(value, unknown(key))
            }
        }
    }

    func verdict(on key: PropertyKey) -> Verdict {
        var verdicts = [topLevel(key)]
        for source in clusters {
            if let rest = key.dropping(prefix: "\(source).") { verdicts.append(cluster(source, rest)) }
            for target in clusters where source != target {
                if let rest = key.dropping(prefix: "\(source)->\(target).") {
                    verdicts.append(flow(source, target, rest))
                }
            }
        }
        return verdicts.min { $0.rank < $1.rank } ?? .unknown
    }

    private static func isFlowAlias(_ key: PropertyKey) -> Bool {
        ["source.cluster.alias", "target.cluster.alias"].contains { name in
            key.rawValue.equalsBytes(of: name) || key.rawValue.endsWithBytes(of: ".\(name)")
        }
    }

    /// A key without effect needs no warning when it has the default.
    private func isDefault(_ value: PropertyValue, of key: PropertyKey) -> Bool {
        let text = JavaText.lowercased(JavaText.trimmed(value.text))
        return KeyAudit.schemaNames(in: key.rawValue).contains { name in
            ConfigurationSchema.rows(named: name).contains { $0.standardValue.map(JavaText.lowercased) == text }
        }
    }

    // MARK: The three places

    private func topLevel(_ key: PropertyKey) -> Verdict {
        let name = key.rawValue
        if key.hasPrefix("config.providers.") { return .effective }
        if let row = ConfigurationSchema.processRow(name) ?? ConfigurationSchema.connectionRow(name) {
            return verdict(of: row)
        }
        if let row = ConfigurationSchema.flowRow(name) {
            return row.scope == .flow ? verdict(of: row) : dropped("write S->T.\(name)")
        }
        if let row = ConfigurationSchema.workerRow(name) {
            return row.scope == .targetOrAll ? verdict(of: row) : dropped("write T.\(name)", ofIgnored: row)
        }
        if ConnectionProperties.contains(key) { return native(name, kind: nil) }
        for kind in ClientKind.allCases {
            if let rest = key.dropping(prefix: kind.prefix) {
                guard isClientKey(rest.rawValue, kind: kind) else { continue }
                return misplaced(rest.rawValue, kind, "write A.\(name) for each cluster")
            }
        }
        if let kind = kindOfBareKey(name) { return misplaced(name, kind, "write A.\(kind.prefix)\(name)") }
        if Self.isTransformationPart(key) { return dropped("write S->T.\(name)") }
        return .unknown
    }

    private func cluster(_ alias: ClusterAlias, _ key: PropertyKey) -> Verdict {
        let name = key.rawValue
        if let row = ConfigurationSchema.connectionRow(name) { return verdict(of: row) }
        if ConnectionProperties.contains(key) { return native(name, kind: nil) }
        for kind in ClientKind.allCases {
            guard let rest = key.dropping(prefix: kind.prefix) else { continue }
            if kind == .producer, let part = rest.dropping(prefix: "override.") {
                return dropped("write \(alias).producer.\(part), or S->\(alias).producer.override.\(part)")
            }
            return client(rest.rawValue, kind: kind)
        }
        if let row = ConfigurationSchema.workerRow(name) {
            // A client's setting in the place of a worker's is what people mean by it.
            if case .ignored = row.effect, let kind = kindOfWorkingKey(name) {
                return dropped("for the clients that copy write \(alias).\(kind.prefix)\(name)")
            }
            return verdict(of: row)
        }
        if let row = ConfigurationSchema.flowRow(name) {
            return dropped(row.scope == .flow ? "write \(name), or S->T.\(name)" : "write S->T.\(name)")
        }
        if ConfigurationSchema.processRow(name) != nil { return dropped("write \(name)") }
        if let kind = kindOfBareKey(name) {
            return misplaced(name, kind, "write \(alias).\(kind.prefix)\(name)")
        }
        return .unknown
    }

    private func flow(_ source: ClusterAlias, _ target: ClusterAlias, _ key: PropertyKey) -> Verdict {
        let name = key.rawValue
        if let row = ConfigurationSchema.flowRow(name) { return verdict(of: row) }
        if Self.isTransformationPart(key) {
            return .refused("Tern has no transformations, and copying without them would be wrong: remove the key")
        }
        if let row = ConfigurationSchema.workerRow(name) { return dropped("write \(target).\(name)", ofIgnored: row) }
        for side in MirrorMakerPrecedence.Side.allCases {
            let alias = side == .source ? source : target
            if let rest = key.dropping(prefix: "\(side.rawValue).cluster.") {
                if rest.rawValue == "alias" { break }
                return ConnectionProperties.contains(rest)
                    ? native(rest.rawValue, kind: nil) : dropped("write \(alias).\(rest)")
            }
            guard let rest = key.dropping(prefix: "\(side.rawValue).") else { continue }
            for kind in ClientKind.allCases {
                if let part = rest.dropping(prefix: kind.prefix) { return client(part.rawValue, kind: kind) }
            }
        }
        if let rest = key.dropping(prefix: "producer.override.") { return client(rest.rawValue, kind: .producer) }
        if let rest = key.dropping(prefix: "producer."), isClientKey(rest.rawValue, kind: .producer) {
            return .dropped(
                "the producer of the records does not read it, as in MirrorMaker: write \(target).producer.\(rest), or "
                    + "\(source)->\(target).producer.override.\(rest)")
        }
        for kind in [ClientKind.consumer, .admin] {
            if let rest = key.dropping(prefix: kind.prefix) { return client(rest.rawValue, kind: kind) }
        }
        if ConnectionProperties.contains(key) { return dropped("write \(source).\(name) or \(target).\(name)") }
        if let kind = kindOfBareKey(name) {
            return misplaced(name, kind, "write \(kind == .producer ? target : source).\(kind.prefix)\(name)")
        }
        if key.hasPrefix("topic.creation.") {
            return .ignored("topics are created with the source's partitions and settings", isLoud: true)
        }
        return ConfigurationSchema.processRow(name) != nil ? dropped("write \(name)") : .unknown
    }

    // MARK: Clients

    private func client(_ name: String, kind: ClientKind) -> Verdict {
        if let row = ConfigurationSchema.clientRow(name, kind: kind) { return verdict(of: row) }
        if LibrdkafkaProperties.scope(of: name) != nil { return native(name, kind: kind) }
        for other in ClientKind.allCases where ConfigurationSchema.clientRow(name, kind: other) != nil {
            return .dropped("it belongs to \(Self.article(other)): write \(other.prefix)\(name)")
        }
        return .unknown
    }

    private func native(_ name: String, kind: ClientKind?) -> Verdict {
        if let row = ConfigurationSchema.connectionRow(name) { return verdict(of: row) }
        if let reason = LibrdkafkaProperties.reasonToKeep(name) { return .owned(reason) }
        switch (LibrdkafkaProperties.scope(of: name), kind) {
        case (.producer, .consumer), (.producer, .admin):
            return .dropped("it belongs to a producer: write producer.\(name)")
        case (.consumer, .producer):
            return .dropped("it belongs to a consumer: write consumer.\(name)")
        case (nil, _): return .unknown
        default: return .effective
        }
    }

    private static func article(_ kind: ClientKind) -> String {
        kind == .admin ? "an admin client" : "a \(kind.rawValue)"
    }

    private func isClientKey(_ name: String, kind: ClientKind) -> Bool {
        ConfigurationSchema.clientRow(name, kind: kind) != nil || LibrdkafkaProperties.scope(of: name) != nil
    }

    /// The kind of client that a key without `consumer.` or `producer.` is meant for.
    private func kindOfBareKey(_ name: String) -> ClientKind? {
        if let kind = ClientKind.allCases.first(where: { ConfigurationSchema.clientRow(name, kind: $0) != nil }) {
            return kind
        }
        switch LibrdkafkaProperties.scope(of: name) {
        case .producer: return .producer
        case .consumer, .any: return .consumer
        case nil: return nil
        }
    }

    private func kindOfWorkingKey(_ name: String) -> ClientKind? {
        ClientKind.allCases.first { kind in
            if case .client? = ConfigurationSchema.clientRow(name, kind: kind)?.effect { true } else { false }
        }
    }

    private static func isTransformationPart(_ key: PropertyKey) -> Bool {
        key.hasPrefix("transforms.") || key.hasPrefix("predicates.")
    }

    private func verdict(of row: ConfigurationKey) -> Verdict {
        switch row.effect {
        case .works, .client: .effective
        case .ignored(let reason, let isLoud): .ignored(reason, isLoud: isLoud)
        case .refused(let remedy): .refused(remedy)
        case .renamed(let name, let isHonoured): .renamed(name, isHonoured: isHonoured)
        case .owned(let reason): .owned(reason)
        }
    }

    /// A client's key outside of a client's place; one that would do nothing there either has that said.
    private func misplaced(_ name: String, _ kind: ClientKind, _ remedy: String) -> Verdict {
        switch client(name, kind: kind) {
        case .ignored(let reason, let isLoud): .ignored(reason, isLoud: isLoud)
        case .owned(let reason): .owned(reason)
        case .effective, .refused, .dropped, .renamed, .unknown: dropped(remedy)
        }
    }

    private func dropped(_ remedy: String, ofIgnored row: ConfigurationKey? = nil) -> Verdict {
        // Moving a key that does nothing anywhere helps nobody.
        if let row, case .ignored(let reason, let isLoud) = row.effect { return .ignored(reason, isLoud: isLoud) }
        return .dropped("MirrorMaker drops it here: \(remedy)")
    }
}
