// SPDX-License-Identifier: Apache-2.0
internal import TopicPlanning
internal import KafkaTypes
internal import Mirroring
internal import Text

/// Plans as people are shown them: what would change, from what to what, and what it may break. Nothing that is equal.
struct PlanText {
    let plans: [ClusterTopicPlan]
    /// What each plan's cluster is called.
    let names: [String]
    let isColored: Bool

    var text: String {
        var text = ""
        for (plan, name) in zip(plans, names) {
            let entries = plan.entries.filter { !$0.changes.isEmpty || !$0.obstacles.isEmpty || !$0.notes.isEmpty }
            guard !entries.isEmpty else { continue }
            let brokers = plan.brokers == 1 ? "1 broker" : "\(plan.brokers) brokers"
            text += "Cluster \(name)  (id \(plan.clusterID), \(brokers))\n\n"
            for entry in entries { text += Self.text(of: entry, isColored) }
            text += "\n"
        }
        return text + summary + "\n"
    }

    /// `Plan: 1 to create, 2 to change, 0 to delete, 126 unchanged. 3 risky.`
    var summary: String {
        func count(_ action: TopicPlanEntry.Action) -> Int { plans.reduce(0) { $0 + $1.count(of: action) } }
        // Without an obstacle there is only a note.
        let noted = plans.flatMap(\.entries).count { $0.action == .none && $0.obstacles.isEmpty }
        let unchanged = plans.reduce(0) { $0 + $1.unchanged } + noted
        let risks = plans.reduce(0) { $0 + $1.risks.count }
        let obstacles = plans.flatMap(\.entries).reduce(0) { $0 + $1.obstacles.count }
        var text = "Plan: \(count(.create)) to create, \(count(.update)) to change, \(count(.delete)) to delete, "
        text += "\(unchanged) unchanged."
        if risks > 0 { text += " \(risks) risky." }
        if obstacles > 0 { text += " \(obstacles) cannot be done." }
        return text
    }

    /// `reduce-retention,add-partitions`; `nil` when nothing is risky.
    static func allowance(for plans: [ClusterTopicPlan]) -> String? {
        let present = Set(plans.flatMap(\.riskClasses))
        let names = RiskClass.allCases.filter(present.contains).map(\.rawValue)
        return names.isEmpty ? nil : names.joined(separator: ",")
    }

    private static func text(of entry: TopicPlanEntry, _ isColored: Bool) -> String {
        func paint(_ text: String, _ tone: TextTable.Tone) -> String {
            isColored ? Paint.painted(text, tone) : text
        }
        let name = entry.topic.rawValue.printable
        var text =
            switch entry.action {
            case .create: paint("+ \(name)  create", .good) + "\n"
            case .update: paint("~ \(name)  update", .warning) + "\n"
            case .delete: paint("- \(name)  delete", .bad) + "\n"
            case .none: "= \(name)\n"
            }
        let lines = entry.changes.flatMap(PlanLine.lines)
        let width = lines.reduce(0) { max($0, $1.field.count) }
        for line in lines {
            let padding = String(repeating: " ", count: width - line.field.count)
            text += "    \(line.field)\(padding)  \(line.from.map { "\($0) → " } ?? "")\(line.to)\n".asOneLine
            for risk in line.risks {
                text += "      " + paint("! \(risk.riskClass.rawValue): \(risk.sentence)", .bad) + "\n"
            }
        }
        for obstacle in entry.obstacles {
            text += "    " + paint("✗ \(obstacle.what.printable)", .bad) + "; \(obstacle.remedy.printable)\n"
        }
        for note in entry.notes { text += "    \(note.printable)\n" }
        return text
    }
}

/// One field of a change, before and after: in human units, and as brokers have it.
struct PlanLine {
    let field: String
    /// `nil` where there was nothing.
    let from: String?
    let to: String
    var rawFrom: String?
    var rawTo: String?
    var risks: [Risk] = []

    private static let brokersDefault = "the broker's default"

    static func lines(_ planned: PlannedChange) -> [PlanLine] {
        switch planned.change {
        case .create(let partitions, let factor, let settings):
            return [
                PlanLine(field: "partitions", from: nil, to: partitions.map { "\($0)" } ?? brokersDefault),
                PlanLine(field: "replication-factor", from: nil, to: factor.map { "\($0)" } ?? brokersDefault),
            ]
                + settings.sorted { $0.key < $1.key }.map { name, value in
                    PlanLine(field: name, from: nil, to: TopicSettingCatalogue.human(name, value), rawTo: value)
                }
        case .addPartitions(let from, let to):
            return [PlanLine(field: "partitions", from: "\(from)", to: "\(to)", risks: planned.risks)]
        case .set(let name, let from, let to):
            return [
                PlanLine(
                    field: name, from: from.map { shown(name, $0) } ?? "unknown",
                    to: TopicSettingCatalogue.human(name, to), rawFrom: from?.value, rawTo: to, risks: planned.risks)
            ]
        case .unset(let name, let from, let to):
            return [
                PlanLine(
                    field: name, from: shown(name, from), to: to.map { shown(name, $0) } ?? brokersDefault,
                    rawFrom: from.value, rawTo: to?.value, risks: planned.risks)
            ]
        case .delete(let partitions):
            return [PlanLine(field: "partitions", from: "\(partitions)", to: "none", risks: planned.risks)]
        }
    }

    /// The value, and where it comes from unless that is the topic.
    static func shown(_ name: String, _ state: SettingState) -> String {
        let value = state.value.map { TopicSettingCatalogue.human(name, $0) } ?? "hidden"
        return state.source == .dynamicTopic ? value : "\(value) (\(state.source.rawValue))"
    }

    var cells: [TextTable.Cell] {
        [
            .text(field), TextTable.Cell(text: (from ?? "").printable, raw: (rawFrom ?? from ?? "").printable),
            TextTable.Cell(text: to.printable, raw: (rawTo ?? to).printable),
        ]
    }
}

extension String {
    /// Without characters that steer a terminal, but with its line end.
    fileprivate var asOneLine: String { hasSuffix("\n") ? String(dropLast()).printable + "\n" : printable }
}
