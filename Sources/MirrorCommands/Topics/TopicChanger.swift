// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TopicPlanning
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Text

/// Shows the changes, checks that their risks are agreed to, performs them, and reports the outcome.
struct TopicChanger {
    static let dryRun = Flag(
        "dry-run", short: "n", "show what would change, and let the brokers check it, without changing anything")
    static let allow = Flag(
        "allow", .words("CLASS,…", RiskClass.allCases.map(\.rawValue)), isRepeatable: true,
        "classes of risk that are agreed to, such as reduce-retention,add-partitions")
    static let execute = Flag("execute", "change what --regex shows; without it nothing is changed")

    let invocation: Invocation
    let context: CommandContext
    let clusters: [OpenCluster]
    var isDryRun: Bool
    /// What to write to have it done, when it is only shown.
    var next: String?
    private var isShown = false

    init(_ invocation: Invocation, _ context: CommandContext, _ clusters: [OpenCluster]) {
        self.invocation = invocation
        self.context = context
        self.clusters = clusters
        isDryRun = invocation.has(Self.dryRun)
    }

    private var names: [String] { clusters.map(\.name) }

    /// Shows what would change, before it is asked whether it may be.
    mutating func show(_ plans: [ClusterTopicPlan]) {
        isShown = true
        context.say(planText(plans, on: context.diagnostics), invocation)
    }

    /// What to say instead of how to go on, where a pattern has found nothing to do.
    static func nothing(in plans: [ClusterTopicPlan]) -> String? {
        guard plans.allSatisfy(\.isEmpty) else { return nil }
        let isMatched = plans.contains { !$0.entries.isEmpty || $0.unchanged > 0 }
        return isMatched ? "Nothing to change." : "No topic matches."
    }

    private func planText(_ plans: [ClusterTopicPlan], on stream: any TextOutput) -> String {
        PlanText(plans: plans, names: names, isColored: context.paints(invocation, on: stream)).text
    }

    static func allowance(_ invocation: Invocation) throws(CommandFailure) -> RiskAllowance {
        do throws(UnitProblem) {
            return try RiskAllowance(invocation.all(allow).joined(separator: ","))
        } catch {
            throw .usage("--allow: \(error.reason)")
        }
    }

    /// - Parameters:
    ///   - plans: what is to be done, one for each cluster.
    ///   - planned: the same as they were saved.
    func run(
        _ plans: [ClusterTopicPlan], planned: [ClusterTopicPlan]? = nil, allowing allowance: RiskAllowance
    ) async throws -> ExitStatus {
        let plan = try PlanReport.json(plans, at: context.milliseconds())
        var report = Report(
            kind: invocation.command.kind ?? "TopicChanges",
            data: ["dry_run": .bool(isDryRun), "plan": plan, "results": .null])
        report.failures = PlanReport.obstacles(plans, names)
        report.failuresAreInTables = true
        if isDryRun {
            report.failures += await validate(plans)
            report.failuresAreInTables = false
            report.text = planText(plans, on: context.output) + (next.map { $0 + "\n" } ?? "")
            report.tables = [PlanReport.table(plans, names)]
            if !report.failures.isEmpty { report.status = .failed }
            // Asked for by name, a dry run ends as the run itself would.
            let refused = invocation.has(Self.dryRun) ? refusals(plans, allowance) : []
            report.failures += refused
            if !refused.isEmpty { report.status = .refused }
            return try context.print(report, for: invocation)
        }
        if !isShown { context.say(planText(plans, on: context.diagnostics), invocation) }
        let refused = refusals(plans, allowance)
        guard refused.isEmpty else {
            report.failures = refused
            report.failuresAreInTables = false
            report.status = .refused
            return try context.print(report, for: invocation)
        }
        let progress = await TopicApplier(clusters.map(\.observer)).apply(plans, planned: planned)
        // Whoever was shown the plan has read what cannot be done.
        if invocation.isQuiet { for failure in report.failures { context.complain(failure) } }
        PlanReport.add(progress, names, to: &report)
        return try context.print(report, for: invocation)
    }

    /// The brokers' own opinion, in their words.
    private func validate(_ plans: [ClusterTopicPlan]) async -> [CommandFailure] {
        let applier = TopicApplier(clusters.map(\.observer))
        return await applier.validate(plans).map { operation, reason in
            CommandFailure(
                .failed, code: "REFUSED",
                "\(operation.kind.rawValue) \(operation.topic) on \(names[operation.cluster]): \(reason)",
                resource: operation.topic.rawValue)
        }
    }

    private func refusals(_ plans: [ClusterTopicPlan], _ allowance: RiskAllowance) -> [CommandFailure] {
        let missing = PlanText.allowance(for: plans)
        return zip(plans, names).flatMap { plan, name in
            plan.refusals(allowing: allowance).map { topic, risk in
                CommandFailure(
                    .refused, code: "RISK_NOT_ALLOWED",
                    "\(topic) on \(name): \(risk.riskClass.rawValue): \(risk.sentence)", resource: topic.rawValue,
                    hint: "nothing was changed; --allow \(missing ?? risk.riskClass.rawValue) agrees")
            }
        }
    }
}

/// Settings on the command line: `retention.ms=7d`, in human units or as brokers have them.
enum SettingText {
    /// For completion; brokers may know more.
    private static let names = TopicSettingCatalogue.settings.map(\.name).sorted()

    static let setting = Flag(
        "setting", short: "s", .settingOf(names), isRepeatable: true,
        "a setting of the topic, such as retention.ms=7d or max.message.bytes=2MiB; can be repeated")
    static let unset = Flag(
        "unset", .words("NAME,…", names), isRepeatable: true,
        "settings that the topic shall have no value of its own for")

    /// Raw values by setting.
    static func settings(_ invocation: Invocation) throws(CommandFailure) -> [String: String] {
        var settings: [String: String] = [:]
        for text in invocation.all(setting) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let (name, value) = (parts[0], parts.count > 1 ? parts[1] : "")
            try check(name)
            guard settings[name] == nil else { throw .usage("--setting: \(name) is given twice") }
            guard let known = TopicSettingCatalogue.setting(named: name) else {
                settings[name] = value
                continue
            }
            do throws(UnitProblem) { settings[name] = try known.raw(value) } catch {
                throw .usage("--setting: \(error.reason)")
            }
        }
        return settings
    }

    static func unset(_ invocation: Invocation) throws(CommandFailure) -> Set<String> {
        let names = invocation.all(unset).flatMap { $0.split(separator: ",") }.map { String($0.trimmed) }
        for name in names { try check(name) }
        return Set(names)
    }

    /// What looks like a slip is one; other names are left to the brokers, which may know more.
    private static func check(_ name: String) throws(CommandFailure) {
        guard TopicSettingCatalogue.setting(named: name) == nil else { return }
        switch name {
        case "replication-factor", "replication.factor":
            throw .usage(
                "the replication factor is no setting",
                hint: "create takes --replication-factor; kafka-reassign-partitions.sh changes it")
        case "partitions", "num.partitions": throw .usage("\(name) is no setting", hint: "--partitions takes it")
        default: break
        }
        if let near = TopicSettingCatalogue.nearestName(to: name) {
            throw .usage("topics have no setting '\(name)'", hint: "did you mean \(near)?")
        }
        guard name.contains(".") else {
            throw .usage("topics have no setting '\(name)'", hint: "docs/topics-as-code.md lists them")
        }
    }
}
