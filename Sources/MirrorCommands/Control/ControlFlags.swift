// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Kafka
internal import KafkaTypes
internal import MirrorEngine
internal import Mirroring
internal import TernConfiguration
internal import Text

/// Flags of the commands that order something of a flow, and what they mean.
enum ControlFlags {
    static let flow = OffsetsTranslateCommand.flow
    static let topic = OffsetsTranslateCommand.topic
    static let partition = OffsetsTranslateCommand.partition
    static let reason = Flag("reason", .text("TEXT"), "why, for whoever sees it in the status or the log")
    static let dryRun = Flag("dry-run", short: "n", "show what would be ordered, and order nothing")

    /// What `--topic` and `--partition` name.
    static func scope(_ invocation: Invocation) throws(CommandFailure) -> ControlScope {
        guard let name = invocation[topic].map({ TopicName($0) }) else {
            guard !invocation.has(partition) else {
                throw .usage("--partition is a partition of a topic", hint: "name it by --topic")
            }
            return .flow
        }
        guard let text = invocation[partition] else { return .topic(name) }
        guard let number = Int32(text) else { throw .usage("--partition: '\(text)' is no partition's number") }
        return .partition(TopicPartition(name, number))
    }

    /// Who gives the order, for other people.
    static func order(_ invocation: Invocation, _ context: CommandContext) -> ControlOrder {
        let names = ["SUDO_USER", "USER", "LOGNAME"].compactMap { context.variables[$0] }.filter { !$0.isEmpty }
        let name = names.first ?? "uid \(getuid())"
        return ControlOrder(
            by: "\(name)@\(hostName(context))", at: context.milliseconds(),
            reason: invocation[reason].map { String($0.printable.prefix(500)) })
    }

    private static func hostName(_ context: CommandContext) -> String {
        let bytes = (try? context.readFile("/proc/sys/kernel/hostname")) ?? []
        let name = String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }
}

extension OpenFlow {
    /// Lends a desk for orders to the flow.
    func withDesk<Value>(_ body: (ControlDesk) async throws -> Value) async throws -> Value {
        guard let target = cluster(flow.name.target) else {
            throw CommandFailure.usage("the file has no cluster '\(flow.name.target)'")
        }
        let desk = ControlDesk(flow, target: target.admin, within: limit)
        do {
            let value = try await body(desk)
            await desk.close()
            return value
        } catch {
            await desk.close()
            throw error
        }
    }

    /// A name that nobody knows is a slip of the keyboard, and an order about it would do nothing, silently.
    /// - Returns: what kept the source from being asked.
    func checkNames(_ scope: ControlScope) async throws(CommandFailure) -> String? {
        guard let topic = scope.topic, let source = cluster(flow.name.source) else { return nil }
        let found: [TopicDescription]
        do throws(KafkaError) { found = try await source.admin.topics(within: limit) } catch {
            return "whether \(scope) is on \(flow.name.source) is not known: \(error.reason)"
        }
        let known = found.filter { $0.error == nil }
        guard let there = known.first(where: { $0.name == topic }) else {
            let near = NearestName.of(topic.rawValue, among: known.map(\.name.rawValue))
            throw CommandFailure(
                .failed, code: "UNKNOWN_TOPIC", "\(flow.name.source) has no topic '\(topic)'",
                resource: topic.rawValue, hint: near.map { "did you mean '\($0)'?" })
        }
        guard flow.topics.selects(topic, naming: flow.naming, target: flow.name.target).isSelected else {
            throw CommandFailure(
                .failed, code: "NOT_MIRRORED", "\(flow.name) does not mirror '\(topic)'", resource: topic.rawValue,
                hint: "topics and topics.exclude say what it mirrors")
        }
        if let partition = scope.partition, partition >= Int32(there.partitions.count) {
            throw CommandFailure(
                .failed, code: "UNKNOWN_PARTITION",
                "\(topic) on \(flow.name.source) has partitions 0 to \(there.partitions.count - 1)",
                resource: "\(topic)/\(partition)")
        }
        return nil
    }
}
