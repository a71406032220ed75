// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Text

@testable import MirrorWeb

@Suite struct `The dashboard for Grafana` {
    private let document: JSONValue

    init() throws { document = try JSONValue(parsing: Array(try Repository.text("config/grafana/tern.json").utf8)) }

    private func member(_ name: String, of value: JSONValue) -> JSONValue? {
        guard case .object(let members) = value else { return nil }
        return members.first { $0.name == name }?.value
    }

    private func items(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let items)? = value else { return [] }
        return items
    }

    private func text(_ value: JSONValue?) -> String {
        guard case .string(let text)? = value else { return "" }
        return text
    }

    private var panels: [JSONValue] { items(member("panels", of: document)) }

    /// Each expression, with the panel that it is in.
    private var expressions: [(panel: String, text: String)] {
        panels.flatMap { panel in
            items(member("targets", of: panel)).map { (text(member("title", of: panel)), text(member("expr", of: $0))) }
        }
    }

    @Test func `asks for metrics and labels that exist`() throws {
        let recorded = try PrometheusRule.recorded()
        #expect(expressions.count > 40)
        for (panel, text) in expressions {
            let expression = Expression(text)
            #expect(!expression.metrics.isEmpty, "\(panel)")
            #expect(expression.problems(recorded: recorded) == [], "\(panel): \(text)")
        }
        let list = items(member("templating", of: document).flatMap { member("list", of: $0) })
        let queries = list.compactMap { member("definition", of: $0) }.map { text($0) }
        #expect(queries.count == 4)
        for query in queries { #expect(Expression(query).problems(recorded: recorded) == [], "\(query)") }
    }

    @Test(.enabled(if: Promtool.path != nil, Promtool.missing))
    func `asks in expressions that Prometheus can read`() throws {
        var rules = "groups:\n- name: dashboard\n  rules:\n"
        for (index, (_, text)) in expressions.enumerated() {
            let plain = text.replacingOccurrences(of: "$__rate_interval", with: "5m").replacingOccurrences(
                of: "$__range", with: "3h")
            rules += "  - record: panel_\(index)\n    expr: '\(plain)'\n"
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml")
        try Data(rules.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try Promtool.run(["check", "rules", file.path])
        #expect(result.code == 0, "\(result.output)")
    }

    @Test func `says in each legend labels that its expression has`() throws {
        let recorded = try PrometheusRule.recorded()
        for panel in panels {
            for target in items(member("targets", of: panel)) {
                let labels = Expression(text(member("expr", of: target))).labels(recorded: recorded)
                for part in text(member("legendFormat", of: target)).components(separatedBy: "{{").dropFirst() {
                    let label = String(part.prefix { $0 != "}" })
                    #expect(labels.contains(label), "\(text(member("title", of: panel))): \(label)")
                }
            }
        }
    }

    @Test func `shows every alert's matter in a row, and no two panels overlap`() throws {
        let rows = panels.filter { text(member("type", of: $0)) == "row" }.map { text(member("title", of: $0)) }
        #expect(
            rows == [
                "Overview", "Partitions that need attention", "Topics", "Consumer groups", "Losses and quarantine",
                "Traffic and cost", "Clusters", "Process",
            ])
        var taken: Set<[Int]> = []
        for panel in panels {
            let place = try #require(member("gridPos", of: panel))
            func number(_ name: String) throws -> Int {
                let text = member(name, of: place)?.compactText
                return try #require(text.flatMap { Int($0) })
            }
            let (x, y, w, h) = (try number("x"), try number("y"), try number("w"), try number("h"))
            #expect(x + w <= 24)
            for column in x..<(x + w) {
                for line in y..<(y + h) {
                    #expect(
                        taken.insert([column, line]).inserted, "\(text(member("title", of: panel))) overlaps another")
                }
            }
        }
        let identifiers = panels.compactMap { member("id", of: $0)?.compactText }
        #expect(Set(identifiers).count == panels.count)
    }

    @Test func `asks the data source that whoever imports it chooses`() {
        for panel in panels where text(member("type", of: panel)) != "row" {
            let source = member("datasource", of: panel).flatMap { member("uid", of: $0) }
            #expect(text(source) == "${datasource}", "\(text(member("title", of: panel)))")
        }
        #expect(text(member("uid", of: document)) == "tern")
    }
}
