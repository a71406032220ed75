// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Platform
internal import TernAPI
internal import TernConfiguration
internal import Text

enum FailoverDrillCommand {
    private static let records = Flag(
        "records", .number("N"), preset: "10000", "records that are written before the loss")
    private static let rate = Flag(
        "rate", .number("N"), preset: "100", "records a second that are written until the loss")
    private static let groups = Flag("groups", .number("N"), preset: "5", "shadow groups that are moved")
    private static let partitions = Flag("partitions", .number("N"), preset: "3", "partitions of the drill's topic")
    private static let limit = Flag(
        "limit", .duration, preset: "2m", "how long copies, and translations, are waited for")
    private static let clean = Flag("clean", "delete what drills that were killed have left behind, and nothing else")

    static let command = Command(
        path: ["failover", "drill"],
        summary: "fail over shadow groups of a topic of its own, and measure recovery time and point",
        discussion: [
            "Makes a topic on the source, which the flow's daemons copy while the drill lasts, and shadow groups that have read some of "
                + "it. At a moment that counts as the loss of the source it stops writing, moves the groups, and has a consumer for "
                + "each read on at the target: it counts what these miss and read again, and measures how long that took (RTO) and what "
                + "was not copied (RPO). Then it deletes what it made, also when it fails or is interrupted.",
            "No topic and no group of an application is touched, and no hook runs. The report, JSON and text, is kept like that of "
                + "a failover.",
        ],
        arguments: [FailoverFamily.file],
        flags: [
            FailoverFamily.flow, records, rate, groups, partitions, limit, clean, FailoverFamily.report,
            ControlFlags.reason,
        ] + FailoverFamily.connection + FailoverFamily.tabular,
        examples: [
            .init(
                purpose: "every night", line: "tern failover drill /etc/tern/tern.properties --flow 'eu->us' --quiet"),
            .init(
                purpose: "after a drill was killed", line: "tern failover drill tern.properties --flow 'eu->us' --clean"
            ),
        ],
        statuses: [
            (.failed, "a step did not get done, a record was missed or read again, or something was left behind")
        ],
        kind: FailoverDrillReport.name, drainsOnSignals: true,
        body: { invocation, context in
            let scene = try FailoverScene(invocation, context)
            return try await FailoverDrill(scene, invocation, context).run()
        })

    /// A whole number within a range.
    private static func number(
        _ flag: Flag, _ invocation: Invocation, _ range: ClosedRange<Int>
    ) throws(CommandFailure) -> Int {
        let text = invocation[flag] ?? flag.preset ?? ""
        guard let number = Int(text), range.contains(number) else {
            throw .usage("--\(flag.name): '\(text)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One run of the command.
    struct FailoverDrill {
        private let scene: FailoverScene
        private let invocation: Invocation
        private let context: CommandContext

        init(_ scene: FailoverScene, _ invocation: Invocation, _ context: CommandContext) {
            self.scene = scene
            self.invocation = invocation
            self.context = context
        }

        func run() async throws -> ExitStatus {
            let stop = StopFlag()
            context.stopRequests?.onStop { stop.raise() }
            let partitions = try number(FailoverDrillCommand.partitions, invocation, 1...100)
            let records = try number(FailoverDrillCommand.records, invocation, partitions...10_000_000)
            let options = DrillRunner.Options(
                records: records, rate: try number(rate, invocation, 0...100_000),
                limit: invocation.duration(FailoverDrillCommand.limit) ?? .seconds(120),
                order: ControlFlags.order(invocation, context))
            let now = context.milliseconds()
            let stamp = UTCText.text(milliseconds: now).filter { $0.isLetter || $0.isNumber }
            let topic = TopicName(
                "\(DrillNames.prefix)\(stamp.lowercased())-\(String(UInt16.random(in: 0 ... .max), radix: 16))")
            let ids = (1...(try number(groups, invocation, 1...1000))).map { GroupID("\(topic)-\($0)") }
            let site: DrillSite
            do throws(KafkaError) {
                site = try DrillSite(
                    scene.flow, of: scene.configuration, topic: topic, groups: ids, partitions: Int32(partitions),
                    within: scene.timeout)
            } catch {
                throw CommandFailure(.usage, code: error.code.name, "flow \(scene.flow.name): \(error.reason)")
            }
            do {
                let status =
                    invocation.has(clean)
                    ? try await cleanUp(site)
                    : try await drill(
                        site, ids, options,
                        FailoverDrillReport(
                            source: scene.flow.name.source.rawValue, target: scene.flow.name.target.rawValue,
                            topic: topic.rawValue, startedAt: DateTime(milliseconds: now)), stop)
                await site.close()
                return status
            } catch {
                await site.close()
                throw error
            }
        }

        private func drill(
            _ site: DrillSite, _ ids: [GroupID], _ options: DrillRunner.Options, _ report: FailoverDrillReport,
            _ stop: StopFlag
        ) async throws -> ExitStatus {
            let file = try ReportFile(
                "drill", from: report.source, to: report.target, at: report.startedAt,
                in: FailoverRecorder.folder(invocation, context), context)
            context.say("Drill \(report.flowName)\nThe report is \(file.path)", invocation)
            var runner = DrillRunner(site, scene.flow, ids, options, report, file, stop, context) {
                [context, invocation] in context.say($0, invocation)
            }
            let result = try await runner.run()
            let text = DrillText(result)
            var printed = Report(kind: FailoverDrillReport.name, data: result.tree, tables: [text.groups, text.steps])
            printed.text = text.text
            if !result.isSuccessful {
                printed.status = .failed
                printed.failures = [
                    CommandFailure(
                        .failed, code: "DRILL_FAILED",
                        "the drill of \(result.flowName) failed: \(result.failure ?? "records were missed or read again")",
                        resource: result.flowName)
                ]
            }
            return try context.print(printed, for: invocation)
        }

        private func cleanUp(_ site: DrillSite) async throws -> ExitStatus {
            let left: [TopicName]
            do { left = try await site.leftBehind() } catch {
                throw CommandFailure(
                    .failed, code: "UNREACHABLE", "\(scene.flow.name.target) cannot be asked: \(error)")
            }
            var problems: [String] = []
            for topic in left { problems += await site.clean(topic) }
            var report = Report(
                kind: "FailoverDrillCleaning",
                data: [
                    "topics": .array(left.map { .string($0.rawValue) }),
                    "problems": .array(problems.map { .string($0) }),
                ])
            let lines = left.isEmpty ? ["No drill has left anything behind."] : left.map { "deleted: \($0)" }
            report.text = (lines + problems.map { "! \($0)" }).map { $0.printable + "\n" }.joined()
            if !problems.isEmpty { report.status = .failed }
            return try context.print(report, for: invocation)
        }
    }
}

/// A report of a drill, for people.
struct DrillText {
    private let report: FailoverDrillReport

    init(_ report: FailoverDrillReport) { self.report = report }

    var text: String {
        var text = "Drill \(report.flowName)\n"
        text += "began \(moment(report.startedAt))" + (report.endedAt.map { ", ended \(moment($0))" } ?? "") + "\n"
        text += "\n" + steps.text(.init()) + "\n" + outcome + "\n"
        if !report.groups.isEmpty { text += "\n" + groups.text(.init()) }
        for note in report.notes { text += "\nnote: \(note.printable)\n" }
        return text
    }

    private var outcome: String {
        guard report.endedAt != nil else { return "NOT DONE YET" }
        let rto = report.rtoSeconds.map { AgeText.age(seconds: $0) } ?? "unknown"
        let records = report.rpoRecords.map { NumberText.counted(Int($0), "record") } ?? "unknown records"
        let seconds = report.rpoSeconds.map { AgeText.age(seconds: $0) } ?? "unknown time"
        let figures = "RTO \(rto), RPO \(records), \(seconds)"
        if report.isSuccessful { return "PASSED. \(figures)" }
        return
            "FAILED\(report.failure.map { " at \($0.printable)" } ?? ": records were missed or read again"). \(figures)"
    }

    var steps: TextTable {
        TextTable(
            [.init("STEP"), .init("STATE"), .init("TOOK", .right), .init("OUTCOME", isSentence: true)],
            rows: report.steps.map { step in
                [
                    .text(step.step), .text(step.state, step.state == "failed" ? .bad : .plain),
                    .latency(seconds: step.seconds), .text(step.outcome),
                ]
            })
    }

    var groups: TextTable {
        TextTable(
            [
                .init("GROUP"), .init("EXPECTED", .right), .init("READ", .right), .init("READ-AGAIN", .right),
                .init("MISSED", .right), .init("FIRST-RECORD", .right),
            ],
            rows: report.groups.map { group in
                [
                    .text(group.id), .count(group.expectedRecords), .count(group.readRecords),
                    .count(group.readAgainRecords), .count(group.missedRecords),
                    .latency(seconds: group.firstRecordSeconds),
                ]
            })
    }

    private func moment(_ time: DateTime) -> String { UTCText.text(milliseconds: time.milliseconds) }
}
