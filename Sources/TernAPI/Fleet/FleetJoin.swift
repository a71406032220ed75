// SPDX-License-Identifier: Apache-2.0

extension FleetReport {
    /// Joins what daemons say of themselves.
    ///
    /// Figures count only of daemons that are heard, and each daemon counts once, whatever URLs name it. A flow has a total only where
    /// the lanes of these are all of its lanes, each of them once: while lanes move, two reports may both have one, or neither.
    ///
    /// - Parameters:
    ///   - members: the daemon that joins, whose URL is `nil`, then its peers.
    public init(joining members: [FleetMember], at now: DateTime) {
        let join = FleetJoin(members)
        self.init(
            generatedAt: now, daemons: join.members.map(\.daemon), clusters: join.clusterList, flows: join.flowList)
    }
}

/// Members that have their names, and are no two of one daemon.
private struct FleetJoin {
    struct Named {
        var daemon: FleetReport.Daemon
        /// `nil` for one that is named twice.
        let report: StatusReport?
        /// Whether its figures count.
        var counts: Bool { daemon.state == "heard" }
    }

    private(set) var members: [Named] = []
    private let clusters: FleetClusters

    init(_ members: [FleetMember]) {
        // Of the URLs of one daemon the first that it answers at speaks for it.
        var speakers: [String: Int] = [:]
        for (index, member) in members.enumerated() {
            guard let instance = member.report?.instance else { continue }
            guard let first = speakers[instance] else {
                speakers[instance] = index
                continue
            }
            if !members[first].isHeard, member.isHeard { speakers[instance] = index }
        }
        var ownURL: String?
        for (index, member) in members.enumerated() {
            let speaker = member.report?.instance.flatMap { speakers[$0] } ?? index
            guard speaker != index else {
                self.members.append(Named(daemon: member.described, report: member.report))
                continue
            }
            // A list that all daemons share names each of them to itself.
            if member.isHeard, members[speaker].url == nil, ownURL == nil {
                ownURL = member.url
                continue
            }
            var daemon = member.described
            if member.isHeard {
                daemon.state = "duplicate"
                daemon.problem = "it is the daemon that \(members[speaker].url ?? ownURL ?? "answers") names"
            }
            self.members.append(Named(daemon: daemon, report: nil))
        }
        if let own = self.members.firstIndex(where: \.daemon.isSelf) { self.members[own].daemon.url = ownURL }
        clusters = FleetClusters(self.members.compactMap(\.report))
    }

    var clusterList: [FleetReport.Cluster] {
        var views: [FleetClusters.Identity: [FleetReport.View]] = [:]
        for member in members {
            guard let report = member.report else { continue }
            for cluster in report.clusters {
                let view = FleetReport.View(
                    daemon: member.daemon.daemon, alias: cluster.alias, isUp: member.counts ? cluster.isUp : nil,
                    downSince: member.counts ? cluster.downSince : nil, problem: member.counts ? cluster.problem : nil)
                views[clusters.identity(of: cluster.alias, in: report), default: []].append(view)
            }
        }
        return clusters.order.map { identity in
            let views = views[identity] ?? []
            let answers = views.compactMap(\.isUp)
            var id: String?
            if case .id(let known) = identity { id = known }
            return FleetReport.Cluster(
                cluster: clusters.names[identity] ?? "", clusterID: id, aliases: clusters.aliases[identity] ?? [],
                isUp: answers.isEmpty ? nil : answers.contains(true), views: views)
        }.sorted { $0.cluster < $1.cluster }
    }

    var flowList: [FleetReport.Flow] {
        struct Ends: Hashable {
            let source: String
            let target: String
        }
        var parts: [Ends: [FlowPart]] = [:]
        for member in members {
            guard let report = member.report else { continue }
            for flow in report.flows where flow.isEnabled {
                let ends = Ends(
                    source: clusters.name(of: flow.source, in: report),
                    target: clusters.name(of: flow.target, in: report))
                parts[ends, default: []].append(
                    FlowPart(daemon: member.daemon.daemon, flow: flow, counts: member.counts))
            }
        }
        return parts.map { FleetReport.Flow(source: $0.source, target: $0.target, joining: $1) }
            .sorted { $0.flowName < $1.flowName }
    }
}

/// What one daemon says of a flow.
struct FlowPart {
    /// Stopped partitions that are named. A peer may send any number.
    private static let namedLimit = 20

    let daemon: String
    let flow: StatusReport.Flow
    /// Whether its figures count.
    let counts: Bool

    /// Of its own lanes. One that runs all of them may be older than this figure.
    var lagRecords: Int64? { flow.carriedLagRecords ?? flow.lagRecords }
    var lagSeconds: Double? { flow.carriedLagSeconds ?? flow.lagSeconds }

    var carrier: FleetReport.Carrier {
        var carrier = FleetReport.Carrier(daemon: daemon, flow: flow.flowName, state: counts ? flow.state : "unknown")
        guard counts else { return carrier }
        carrier.reason = flow.reason
        carrier.lanesOwned = flow.lanesOwned
        (carrier.lagRecords, carrier.lagSeconds) = (lagRecords, lagSeconds)
        (carrier.recordsPerSecond, carrier.bytesPerSecond) = (flow.recordsPerSecond, flow.bytesPerSecond)
        carrier.stoppedPartitions = flow.stoppedPartitions
        carrier.stopped = flow.stopped.isEmpty ? nil : Array(flow.stopped.prefix(Self.namedLimit))
        return carrier
    }
}

extension FleetReport.Flow {
    /// From bad to good.
    private static let severity = ["failed", "degraded", "starting", "paused", "running"]

    fileprivate init(source: String, target: String, joining parts: [FlowPart]) {
        let heard = parts.filter(\.counts)
        // A word that this release does not know is worse than any that it does.
        func rank(_ part: FlowPart) -> Int { Self.severity.firstIndex(of: part.flow.state) ?? -1 }
        let worst = heard.min { rank($0) < rank($1) }
        self.init(
            source: source, target: target, state: worst?.flow.state ?? "unknown", carriers: parts.map(\.carrier))
        reason = worst?.flow.reason
        guard !heard.isEmpty else { return }
        takeLanes(of: heard)
        let running = heard.filter { $0.flow.lanesOwned > 0 }
        lagRecordsAtLeast = running.compactMap(\.lagRecords).reduce(0, Self.total)
        lagSecondsAtLeast = running.compactMap(\.lagSeconds).max() ?? 0
        if isWhole {
            lagRecords = running.allSatisfy { $0.lagRecords != nil } ? lagRecordsAtLeast : nil
            lagSeconds = running.allSatisfy { $0.lagSeconds != nil } ? lagSecondsAtLeast : nil
        }
        recordsPerSecond = Self.sum(heard.map(\.flow.recordsPerSecond))
        bytesPerSecond = Self.sum(heard.map(\.flow.bytesPerSecond))
        stoppedPartitions = heard.map(\.flow.stoppedPartitions).reduce(0, Self.total)
    }

    private mutating func takeLanes(of heard: [FlowPart]) {
        let counts = Set(heard.map(\.flow.lanes).filter { $0 > 0 })
        lanes = counts.count == 1 ? counts.first : nil
        let owned = heard.map(\.flow.lanesOwned).reduce(0, Self.total)
        lanesHeard = owned
        guard let lanes else { return }
        let numbers = heard.compactMap(\.flow.ownedLanes)
        guard numbers.count == heard.count else {
            // An older daemon says only how many it runs. One that runs all of them needs nobody else's word.
            isWhole = owned == lanes && heard.count { $0.flow.lanesOwned > 0 } == 1
            return
        }
        let distinct = Set(numbers.joined())
        lanesHeard = Int64(distinct.count)
        isWhole =
            distinct.count == numbers.reduce(0) { $0 + $1.count } && Int64(distinct.count) == lanes
            && distinct.allSatisfy { $0 >= 0 && $0 < lanes }
    }

    /// A peer may say any number: a sum that is too large is no reason to end.
    private static func total(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }

    private static func sum(_ rates: [Double?]) -> Double? {
        let known = rates.compactMap(\.self)
        return known.count == rates.count ? known.reduce(0, +) : nil
    }
}

extension FleetMember {
    fileprivate var described: FleetReport.Daemon {
        var daemon = FleetReport.Daemon(daemon: url ?? "self", url: url, isSelf: url == nil, state: state)
        daemon.problem = sentence
        daemon.lastAnswerAt = answeredAt
        daemon.figuresAgeSeconds = figuresAge
        daemon.instance = report?.instance
        daemon.version = report?.program.version
        daemon.region = report?.region.region
        daemon.startedAt = report?.startedAt
        guard isHeard else { return daemon }
        daemon.isReady = report?.isReady
        daemon.isDraining = report?.isDraining
        return daemon
    }
}
