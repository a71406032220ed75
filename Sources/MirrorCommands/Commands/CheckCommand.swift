// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import Kafka
internal import KafkaTypes

enum CheckCommand {
    static let offline = Flag("offline", "check the file alone: connect to nothing")

    static let command = Command(
        path: ["check"],
        summary: "find what is wrong with a properties file, its clusters and its permissions",
        discussion: [
            "Reads the whole file and reports all its problems; asks librdkafka about every setting that it receives; then "
                + "connects to every cluster, compares their ids, lists what each flow would mirror, and tries its "
                + "operations as far as that changes nothing: it reads the end of each topic, validates creations and additions "
                + "of partitions, and describes settings and groups.",
            "It does not try to write, which would leave a trace: a missing Write on the target's topics, or on the group "
                + "that shows the progress on the source, goes unnoticed. Topics that may not be described are invisible to it.",
        ],
        arguments: [ConfigurationFile.argument],
        flags: Flag.configuration + [.clusters, offline, .timeout] + Flag.tabular,
        examples: [
            .init(purpose: "before the first start", line: "tern check mirror.properties"),
            .init(
                purpose: "in a pipeline that cannot reach the clusters",
                line: "tern check mirror.properties --offline -o json"),
        ],
        statuses: [
            (.done, "nothing wrong, warnings aside"),
            (.failed, "a cluster cannot be reached, or refuses something needed"),
            (.usage, "the file is wrong, or two of its aliases are one cluster"),
        ],
        kind: "CheckReport",
        body: { invocation, context in
            let file = try ConfigurationFile(invocation, context)
            return try context.print(await report(file, invocation, context), for: invocation)
        })

    private static func report(
        _ file: ConfigurationFile, _ invocation: Invocation, _ context: CommandContext
    ) async -> Report {
        var result = CheckResult(findings: file.loaded.problems.map(CheckFinding.init))
        guard let configuration = file.loaded.configuration else { return CheckReport(file.path, result, nil).report }
        result.findings += WebInspection.findings(
            configuration.http, file: file.path, readFile: context.readFile)
        result.findings += WebInspection.findings(
            configuration.dashboard, file: file.path, readFile: context.readFile)
        let checker = Checker(
            file: file.path, configuration: configuration, timeout: invocation.duration(.timeout) ?? .seconds(10))
        let refused = await checker.properties()
        result.findings += refused
        if refused.allSatisfy({ $0.severity != .error }), !invocation.has(offline) {
            result.findings += CheckFinding.findings(ofLibrary: Clients.libraryVersion)
            do throws(KafkaError) {
                let connected = try await checker.connect()
                result.findings += connected.findings
                result.clusters = connected.clusters
                result.flows = connected.flows
            } catch {
                result.findings.append(
                    CheckFinding(.error, at: file.path, code: error.code.name, "\(error)", status: .usage))
            }
        } else {
            let aliases = Set(configuration.clusters.map(\.alias))
            result.flows = configuration.flows.map { FlowInspection($0, aliases: aliases) }
        }
        return CheckReport(file.path, result, configuration).report
    }
}
