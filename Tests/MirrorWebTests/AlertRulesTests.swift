// SPDX-License-Identifier: Apache-2.0
@testable import MirrorWeb
import Foundation
import Mirroring
import Telemetry
import Testing

@Suite struct `The alert rules` {
    @Test(.enabled(if: Promtool.path != nil, Promtool.missing))
    func `pass promtool and their own unit tests`() throws {
        let folder = Repository.root.appendingPathComponent("config/prometheus").path
        let check = try Promtool.run(["check", "rules"] + PrometheusRule.files.map { folder + "/" + $0 })
        #expect(check.code == 0, "\(check.output)")
        for file in ["alerts.test.yaml", "states.test.yaml", "slo.test.yaml"] {
            let tests = try Promtool.run(["test", "rules", folder + "/" + file])
            #expect(tests.code == 0, "\(tests.output)")
        }
    }

    @Test func `use metrics and labels that exist`() throws {
        let (rules, recorded) = (try PrometheusRule.all(), try PrometheusRule.recorded())
        #expect(rules.count > 40)
        for rule in rules {
            let expression = Expression(rule.expression)
            let name = rule.alert ?? rule.record ?? ""
            #expect(!expression.metrics.isEmpty || rule.alert == "TernDown", "\(name) asks for nothing of Tern's")
            #expect(expression.problems(recorded: recorded) == [], "\(name)")
            let labels = expression.labels(recorded: recorded)
            for label in rule.printedLabels { #expect(labels.contains(label), "\(name) prints \(label)") }
        }
    }

    @Test func `say which name is wrong`() {
        let expression = Expression(
            #"sum by (topik) (rate(tern_lag_record{topic="a"}[5m])) > tern_lag_seconds{group="x"}"#)
        #expect(
            expression.problems(recorded: [:]) == [
                "there is no metric tern_lag_record", "tern_lag_seconds has no label group",
                "no metric here has a label topik",
            ])
    }

    @Test func `have an own unit test each`() throws {
        let tests = try ["alerts.test.yaml", "states.test.yaml", "slo.test.yaml"]
            .map { try Repository.text("config/prometheus/" + $0) }.joined()
        // Of a counter that grows, or a series that is 0 or gone: what is left to test is Prometheus.
        let plain = [
            "TernDown", "TernAbsent", "TernAuthFailures", "TernProgressNotWritten", "TernLaneRestarts",
            "TernRegionUnhealthy",
        ]
        for alert in try PrometheusRule.all().compactMap(\.alert) where !plain.contains(alert) {
            let fires = tests.contains("alertname: \(alert)\n        exp_alerts:\n          - exp_labels")
            #expect(fires, "no unit test has \(alert) fire")
        }
    }

    @Test func `have a section of the runbook each, which their page links to, and no section is without an alert`()
        throws
    {
        let rules = try PrometheusRule.all().filter { $0.alert != nil }
        let alerts = rules.compactMap(\.alert)
        let links = rules.map { rule in
            rule.annotations.split(separator: "\n").first { $0.hasPrefix("runbook_url:") }.map {
                String($0.dropFirst("runbook_url:".count))
            }
        }
        let runbook = try Repository.text("docs/runbook.md")
        let sections = runbook.split(separator: "\n").filter { $0.hasPrefix("## Tern") }.map { String($0.dropFirst(3)) }
        #expect(alerts == sections)
        // Anchors are the headings in small letters.
        #expect(links == alerts.map { "docs/runbook.md#" + $0.lowercased() })
        for state in PartitionStateWord.allCases where !state.alerts.isEmpty {
            #expect(runbook.contains("`\(state.rawValue)`"), "\(state.rawValue)")
        }
    }

    @Test func `have one for each state in which a person has to do something`() throws {
        let known = Set(try PrometheusRule.all().compactMap(\.alert))
        let wanted =
            PartitionStateWord.allCases.map { ("\($0)", $0.alerts) } + FlowState.allCases.map { ("\($0)", $0.alerts) }
            + GroupStatus.State.allCases.map { ("\($0)", $0.alerts) }
        for (state, alerts) in wanted {
            for alert in alerts { #expect(known.contains(alert), "\(state) wants \(alert)") }
        }
        // The metric by whose label an alert knows the state has a series for each.
        let page = WebBench(Fixture.rich).get("/metrics").text
        for state in PartitionStateWord.allCases where state.alerts.contains("TernPartitionStopped") {
            #expect(page.contains(#"tern_stopped_partitions{source="eu",target="us",state="\#(state.rawValue)"}"#))
        }
    }
}

// Without defaults: whoever adds a state is asked which alert brings a person to it.

extension PartitionStateWord {
    fileprivate var alerts: [String] {
        switch self {
        case .ok, .empty: []
        case .catchingUp, .fallingBehind: ["TernLagTimeHigh", "TernLagTimeCritical"]
        case .stalled: ["TernPartitionStalled"]
        case .held: ["TernRecordsHeld"]
        case .unknown: ["TernLagUnknown"]
        case .lostData: ["TernPartitionStopped", "TernDataLoss", "TernLossOpen"]
        case .rewound, .sourceMissing, .targetReset, .refused, .stopped: ["TernPartitionStopped"]
        case .paused: ["TernPartitionsPausedLong"]
        }
    }
}

extension FlowState {
    fileprivate var alerts: [String] {
        switch self {
        case .running: []
        case .starting, .failed: ["TernFlowNotRunning"]
        case .degraded: ["TernFlowDegraded"]
        case .paused: ["TernFlowPausedLong"]
        }
    }
}

extension GroupStatus.State {
    fileprivate var alerts: [String] {
        switch self {
        // Consumers on the target go on by their own offsets; who is ahead waits for copies, which is lag.
        case .ready, .active, .ahead: []
        case .unmapped, .failed: ["TernGroupsNotTranslated"]
        }
    }
}
