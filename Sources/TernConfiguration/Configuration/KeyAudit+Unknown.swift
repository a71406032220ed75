// SPDX-License-Identifier: Apache-2.0
internal import Text

extension KeyAudit {
    /// What to say about a key that nothing reads: the alias, or the name, that was probably meant.
    func unknown(_ key: PropertyKey) -> String {
        if let (before, after) = key.rawValue.cutAtFirst("->") { return unknownFlow(before, after) }
        for alias in clusters {
            guard let rest = key.dropping(prefix: "\(alias).") else { continue }
            if let meant = Self.nearest(rest.rawValue, in: Self.clusterNames) {
                return Self.sentence("\(alias).\(meant)")
            }
            // A flow's key behind the alias of one cluster.
            return Self.sentence(Self.nearest(rest.rawValue, in: Self.flowNames).map(Self.inItsPlace))
        }
        if let (alias, rest) = unknownAlias(key) {
            let meant = NearestName.of(alias, among: clusters.map(\.rawValue))
            return "names no cluster of `clusters`"
                + (meant.map { "; did you mean \($0).\(rest)?" }
                    ?? ": add \(alias.printable) to it")
        }
        return Self.sentence(Self.nearest(key.rawValue, in: Self.topLevelNames))
    }

    private func unknownFlow(_ source: String, _ after: String) -> String {
        let aliases = clusters.map(\.rawValue)
        // The longest alias that the rest starts with; else the text before the first dot.
        let target =
            aliases.filter { after.startsWithBytes(of: "\($0).") }.max { $0.utf8.count < $1.utf8.count }
            ?? after.cutAtFirst(".")?.before ?? after
        let name = String(decoding: after.utf8.dropFirst(target.utf8.count + 1), as: UTF8.self)
        if source.equalsBytes(of: target) { return "is a flow from a cluster to itself, which does not exist" }
        for alias in [source, target] where !aliases.contains(where: { $0.equalsBytes(of: alias) }) {
            let meant = NearestName.of(alias, among: aliases)
            return "names no cluster of `clusters`: \(alias.printable)"
                + (meant.map { "; did you mean \($0)?" } ?? " is none of them")
        }
        return Self.sentence(Self.nearest(name, in: Self.flowNames).map { "\(source)->\(target).\($0)" })
    }

    /// `us-eest.bootstrap.servers`: what follows a dot would be a cluster's key.
    private func unknownAlias(_ key: PropertyKey) -> (alias: String, rest: String)? {
        var start = key.rawValue.utf8.startIndex
        while let dot = key.rawValue.utf8[start...].firstIndex(of: UInt8(ascii: ".")) {
            start = key.rawValue.utf8.index(after: dot)
            let rest = String(decoding: key.rawValue.utf8[start...], as: UTF8.self)
            let isClusterKey =
                ConnectionProperties.contains(PropertyKey(rest))
                || ClientKind.allCases.contains { kind in
                    PropertyKey(rest).dropping(prefix: kind.prefix).map {
                        ConfigurationSchema.clientRow($0.rawValue, kind: kind) != nil
                    } ?? false
                }
            if isClusterKey { return (String(decoding: key.rawValue.utf8[..<dot], as: UTF8.self), rest) }
        }
        return nil
    }

    /// A flow's key as the file takes it: for all flows where that may be written.
    private static func inItsPlace(_ name: String) -> String {
        ConfigurationSchema.flowRow(name)?.scope == .flow ? name : "S->T.\(name)"
    }

    private static func sentence(_ nearest: String?) -> String {
        "is no key that MirrorMaker or Tern knows"
            + (nearest.map { "; did you mean \($0.printable)?" } ?? ": remove it")
    }

    private static func nearest(_ name: String, in names: [String]) -> String? {
        let former = names.contains("topics") ? formerNames : [:]
        return NearestName.of(name, among: names + former.keys.sorted()).map { former[$0] ?? $0 }
    }

    /// Present names by former and mistaken ones: who misspells one of those means what it has become.
    private static let formerNames = ConfigurationSchema.formerKeys.reduce(into: [String: String]()) { names, row in
        if case .renamed(let present, _) = row.effect { names[row.name] = present }
    }

    private static let flowNames =
        names { $0 == .flow || $0 == .flowOnly } + clientForms(["source.consumer", "producer.override"])
    private static let clusterNames =
        names { $0 == .target || $0 == .targetOrAll || $0 == .connection }
        + clientForms(["consumer", "producer", "admin"])
    private static let topLevelNames = names { scope in
        switch scope {
        case .process, .flow, .targetOrAll, .connection: true
        case .flowOnly, .target, .client: false
        }
    }

    /// Of those that do something.
    private static func names(where isWanted: (ConfigurationKey.Scope) -> Bool) -> [String] {
        ConfigurationSchema.keys.filter { row in
            switch row.effect {
            case .works, .client: isWanted(row.scope)
            case .ignored, .refused, .renamed, .owned: false
            }
        }.map(\.name)
    }

    private static func clientForms(_ prefixes: [String]) -> [String] {
        prefixes.flatMap { prefix in
            ConfigurationSchema.keys.compactMap { row -> String? in
                guard case .client(let kinds) = row.scope, case .client = row.effect else { return nil }
                return kinds.contains { prefix.containsBytes(of: $0.rawValue) } ? "\(prefix).\(row.name)" : nil
            }
        }
    }

    /// Names of the schema that a key ends with, after any dot: `A->B.source.consumer.fetch.min.bytes`.
    static func schemaNames(in key: String) -> [String] {
        var result: [String] = []
        var start = key.utf8.startIndex
        while start < key.utf8.endIndex {
            let rest = String(decoding: key.utf8[start...], as: UTF8.self)
            if !ConfigurationSchema.rows(named: rest).isEmpty { result.append(rest) }
            guard let dot = key.utf8[start...].firstIndex(of: UInt8(ascii: ".")) else { break }
            start = key.utf8.index(after: dot)
        }
        return result
    }
}
