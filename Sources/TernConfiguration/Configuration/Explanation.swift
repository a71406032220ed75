// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// The answer of `tern explain KEY`.
public struct Explanation: Sendable, Equatable {
    /// As it was asked for.
    public var key: String
    /// There is such a key, in this place.
    public var isKnown: Bool
    /// What holds: the file's value, or the default. Secrets are dots; `nil` where there is none.
    public var value: String?
    public var isSecret: Bool
    /// Where the value came from.
    public var source: ConfigurationSource
    /// The key that supplied it, when that is not the one that was asked for.
    public var writtenKey: String?
    /// What a value has to be.
    public var type: String?
    /// The default, or what happens without a value.
    public var standard: String?
    public var documentation: String?
    /// Who made the key: Kafka, or Tern.
    public var origin: String?
    /// The places where the key may stand, `KEY` filled in.
    public var forms: [String]
    /// Why the value does not do what it says, or whose setting it is.
    public var remark: String?
    /// For a key that does not exist: the nearest one that does.
    public var nearest: String?
}

/// Answers from the layers that the flows were read from, so that what is explained is what happens.
struct ConfigurationExplainer: Sendable {
    private let audit: KeyAudit
    private let precedence: MirrorMakerPrecedence

    init(properties: PropertyMap, clusters: [ClusterAlias]) {
        audit = KeyAudit(properties: properties, clusters: clusters)
        precedence = MirrorMakerPrecedence(properties: properties, clusters: clusters)
    }

    func explain(_ text: String) -> Explanation {
        let key = PropertyKey(text)
        let (row, value) = lookUp(key)
        let native = row == nil ? KeyAudit.nativeName(in: text) : nil
        let isNative = native != nil
        var explanation = Explanation(
            key: text, isKnown: row != nil || isNative, value: nil, isSecret: SecretKeys.contains(text),
            source: .standard,
            forms: [])
        if let value {
            explanation.isSecret = explanation.isSecret || value.isSecret
            explanation.value = value.isSecret ? "•••" : value.text
            explanation.source = value.source
            if value.writtenKey != key { explanation.writtenKey = value.writtenKey.rawValue }
        } else {
            explanation.value = row?.standardValue
        }
        if let row { describe(row, in: &explanation) }
        if let native {
            explanation.origin = "librdkafka"
            let isKept = LibrdkafkaProperties.reasonToKeep(native) != nil
            explanation.documentation =
                "A setting of librdkafka's own\(isKept ? "" : ", passed on unchanged"); see its CONFIGURATION.md."
        }
        if !explanation.isKnown, explanation.documentation == nil {
            explanation.remark = audit.unknown(key)
            explanation.nearest = NearestName.of(text, among: ConfigurationSchema.keys.map(\.name))
        } else {
            explanation.remark = remark(audit.verdict(on: key))
        }
        return explanation
    }

    private func describe(_ row: ConfigurationKey, in explanation: inout Explanation) {
        explanation.type = "\(row.type)"
        switch row.standard {
        case .value(let text): explanation.standard = text
        case .absent(let text): explanation.standard = text
        }
        explanation.documentation = row.documentation
        explanation.origin = row.origin.rawValue
        explanation.forms = row.scope.forms.map { form in
            form.replacingSuffix("KEY", with: row.name)
        }
    }

    private func remark(_ verdict: KeyAudit.Verdict) -> String? {
        switch verdict {
        case .effective, .unknown: nil
        case .refused(let remedy): "not supported: \(remedy)"
        case .owned(let reason): "the setting is Tern's own: \(reason)"
        case .dropped(let reason), .ignored(let reason, _): "without effect: \(reason)"
        case .renamed(let present, let isHonoured):
            isHonoured ? "the name of \(present) up to Kafka 3.9" : "without effect: the key is \(present)"
        }
    }

    /// The row of a key and the value that holds in its place.
    private func lookUp(_ key: PropertyKey) -> (row: ConfigurationKey?, value: PropertyValue?) {
        for source in audit.clusters {
            for target in audit.clusters where source != target {
                guard let rest = key.dropping(prefix: "\(source)->\(target).") else { continue }
                if let found = lookUpFlow(FlowName(source: source, target: target), rest) { return found }
            }
        }
        for alias in audit.clusters {
            guard let rest = key.dropping(prefix: "\(alias).") else { continue }
            let cluster = precedence.cluster(alias)
            for kind in ClientKind.allCases {
                if let part = rest.dropping(prefix: kind.prefix) {
                    return (ConfigurationSchema.clientRow(part.rawValue, kind: kind), cluster[rest])
                }
            }
            if let row = ConfigurationSchema.workerRow(rest.rawValue) {
                return (row, precedence.worker(target: alias)[rest])
            }
            if let row = ConfigurationSchema.connectionRow(rest.rawValue) { return (row, cluster[rest]) }
            if ConnectionProperties.contains(rest) { return (nil, cluster[rest]) }
        }
        let name = key.rawValue
        let row =
            ConfigurationSchema.processRow(name) ?? ConfigurationSchema.flowRow(name)
            ?? ConfigurationSchema.workerRow(name) ?? ConfigurationSchema.connectionRow(name)
        if row == nil, !isUnknown(key) {
            // A key in a place where it does nothing, which is explained with what to write instead.
            let name = KeyAudit.schemaNames(in: name).first
            return (name.flatMap { ConfigurationSchema.rows(named: $0).first }, precedence.properties[key])
        }
        return (row, precedence.properties[key])
    }

    private func isUnknown(_ key: PropertyKey) -> Bool {
        if case .unknown = audit.verdict(on: key) { true } else { false }
    }

    private func lookUpFlow(_ flow: FlowName, _ key: PropertyKey) -> (ConfigurationKey?, PropertyValue?)? {
        let connector = precedence.connector(flow)
        if let row = ConfigurationSchema.flowRow(key.rawValue) {
            let reader = ValueReader(properties: connector) { ConfigurationSchema.flowRow($0) }
            return (row, reader.value(key.rawValue))
        }
        if let row = ConfigurationSchema.workerRow(key.rawValue) {
            return (row, precedence.worker(target: flow.target)[key])
        }
        if let part = key.dropping(prefix: "producer.override.") {
            let producer = precedence.dataProducer(connector: connector, worker: precedence.worker(target: flow.target))
            return (ConfigurationSchema.clientRow(part.rawValue, kind: .producer), producer[part])
        }
        for kind in ClientKind.allCases {
            for side in MirrorMakerPrecedence.Side.allCases {
                if let part = key.dropping(prefix: "\(side.rawValue).\(kind.prefix)") {
                    let client = precedence.client(kind, on: side, connector: connector)
                    return (ConfigurationSchema.clientRow(part.rawValue, kind: kind), client[part])
                }
            }
            if let part = key.dropping(prefix: kind.prefix) {
                let client = precedence.client(kind, on: kind == .producer ? .target : .source, connector: connector)
                return (ConfigurationSchema.clientRow(part.rawValue, kind: kind), client[part])
            }
        }
        return nil
    }
}

extension KeyAudit {
    /// librdkafka's name that a key ends with, after `A.`, `consumer.` and the like.
    static func nativeName(in key: String) -> String? {
        var rest = key
        while true {
            if LibrdkafkaProperties.scope(of: rest) != nil { return rest }
            guard let cut = rest.cutAtFirst(".") else { return nil }
            rest = cut.after
        }
    }
}
