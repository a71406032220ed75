// SPDX-License-Identifier: Apache-2.0

/// One row of the schema: a key, where it may stand, what it takes and what it does.
public struct ConfigurationKey: Sendable {
    /// Where a key may be written for it to mean something. `A`, `S` and `T` stand for aliases.
    public enum Scope: Sendable, Hashable {
        /// `key`: one value for the process.
        case process
        /// `key` for all flows, `S->T.key` for one.
        case flow
        /// `S->T.key` alone; MirrorMaker drops it elsewhere.
        case flowOnly
        /// `T.key`: all flows to this target; MirrorMaker drops it elsewhere.
        case target
        /// `key`, which wins, or `T.key`.
        case targetOrAll
        /// `key`, `A.key`, `A.consumer.key` and so on: how to reach a cluster.
        case connection
        /// `A.consumer.key`, `A.producer.key`, `A.admin.key` as far as the kinds are named here, and their flow forms.
        case client(Set<ClientKindName>)
    }

    public enum ClientKindName: String, Sendable, CaseIterable { case consumer, producer, admin }

    public enum Unit: String, Sendable { case milliseconds, seconds }

    /// What a value must be.
    public enum ValueType: Sendable, Hashable {
        case boolean
        case integer(ClosedRange<Int64>)
        case duration(Unit, ClosedRange<Int64>)
        case bytes(ClosedRange<Int64>)
        case decimal
        case text
        case list
        /// Java regular expressions, separated by commas; each has to match a whole name.
        case patterns
        case choice([String])
        case className
        case password
        /// `host:port`, or `none`.
        case address
    }

    /// What holds when nobody writes the key.
    public enum Default: Sendable, Hashable {
        case value(String)
        /// There is no value; this is what happens then.
        case absent(String)
    }

    public enum Origin: String, Sendable {
        case kafka = "Kafka"
        /// MirrorMaker up to 3.9.
        case kafka3 = "Kafka up to 3.9"
        case tern = "Tern"
    }

    /// What Tern does with a value.
    public enum Effect: Sendable {
        case works
        /// Accepted, and nothing follows; with the reason. `isLoud` where the author would expect something to happen.
        case ignored(String, isLoud: Bool)
        /// An error, since going on without would be wrong; with what to do.
        case refused(String)
        /// Another key's former or mistaken name; honoured where MirrorMaker honoured it.
        case renamed(String, isHonoured: Bool)
        /// The guarantees rest on it, so its value is Tern's; with the reason.
        case owned(String)
        /// Handed to a client under librdkafka's name or names.
        case client(ClientTranslation)
    }

    public let name: String
    public let scope: Scope
    public let type: ValueType
    public let standard: Default
    public let documentation: String
    public let origin: Origin
    public let effect: Effect

    public init(
        _ name: String, _ scope: Scope, _ type: ValueType, _ standard: Default, origin: Origin = .kafka,
        effect: Effect = .works, _ documentation: String
    ) {
        self.name = name
        self.scope = scope
        self.type = type
        self.standard = standard
        self.origin = origin
        self.effect = effect
        self.documentation = documentation
    }

    /// The default as text; `nil` when there is none.
    public var standardValue: String? { if case .value(let text) = standard { text } else { nil } }
}

/// How a Java client's property reaches librdkafka.
public enum ClientTranslation: Sendable, Hashable {
    /// Under these names; numbers are kept within the range that librdkafka takes.
    case number([String], ClosedRange<Int64>)
    case text(String)
    /// Looked at together with others: security.
    case security
    /// The levels of `compression.type`'s codecs.
    case compressionLevel(codec: String, ClosedRange<Int64>)
    /// Read by Tern itself; librdkafka's value follows from it.
    case engine
}

extension ConfigurationKey.ValueType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .boolean: "true or false"
        case .integer(let range): "integer\(Self.bounds(range))"
        case .duration(let unit, let range): "\(unit.rawValue)\(Self.bounds(range))"
        case .bytes(let range): "bytes\(Self.bounds(range))"
        case .decimal: "number"
        case .text: "text"
        case .list: "list"
        case .patterns: "list of regular expressions"
        case .choice(let words): words.joined(separator: ", ")
        case .className: "class name"
        case .password: "secret text"
        case .address: "host:port or none"
        }
    }

    private static func bounds(_ range: ClosedRange<Int64>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): ""
        case (let low, .max): ", at least \(low)"
        case (let low, let high): ", \(low) to \(high)"
        }
    }
}

extension ConfigurationKey.Scope {
    /// The forms that mean something.
    public var forms: [String] {
        switch self {
        case .process: ["KEY"]
        case .flow: ["KEY", "S->T.KEY"]
        case .flowOnly: ["S->T.KEY"]
        case .target: ["T.KEY"]
        case .targetOrAll: ["KEY", "T.KEY"]
        case .connection: ["KEY", "A.KEY", "A.consumer.KEY", "A.producer.KEY", "A.admin.KEY"]
        case .client(let kinds):
            ConfigurationKey.ClientKindName.allCases.filter(kinds.contains).flatMap { kind in
                ["A.\(kind.rawValue).KEY"]
                    + (kind == .producer ? ["S->T.producer.override.KEY"] : ["S->T.\(kind.rawValue).KEY"])
            }
        }
    }
}
