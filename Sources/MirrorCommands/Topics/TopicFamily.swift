// SPDX-License-Identifier: Apache-2.0
internal import TernConfiguration
internal import TopicPlanning
internal import KafkaTypes

/// `tern topic`: topics of any cluster, with or without a daemon.
enum TopicFamily {
    static let command = Command(
        path: ["topic"], summary: "list, describe, create, change, compare and delete topics, on one cluster or several"
    )

    static let commands: [Command] = [
        command, TopicListCommand.command, TopicDescribeCommand.command, TopicCreateCommand.command,
        TopicAlterCommand.command, TopicDeleteCommand.command, TopicDiffCommand.command,
        TopicPlanCommand.command, TopicApplyCommand.command, TopicExportCommand.command,
    ]

    static let name = Argument(
        name: "TOPIC", kind: .name(.topic), isRepeatable: true, summary: "names of topics")
    static let required = Argument(
        name: "TOPIC", kind: .name(.topic), isRequired: true, isRepeatable: true, summary: "names of topics")

    static let topics = Flag(
        "topics", .text("PATTERN,…"), isRepeatable: true,
        "only topics whose whole name one of these patterns matches, as the file's 'topics' has it")
    static let excludeInternal = Flag("exclude-internal", "leave out what belongs to Kafka, MirrorMaker and Tern")

    /// The patterns of `--topics`; empty when it was not given.
    static func patterns(_ invocation: Invocation) throws(CommandFailure) -> NamePatternList {
        let texts = invocation.all(topics).flatMap { $0.split(separator: ",") }.map { String($0.trimmed) }
        return try NameChoice.patterns(texts.filter { !$0.isEmpty }, topics)
    }

    static func isInternal(_ topic: TopicName) -> Bool {
        TopicNameRule.belongsToKafka(topic) || InternalTopics().isInternal(topic)
    }

    /// No pattern finds it where something is changed: only its name means it.
    static func isKept(_ topic: TopicName) -> Bool {
        TopicNameRule.belongsToKafka(topic) || InternalTopics().endsLikeInternal(topic)
    }
}
