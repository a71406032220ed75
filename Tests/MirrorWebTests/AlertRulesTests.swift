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
        let check = try Promtool.run(["check", "rules", folder + "/alerts.yaml"])
        #expect(check.code == 0, "\(check.output)")
        let tests = try Promtool.run(["test", "rules", folder + "/alerts.test.yaml"])
        #expect(tests.code == 0, "\(tests.output)")
    }

    @Test func `use metrics that exist`() throws {
        let known = Set(MetricCatalogue.all.map(\.descriptor.name))
        var used = 0
        for line in try Repository.text("config/prometheus/alerts.yaml").split(separator: "\n") {
            let text = line.drop { $0 == " " }
            guard !text.hasPrefix("#"), !text.hasPrefix("- record"), !text.hasPrefix("summary"),
                !text.hasPrefix("description")
            else { continue }
            let names = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
            for name in names where name.hasPrefix("tern_") {
                used += 1
                let base = name.hasSuffix("_bucket") ? name.dropLast("_bucket".count) : name
                #expect(known.contains(String(base)), "\(name)")
            }
        }
        #expect(used > 20)
    }

    @Test func `have a section of the runbook each, which their page links to, and no section is without an alert`()
        throws
    {
        var (alerts, links): ([String], [String]) = ([], [])
        for line in try Repository.text("config/prometheus/alerts.yaml").split(separator: "\n") {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("- alert: ") { alerts.append(String(text.dropFirst("- alert: ".count))) }
            if text.hasPrefix("runbook_url: ") { links.append(String(text.dropFirst("runbook_url: ".count))) }
        }
        let runbook = try Repository.text("docs/runbook.md")
        let sections = runbook.split(separator: "\n").filter { $0.hasPrefix("## Tern") }.map { String($0.dropFirst(3)) }
        #expect(alerts == sections)
        // Anchors are the headings in small letters.
        #expect(links == alerts.map { "docs/runbook.md#" + $0.lowercased() })
        for state in PartitionStateWord.allCases where state.isForPeople {
            #expect(runbook.contains("`\(state.rawValue)`"), "\(state.rawValue)")
        }
    }
}

extension PartitionStateWord {
    /// Somebody may have to do something.
    fileprivate var isForPeople: Bool {
        switch self {
        case .ok, .empty: false
        default: true
        }
    }
}
