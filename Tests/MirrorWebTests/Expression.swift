// SPDX-License-Identifier: Apache-2.0
import Foundation
import Telemetry
import Testing

@testable import MirrorWeb

/// What an expression of PromQL names, as far as it is about Tern: read by its words, not parsed. That it can be parsed is
/// promtool's to say.
struct Expression {
    struct Named: Equatable {
        let metric: String
        /// The labels of the braces behind it.
        let labels: [String]
    }
    /// In their order, `_bucket` and the like included.
    var metrics: [Named] = []
    /// The labels of `by`, `without`, `on`, `ignoring`.
    var grouping: [String] = []

    init(_ text: String) {
        var tokens = text.matches(of: /"(?:[^"\\]|\\.)*"|[A-Za-z_:][A-Za-z0-9_:]*|\S/).map { String($0.output) }[...]
        while let token = tokens.popFirst() {
            if ["by", "without", "on", "ignoring", "group_left", "group_right"].contains(token), tokens.first == "(" {
                grouping += tokens.prefix { $0 != ")" }.filter(Self.isName)
                tokens = tokens.drop { $0 != ")" }
            } else if Self.isMetric(token) {
                var labels: [String] = []
                if tokens.first == "{" {
                    let braces = Array(tokens.prefix { $0 != "}" })
                    for (name, sign) in zip(braces, braces.dropFirst()) where "=!".contains(sign) && Self.isName(name) {
                        labels.append(name)
                    }
                    tokens = tokens.drop { $0 != "}" }
                }
                metrics.append(Named(metric: token, labels: labels))
            }
        }
    }

    private static func isName(_ token: String) -> Bool { token.first.map { $0.isLetter || $0 == "_" } ?? false }
    private static func isMetric(_ token: String) -> Bool {
        token.hasPrefix("tern_") || token.hasPrefix("process_") || token.contains(":")
    }

    /// Labels that a scrape adds. What Tern itself calls `job` is `exported_job` then.
    private static let ofScrape: Set<String> = ["job", "instance"]

    /// The labels of a metric of the catalogue, as Prometheus has them; `nil` where there is no such metric.
    private static func labels(of name: String) -> Set<String>? {
        for suffix in ["", "_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            guard let metric = MetricCatalogue.all.first(where: { $0.descriptor.name == base }),
                suffix.isEmpty == (metric.descriptor.kind != .histogram)
            else { continue }
            let own = metric.descriptor.labels.map { $0 == "job" ? "exported_job" : $0 }
            return Set(own).union(ofScrape).union(suffix == "_bucket" ? ["le"] : [])
        }
        return nil
    }

    /// Every label that its metrics have.
    /// - Parameter recorded: the rules that record, by name.
    func labels(recorded: [String: Expression]) -> Set<String> {
        metrics.reduce(into: Self.ofScrape) { labels, named in
            labels.formUnion(
                Self.labels(of: named.metric) ?? recorded[named.metric]?.labels(recorded: recorded) ?? [])
        }
    }

    /// One line for each name that is not in the catalogue, nor among the rules that record.
    func problems(recorded: [String: Expression]) -> [String] {
        var problems: [String] = []
        for named in metrics {
            guard let known = Self.labels(of: named.metric) ?? recorded[named.metric]?.labels(recorded: recorded) else {
                problems.append("there is no metric \(named.metric)")
                continue
            }
            for label in named.labels where !known.contains(label) {
                problems.append("\(named.metric) has no label \(label)")
            }
        }
        let known = labels(recorded: recorded)
        for label in grouping where !known.contains(label) { problems.append("no metric here has a label \(label)") }
        return problems
    }
}

/// A rule of a file of rules: what the tests ask of it.
struct PrometheusRule {
    var alert: String?
    var record: String?
    var expression = ""
    var annotations = ""

    /// The rules of `config/prometheus/NAME`, whose form is that of the files here: a rule begins with `- alert:` or `- record:`,
    /// and what is folded is further in.
    static func rules(_ name: String) throws -> [PrometheusRule] {
        var rules: [PrometheusRule] = []
        var folded: (indent: Int, isExpression: Bool)?
        for line in try Repository.text("config/prometheus/" + name).split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let text = String(line.dropFirst(indent))
            guard !text.hasPrefix("#") else { continue }
            if let open = folded, indent > open.indent {
                if open.isExpression { rules[rules.count - 1].expression += " " + text }
                if !open.isExpression { rules[rules.count - 1].annotations += " " + text }
                continue
            }
            folded = nil
            func value(_ key: String) -> String? {
                text.hasPrefix(key) ? String(text.dropFirst(key.count)).trimmingCharacters(in: .whitespaces) : nil
            }
            if let name = value("- alert:") { rules.append(PrometheusRule(alert: name)) }
            if let name = value("- record:") { rules.append(PrometheusRule(record: name)) }
            guard !rules.isEmpty else { continue }
            if let expression = value("expr:") {
                if expression == ">-" {
                    folded = (indent, true)
                } else {
                    rules[rules.count - 1].expression = expression
                }
            }
            for key in ["summary:", "description:", "runbook_url:"] {
                guard let annotation = value(key) else { continue }
                if annotation == ">-" { folded = (indent, false) }
                rules[rules.count - 1].annotations += "\n" + key + annotation
            }
        }
        return rules
    }

    static let files = ["alerts.yaml", "slo.yaml"]

    static func all() throws -> [PrometheusRule] { try files.flatMap(rules) }

    /// The rules that record, by name.
    static func recorded() throws -> [String: Expression] {
        Dictionary(
            uniqueKeysWithValues: try all().compactMap { rule in rule.record.map { ($0, Expression(rule.expression)) } }
        )
    }

    /// The labels that its annotations print.
    var printedLabels: [String] {
        annotations.components(separatedBy: "$labels.").dropFirst().map { rest in
            String(rest.prefix { $0.isLetter || $0 == "_" })
        }
    }
}
