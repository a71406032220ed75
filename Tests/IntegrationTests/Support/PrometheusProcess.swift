// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import Foundation
import KafkaTesting
import Platform
import Testing
import Text

/// A real Prometheus that scrapes a daemon and evaluates the shipped rules, once a second each.
final class PrometheusProcess: Sendable {
    /// An alert that is pending or firing.
    struct Alert: Sendable, Equatable {
        var labels: [String: String]
        var annotations: [String: String]
        var isFiring: Bool

        var name: String { labels["alertname"] ?? "" }
    }

    private let port: UInt16
    private let child: ChildProcess
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - scraped: the daemon's port.
    ///   - window: what stands for each window and each `for` of the rules, so that minutes are seconds.
    init(scraping scraped: UInt16, window: Int, in folder: TemporaryFolder) throws {
        let executable = try #require(program("prometheus"))
        port = try unusedPort()
        self.folder = folder
        var rules = try String(contentsOf: repositoryFile("config/prometheus/alerts.yaml"), encoding: .utf8)
        rules.replace(/\[\d+[mhd]\]/, with: "[\(window)s]")
        rules.replace(/for: \d+[mhd]/, with: "for: 1s")
        try folder.write("rules.yaml", rules)
        try folder.write(
            "prometheus.yaml",
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [rules.yaml]
            scrape_configs:
              - job_name: tern
                static_configs: [{targets: ["127.0.0.1:\(scraped)"]}]
              - job_name: mirror-maker-2
                metrics_path: /metrics/compat/mm2
                static_configs: [{targets: ["127.0.0.1:\(scraped)"]}]

            """)
        child = try ChildProcess(
            [
                executable, "--config.file=\(folder.path("prometheus.yaml"))",
                "--storage.tsdb.path=\(folder.path("data"))",
                "--web.listen-address=127.0.0.1:\(port)",
            ], output: folder.path("prometheus.log"), errors: folder.path("prometheus.log"))
    }

    var log: String { (try? folder.read("prometheus.log")).flatMap { $0 } ?? "" }

    /// Those of `/api/v1/alerts`; nil while it does not answer.
    func alerts() async -> [Alert]? {
        guard let answer = try? await get("/api/v1/alerts", of: port), answer.status == 200,
            let document = try? JSONValue(parsing: Array(answer.body.utf8)),
            case .array(let found)? = document["data"]?["alerts"]
        else { return nil }
        return found.map { alert in
            Alert(
                labels: alert["labels"]?.texts ?? [:], annotations: alert["annotations"]?.texts ?? [:],
                isFiring: alert["state"] == .string("firing"))
        }
    }

    /// The alerts of a name that fire; nil while it does not answer.
    func firing(_ name: String) async -> [Alert]? { await alerts()?.filter { $0.isFiring && $0.name == name } }

    /// The value of an expression that has one; nil while it has none.
    func value(of expression: String) async -> String? {
        let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        guard let answer = try? await get("/api/v1/query?query=\(query)", of: port), answer.status == 200,
            let document = try? JSONValue(parsing: Array(answer.body.utf8)),
            case .array(let found)? = document["data"]?["result"], found.count == 1,
            case .array(let sample)? = found[0]["value"], case .string(let value)? = sample.last
        else { return nil }
        return value
    }

    func kill() async {
        child.send(signal: SIGKILL)
        _ = try? await ThreadExecutor.shared.run { [child] () throws(any Error) in try child.wait(within: .seconds(20))
        }
    }
}

extension JSONValue {
    fileprivate subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The members that are texts.
    fileprivate var texts: [String: String] {
        guard case .object(let members) = self else { return [:] }
        return members.reduce(into: [:]) { texts, member in
            if case .string(let text) = member.value { texts[member.name] = text }
        }
    }
}
