// SPDX-License-Identifier: Apache-2.0
internal import MirrorEngine
internal import Text
internal import KafkaTypes
internal import Mirroring
internal import TernAPI
internal import TernConfiguration

/// What a run would do, in which order, at what cost.
struct FailoverPlanText {
    private let look: FailoverAssessment
    private let options: FailoverRunner.Options
    private let late: LateWritesCount.Answer?

    init(_ look: FailoverAssessment, _ options: FailoverRunner.Options, _ late: LateWritesCount.Answer?) {
        self.look = look
        self.options = options
        self.late = late
    }

    static func heading(_ name: FlowName, _ options: FailoverRunner.Options) -> String {
        "\(options.direction == "failback" ? "Failback" : "Failover") \(name), \(options.mode.rawValue)"
    }

    var text: String {
        var text = Self.heading(look.scene.flow.name, options) + ":\n\n"
        for (index, step) in options.mode.steps.enumerated() {
            let name = step.rawValue
            let padding = String(repeating: " ", count: max(1, 14 - name.count))
            text += "  \(index + 1)  \(name)\(padding)\(words(of: step))\n"
        }
        let left = look.facts.groups.filter { $0.state == .active || !$0.isMovable || $0.isUsedOnSource }
        for move in left.prefix(10) {
            text +=
                "\n  \(move.id.rawValue.printable): \((move.advice(on: look.scene.flow.name.source) ?? "").printable)"
        }
        if left.count > 10 { text += "\n  and \(left.count - 10) more groups" }
        if !left.isEmpty { text += "\n" }
        if let late { text += "\n" + late.text(look.scene.flow.name.target) + "\n" }
        return text + "\nNow: " + FailoverCheckText(look).verdict.printable + "\n"
    }

    private func words(of step: FailoverProcedure.Step) -> String {
        let name = look.scene.flow.name
        let limit = "\(options.limit.text) at most"
        switch step {
        case .check:
            return options.mode == .planned
                ? "both clusters answer, the topics can be written on \(name.target), the places of copies can be read"
                : "\(name.target) answers, its topics can be written, the places of copies can be read"
        case .sourceStill:
            return
                "producers on \(name.source) have stopped: its logs stand still for \(options.window.text) (\(limit))"
        case .copied:
            return "everything is on \(name.target); missing now: \(FailoverCheckText.words(of: look.loss)) (\(limit))"
        case .groups:
            let groups = look.facts.groups
            let moving = groups.filter { !$0.writes.isEmpty }
            let again = moving.map(\.readAgain)
            let cost =
                again.contains(nil)
                ? "some records are read again"
                : "\(NumberText.grouped(again.compactMap(\.self).saturatedSum)) records are read again"
            return "offsets of \(moving.count) of \(NumberText.counted(groups.count, "group")) are written on "
                + "\(name.target), as things are now; \(cost)"
        case .verify: return "they are read back"
        }
    }
}
