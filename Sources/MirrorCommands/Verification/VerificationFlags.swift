// SPDX-License-Identifier: Apache-2.0
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import Platform
internal import TernConfiguration
internal import Text

/// Flags that the commands about copies have in common, and what they mean.
enum VerificationFlags {
    static let flow = OffsetsTranslateCommand.flow
    static let topic = Flag(
        "topic", .name("TOPIC", .topic), isRepeatable: true,
        "the source's name for a topic; can be repeated; all that the flow selects when not given")
    static let since = Flag("since", .duration, "from the first record that is not older")
    static let offsets = Flag(
        "offsets", .text("TOPIC/P:FROM-TO"), isRepeatable: true,
        "source offsets of one partition, TO excluded; one of the two may be left out; can be repeated")
    static let timeout = Flag(
        "timeout", .duration, preset: "30s", "how long an answer, or the next record, is waited for")
    static let connection: [Flag] = [timeout] + Flag.configuration

    /// `orders/3:100-200`, `orders/3:100-`, `orders/3:-200`.
    static func range(_ text: String) throws(CommandFailure) -> (TopicPartition, Range<Int64>) {
        func wrong() -> CommandFailure {
            .usage("--offsets: '\(text)' is no range, write for example orders/3:100-200")
        }
        guard let colon = text.lastIndex(of: ":"), let slash = text[..<colon].lastIndex(of: "/"),
            let partition = Int32(text[text.index(after: slash)..<colon]), partition >= 0, slash != text.startIndex
        else { throw wrong() }
        let parts = text[text.index(after: colon)...].split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw wrong() }
        let from = parts[0].isEmpty ? 0 : Int64(parts[0])
        let to = parts[1].isEmpty ? Int64.max : Int64(parts[1])
        guard let from, let to, from >= 0 else { throw wrong() }
        guard from < to else {
            throw .usage("--offsets: in '\(text)' the end does not lie behind the start; the end itself is excluded")
        }
        return (TopicPartition(TopicName(String(text[..<slash])), partition), from..<to)
    }

    static func selection(_ invocation: Invocation, now: Int64) throws(CommandFailure) -> VerifySelection {
        var selection = VerifySelection()
        selection.topics = Set(invocation.all(topic).map { TopicName($0) })
        if let duration = invocation.duration(since) {
            selection.since = max(0, now - Int64(duration / .milliseconds(1)))
        }
        for text in invocation.all(offsets) {
            let (place, range) = try range(text)
            guard selection.offsets[place] == nil else { throw .usage("--offsets: \(place) is given twice") }
            guard selection.topics.isEmpty || selection.topics.contains(place.topic) else {
                throw .usage("--offsets: \(place.topic) is none of the topics that --topic names")
            }
            selection.offsets[place] = range
        }
        guard selection.since == nil || selection.offsets.isEmpty else {
            throw .usage("--since and --offsets both say where the range begins", hint: "leave one of them out")
        }
        return selection
    }

    /// The flow that `--flow` names, or the only one.
    static func flow(
        _ invocation: Invocation, of configuration: MirrorConfiguration
    ) throws(CommandFailure) -> FlowConfiguration {
        let enabled = configuration.flows.filter(\.isEnabled)
        let names = enabled.map { "\($0.name)" }
        guard let wanted = invocation[flow]?.replacing("→", with: "->") else {
            guard enabled.count == 1 else {
                throw .usage("which flow?", hint: "name it by --flow; the file has \(names.joined(separator: ", "))")
            }
            return enabled[0]
        }
        guard let found = enabled.first(where: { "\($0.name)" == wanted }) else {
            let near = NearestName.of(wanted, among: names).map { "did you mean '\($0)'?" }
            throw .usage(
                "the file has no enabled flow '\(wanted)'", hint: near ?? "it has \(names.joined(separator: ", "))")
        }
        return found
    }
}

/// A flow whose clusters can be asked.
struct OpenFlow: Sendable {
    let configuration: MirrorConfiguration
    let flow: FlowConfiguration
    let clusters: [OpenCluster]
    let limit: Duration
    /// Raised when the process is asked to end.
    let stop: StopFlag

    var admins: [ClusterAlias: AdminClient] {
        clusters.reduce(into: [:]) { admins, cluster in
            if let alias = cluster.alias { admins[alias] = cluster.admin }
        }
    }

    var planner: VerifyPlanner { VerifyPlanner(configuration, flow, admins: admins, limit: limit) }

    /// Opens all clusters of the file for a body.
    static func with<Value>(
        _ invocation: Invocation, _ context: CommandContext, _ body: (OpenFlow) async throws -> Value
    ) async throws -> Value {
        let choice = try ClusterChoice(invocation, context, fallback: .every)
        guard let configuration = choice.configuration else {
            throw CommandFailure.usage("a properties file is needed: it says what the flow copies")
        }
        let flow = try VerificationFlags.flow(invocation, of: configuration)
        let stop = StopFlag()
        return try await choice.open { clusters in
            let open = OpenFlow(
                configuration: configuration, flow: flow, clusters: clusters, limit: choice.timeout, stop: stop)
            do {
                return try await body(open)
            } catch let error as KafkaError {
                throw await open.failure(error)
            }
        }
    }

    /// A failure of one of the two clusters, named by whether it still answers.
    private func failure(_ error: KafkaError) async -> CommandFailure {
        for cluster in clusters where [flow.name.source, flow.name.target].contains(cluster.alias) {
            do throws(KafkaError) { _ = try await cluster.admin.clusterID(within: .seconds(3)) } catch {
                return cluster.failure(error)
            }
        }
        return CommandFailure(.failed, code: error.code.name, error.reason)
    }

    func cluster(_ alias: ClusterAlias) -> OpenCluster? { clusters.first { $0.alias == alias } }
}
