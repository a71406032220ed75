// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Platform
internal import Synchronization
internal import TernAPI
internal import TernConfiguration

/// Performs a drill step by step, and keeps its report.
struct DrillRunner {
    struct Options: Sendable {
        var records: Int
        var rate: Int
        var limit: Duration
        var order: ControlOrder
    }

    /// Why a step did not get done.
    private struct Obstacle: Error { let reason: String }

    private let site: DrillSite
    private let flow: FlowConfiguration
    private let groups: [GroupID]
    private let options: Options
    private let context: CommandContext
    private let file: ReportFile
    private let stop: StopFlag
    private let say: @Sendable (String) -> Void
    private(set) var report: FailoverDrillReport
    private var writer: DrillWriter?
    /// There is something to delete.
    private var hasBegun = false
    private var positions: [GroupID: [Int32: Int64]] = [:]
    /// Source offsets that were copied when the source counted as lost.
    private var copied: [Int32: Int64] = [:]
    private var lostAt = ContinuousClock.now

    init(
        _ site: DrillSite, _ flow: FlowConfiguration, _ groups: [GroupID], _ options: Options,
        _ report: FailoverDrillReport, _ file: ReportFile, _ stop: StopFlag, _ context: CommandContext,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.site = site
        self.flow = flow
        self.groups = groups
        self.options = options
        self.report = report
        self.file = file
        self.stop = stop
        self.context = context
        self.say = say
        self.report.steps = DrillStep.allCases.map { .init(step: $0.rawValue, state: "pending") }
    }

    /// Goes through all steps; the last one is done whatever became of the others.
    mutating func run() async throws -> FailoverDrillReport {
        for step in DrillStep.allCases where step != .clean && report.failure == nil { try await perform(step) }
        _ = try? await writer?.end()
        try await perform(.clean)
        report.endedAt = DateTime(milliseconds: context.milliseconds())
        let isExact = report.groups.allSatisfy { $0.missedRecords == 0 && $0.readAgainRecords == 0 }
        report.isSuccessful = report.failure == nil && isExact && report.groups.count == groups.count
        try save()
        return report
    }

    private func save() throws { try file.save(report, text: DrillText(report).text) }

    private mutating func perform(_ step: DrillStep) async throws {
        guard let index = report.steps.firstIndex(where: { $0.step == step.rawValue }) else { return }
        let began = context.milliseconds()
        report.steps[index].state = "running"
        report.steps[index].startedAt = DateTime(milliseconds: began)
        try save()
        do {
            let outcome = try await outcome(of: step)
            report.steps[index].state = "done"
            report.steps[index].outcome = outcome
            say("\(step.rawValue): \(outcome)")
        } catch {
            let reason = (error as? Obstacle)?.reason ?? "\(error)"
            report.steps[index].state = "failed"
            report.steps[index].outcome = reason
            report.failure = report.failure ?? "\(step.rawValue): \(reason)"
            say("\(step.rawValue): \(reason)")
        }
        let ended = context.milliseconds()
        report.steps[index].endedAt = DateTime(milliseconds: ended)
        report.steps[index].seconds = Double(max(0, ended - began)) / 1000
        try save()
    }

    private mutating func outcome(of step: DrillStep) async throws -> String {
        if step != .clean, stop.isRaised { throw Obstacle(reason: "it was interrupted") }
        switch step {
        case .prepare: return try await prepare()
        case .copied: return try await waitForCopies()
        case .groups: return try await placeGroups()
        case .move: return try await move()
        case .read: return try await read()
        case .clean: return try await clean()
        }
    }

    /// Waits until something holds, for as long as the limit says.
    private func wait(for what: String, _ question: () async throws -> Bool) async throws {
        let began = ContinuousClock.now
        while try await !question() {
            guard !stop.isRaised else { throw Obstacle(reason: "it was interrupted") }
            guard ContinuousClock.now - began < options.limit else {
                throw Obstacle(reason: "\(what) did not come within \(options.limit.text)")
            }
            try await ContinuousClock().sleep(for: .milliseconds(250))
        }
    }

    // MARK: steps

    private mutating func prepare() async throws -> String {
        guard try await site.hasDaemon() else {
            throw Obstacle(reason: "no daemon carries \(flow.name): nothing would be copied")
        }
        let left = try await site.leftBehind()
        if !left.isEmpty {
            report.notes.append(
                "an earlier drill was killed, or runs now: \(left.map(\.rawValue).joined(separator: ", ")); "
                    + "tern failover drill --clean deletes what it left")
        }
        hasBegun = true
        try await site.prepare(options.order)
        writer = site.writer(perSecond: options.rate, first: options.records)
        return "\(site.topic) on \(flow.name.source), \(options.records) records and \(options.rate) more each second"
    }

    private func waitForCopies() async throws -> String {
        let wanted = Int64(options.records / Int(site.partitions))
        let (site, flow) = (site, flow)
        try await wait(for: "the copy of \(site.topic) on \(flow.name.target)") {
            let facts = await site.probe.look(.init(asksSource: true, groups: false, settings: false, ages: false))
            return facts.copies.count == Int(site.partitions)
                && facts.copies.values.allSatisfy { $0.next ?? 0 >= wanted }
        }
        return "\(site.copy) on \(flow.name.target) has what was written first"
    }

    private mutating func placeGroups() async throws -> String {
        let most = Int64(options.records / Int(site.partitions))
        for group in groups {
            var offsets: [TopicPartition: GroupOffset] = [:]
            for partition in 0..<site.partitions {
                let position = Int64.random(in: 0...most)
                positions[group, default: [:]][partition] = position
                offsets[TopicPartition(site.topic, partition)] = GroupOffset(position)
            }
            try await site.commit(offsets, for: group)
        }
        let (site, count) = (site, groups.count)
        try await wait(for: "an exact translation of all \(count) groups") {
            let facts = await site.probe.look(.init(asksSource: true, groups: true, settings: false, ages: false))
            return facts.groups.count == count && facts.groups.allSatisfy { $0.state == .ready }
        }
        return "\(NumberText.counted(count, "shadow group")) at known positions, all of them translated"
    }

    private mutating func move() async throws -> String {
        report.writtenRecords = try await writer?.end()
        writer = nil
        lostAt = .now
        // What the source has and the target has not would be lost now.
        let facts = await site.probe.look(.init(asksSource: true, groups: true, settings: false))
        if let problem = facts.targetProblem ?? facts.sourceProblem { throw Obstacle(reason: problem.reason) }
        if let problem = facts.rowProblem { throw Obstacle(reason: problem) }
        for (place, copy) in facts.copies { copied[place.partition] = copy.position ?? 0 }
        let loss = CopyLoss(facts.gaps(now: context.milliseconds()), now: context.milliseconds())
        (report.rpoRecords, report.rpoSeconds) = (loss.records, loss.seconds)
        report.copiedRecords = copied.values.reduce(0, +)
        let refused = await site.probe.write(facts.groups)
        if let (group, reason) = refused.min(by: { $0.key < $1.key }) { throw Obstacle(reason: "\(group): \(reason)") }
        let missing = await site.probe.verify(facts.groups)
        if let (group, reason) = missing.min(by: { $0.key < $1.key }) { throw Obstacle(reason: "\(group): \(reason)") }
        return
            "offsets of \(NumberText.counted(facts.groups.count, "shadow group")) written on \(flow.name.target) and read back"
    }

    private mutating func read() async throws -> String {
        let (site, lostAt) = (site, lostAt)
        let readings = try await withThrowingTaskGroup(
            of: (GroupID, [Int32: [Int64]], Double).self
        ) { tasks in
            for group in groups {
                tasks.addTask {
                    let first = Mutex<Double?>(nil)
                    let numbers = try await site.read(group) {
                        let seconds = (ContinuousClock.now - lostAt) / .seconds(1)
                        first.withLock { $0 = $0 ?? seconds }
                    }
                    return (group, numbers, first.withLock { $0 } ?? 0)
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        for (id, numbers, seconds) in readings.sorted(by: { $0.0 < $1.0 }) {
            let tally = DrillTally(positions: positions[id] ?? [:], copied: copied, numbers: numbers)
            var group = FailoverDrillReport.Group(id: id.rawValue)
            (group.expectedRecords, group.readRecords) = (tally.expected, tally.read)
            (group.readAgainRecords, group.missedRecords) = (tally.readAgain, tally.missed)
            (group.repeatedRecords, group.firstRecordSeconds) = (tally.repeated, seconds)
            report.groups.append(group)
        }
        report.rtoSeconds = report.groups.compactMap(\.firstRecordSeconds).max()
        let (again, missed) = report.groups.reduce((0, 0)) { ($0.0 + $1.readAgainRecords, $0.1 + $1.missedRecords) }
        return
            "\(NumberText.counted(groups.count, "shadow consumer")) read on: \(again) records again, \(missed) missed"
    }

    private mutating func clean() async throws -> String {
        guard hasBegun else { return "nothing was made" }
        let problems = await site.clean(site.topic)
        guard problems.isEmpty else {
            report.notes += problems
            throw Obstacle(reason: "\(problems[0]); tern failover drill --clean tries again")
        }
        return "its topics, groups and rows are deleted"
    }
}
