// SPDX-License-Identifier: Apache-2.0
internal import TopicAdministration
internal import TernConfiguration
internal import TopicPlanning
internal import Foundation
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import TopicFiles

enum TopicExportCommand {
    private static let out = Flag(
        "out", .file("FOLDER"), "write a file for each topic there, instead of all to stdout")
    private static let force = Flag("force", "write over files that are there")
    private static let mirrored = Flag("mirrored", "the copies too that flows of the file write")

    static let command = Command(
        path: ["topic", "export"],
        summary: "write topics as topic files, from which a plan is empty",
        discussion: [
            "Writes only a topic's own values, not those of brokers. Skips topics of Kafka and MirrorMaker, and the copies that "
                + "flows write, since the flow synchronizes those. With several clusters each has its own folder."
        ],
        arguments: [ClusterFlags.file, TopicFamily.name],
        flags: [ClusterFlags.cluster, TopicFamily.topics, out, force, mirrored] + ClusterFlags.connection,
        examples: [
            .init(purpose: "a folder to start from", line: "tern topic export -c eu --out topics/"),
            .init(purpose: "one topic, on the screen", line: "tern topic export orders -c eu"),
        ],
        statuses: [
            (.failed, "a cluster does not answer, or a topic cannot be read or written"),
            (.refused, "a file is there already, and --force was not given"),
        ],
        body: run)

    @Sendable private static func run(_ invocation: Invocation, _ context: CommandContext) async throws -> ExitStatus {
        let names = NameFilter(try TopicFamily.patterns(invocation), invocation)
        let choice = try ClusterChoice(invocation, context, fallback: .only)
        return try await choice.open { clusters in
            let observed = try await clusters.askAll { cluster throws(KafkaError) in
                try await cluster.observer.observe(settingsOf: names.includes, asking: names.named)
            }
            for observation in observed { try names.patterns.check(observation.cluster.names) }
            var files: [(path: String, text: String)] = []
            var texts: [String] = []
            var failures: [CommandFailure] = []
            for (cluster, observation) in zip(clusters, observed) {
                let export = Export(
                    cluster: cluster, observed: observation.cluster, names: names,
                    reach: FlowReach(choice.configuration, into: cluster.alias),
                    writesMirrored: invocation.has(mirrored),
                    isOneOfSeveral: (choice.configuration?.clusters.count ?? 1) > 1)
                failures += export.failures
                texts.append(TopicFileWriter.text(for: export.topics, only: export.only, comment: export.comment))
                files += export.files(in: clusters.count > 1 ? cluster.name : nil)
            }
            for failure in failures { context.complain(failure) }
            if let folder = invocation[out] {
                try write(files, to: folder, force: invocation.has(force))
                context.say("Wrote \(NumberText.counted(files.count, "file")) to \(folder).", invocation)
            } else {
                context.output.write(texts.joined(separator: "---\n"))
            }
            return failures.isEmpty ? .done : .failed
        }
    }

    private static func write(
        _ files: [(path: String, text: String)], to folder: String, force: Bool
    ) throws(CommandFailure) {
        let root = URL(filePath: folder, directoryHint: .isDirectory)
        let targets = files.map { (file: root.appending(path: $0.path), text: $0.text) }
        if !force,
            let taken = targets.first(where: {
                FileManager.default.fileExists(atPath: $0.file.path(percentEncoded: false))
            })
        {
            throw CommandFailure(
                .refused, code: "FILE_EXISTS", "\(taken.file.path(percentEncoded: false)) is there already",
                resource: taken.file.path(percentEncoded: false), hint: "nothing was written; --force writes over it")
        }
        do {
            for (file, text) in targets {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file, options: .atomic)
            }
        } catch {
            throw CommandFailure(
                .failed, code: "FILE_UNWRITABLE", "cannot write to \(folder): \(CommandContext.reason(error))",
                resource: folder)
        }
    }
}

/// What is exported of one cluster.
private struct Export {
    let cluster: OpenCluster
    let observed: ObservedCluster
    let names: NameFilter
    let reach: FlowReach
    let writesMirrored: Bool
    /// Its topics must not be taken for those of the others.
    let isOneOfSeveral: Bool

    var topics: [TopicSpecification] {
        observed.topics.values.filter { isMeant($0.name) }.sorted { $0.name < $1.name }
            .map { TopicSpecification(exporting: $0) }
    }

    var only: [ClusterAlias]? { isOneOfSeveral ? cluster.alias.map { [$0] } : nil }

    var comment: [String] { ["Topics of cluster \(cluster.name) (\(observed.clusterID)), by tern topic export."] }

    var failures: [CommandFailure] {
        let unreadable = observed.unreadable.filter { isMeant($0.key) }.sorted { $0.key < $1.key }.map { topic, why in
            CommandFailure.unreadable(topic, on: cluster.name, why)
        }
        let unknown = names.named.filter { !observed.names.contains($0) }.map {
            CommandFailure.unknownTopic($0, on: cluster.name, among: Array(observed.names))
        }
        return unreadable + unknown
    }

    private func isMeant(_ topic: TopicName) -> Bool {
        guard names.includes(topic) else { return false }
        if names.named.contains(topic) { return true }
        return !TopicFamily.isInternal(topic) && (writesMirrored || reach.mirror(of: topic) == nil)
    }

    func files(in folder: String?) -> [(path: String, text: String)] {
        let prefix = folder.map { "\($0)/" } ?? ""
        let topics = topics
        let fileNames = TopicFileWriter.fileNames(for: topics.map(\.name))
        var files = topics.map { topic in
            (
                path: prefix + (fileNames[topic.name] ?? "\(topic.name).yaml"),
                text: TopicFileWriter.text(for: [topic], only: only)
            )
        }
        if let alias = cluster.alias {
            let ids: YAMLValue = .mapping([(alias.rawValue, .text(observed.clusterID))])
            let guards = YAMLText.write([.mapping([("cluster-ids", ids)])], comment: comment)
            files.append((path: prefix + TopicFolder.defaultsName, text: guards))
        }
        return files
    }
}
