// SPDX-License-Identifier: Apache-2.0

/// Which clusters of several daemons are one. The id decides: files may call one cluster by different aliases, and different
/// clusters by the same.
struct FleetClusters {
    /// A cluster's id; an alias where no daemon knows the id.
    enum Identity: Hashable {
        case id(String)
        case alias(String)
    }

    /// Ids by alias, as far as any daemon knows them.
    private var known: [String: Set<String>] = [:]
    private(set) var order: [Identity] = []
    private(set) var names: [Identity: String] = [:]
    private(set) var aliases: [Identity: [String]] = [:]

    init(_ reports: [StatusReport]) {
        for cluster in reports.flatMap(\.clusters) {
            if let id = cluster.clusterID { known[cluster.alias, default: []].insert(id) }
        }
        for report in reports {
            for cluster in report.clusters { note(cluster.alias, in: report) }
            for flow in report.flows {
                note(flow.source, in: report)
                note(flow.target, in: report)
            }
        }
        nameAll()
    }

    /// What an alias of a report is. A daemon that has not reached the cluster yet has no id of it: then it is what all the
    /// others call so, where they agree. Nothing is summed by that, since such a daemon has no figures of it.
    func identity(of alias: String, in report: StatusReport) -> Identity {
        if let id = report.clusters.first(where: { $0.alias == alias })?.clusterID { return .id(id) }
        if let ids = known[alias], ids.count == 1, let id = ids.first { return .id(id) }
        return .alias(alias)
    }

    func name(of alias: String, in report: StatusReport) -> String {
        names[identity(of: alias, in: report)] ?? alias
    }

    private mutating func note(_ alias: String, in report: StatusReport) {
        let identity = identity(of: alias, in: report)
        if aliases[identity] == nil { order.append(identity) }
        if aliases[identity]?.contains(alias) != true { aliases[identity, default: []].append(alias) }
    }

    /// The first alias, with the id behind it where that is another cluster's already.
    private mutating func nameAll() {
        var taken: Set<String> = []
        for identity in order {
            let alias = aliases[identity]?.first ?? ""
            var candidates = [alias]
            if case .id(let id) = identity { candidates += ["\(alias) (\(id.prefix(8)))", "\(alias) (\(id))"] }
            candidates.append("\(alias) (id unknown)")
            let name = candidates.first { !taken.contains($0) } ?? "\(alias) (\(taken.count))"
            taken.insert(name)
            names[identity] = name
        }
    }
}
