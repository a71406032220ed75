// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    private static let intervals: ConfigurationKey.ValueType = .duration(.seconds, Int64.min...31_536_000)
    private static let factors: ConfigurationKey.ValueType = .integer(-1...32767)

    /// Tern's own, with MirrorMaker's scopes.
    static let ternFlowKeys: [ConfigurationKey] = [
        Key(
            "replication.hops.max", .flow, .integer(1...1000),
            .absent(
                "under the identity policy a flow leaves to a direct flow of the same file what that one carries; else no limit"
            ),
            origin: .tern,
            "How many clusters a record may have passed when it arrives: 1 copies only what was born on the source. Records "
                + "that would come home are never copied, whatever is written here."),
        Key(
            "emit.source.group.offsets", .flow, .boolean, .value("true"), origin: .tern,
            "Also commits the progress to the consumer group tern.S->T on the source, for lag tools that read groups. It is "
                + "for information only; where it is not permitted, a warning is logged once."),
        Key(
            "in.flight.max.records", .flow, .integer(1...10_000_000), .value("50000"), origin: .tern,
            "Records a flow may have handed to the target without an answer yet, over all its lanes in this process."),
        Key(
            "in.flight.max.bytes", .flow, .bytes(1_048_576...17_179_869_184), .value("25165824"), origin: .tern,
            "Bytes a flow may have handed to the target without an answer yet, over all its lanes in this process."),
        Key(
            "prefetch.max.bytes", .flow, .bytes(1_048_576...2_147_483_647), .value("16777216"), origin: .tern,
            "Bytes a flow may fetch ahead of what it hands over, shared by its lanes in this process. A record counts as 256 "
                + "bytes at least, for what is kept beside it. Small values cost throughput: a full queue pauses a "
                + "partition's fetching for up to a second. From a far source as much as three times of it is under way."
        ),
        Key(
            "source.connections", .flow, .choice(ConnectionChoice.Count.allCases.map(\.rawValue)), .value("auto"),
            origin: .tern,
            "By how many connections each lane reads the source. `auto` measures the round trip all the time: one connection "
                + "where it is under 8 ms, more the farther the source is. No lane has more than it has partitions."),
        Key(
            "target.connections", .flow, .choice(ConnectionChoice.Count.allCases.map(\.rawValue)), .value("auto"),
            origin: .tern,
            "By how many connections each lane writes the target, as `source.connections`. One where records are delivered exactly "
                + "once: a transaction is written by one producer."),
        Key(
            "link.price.per.gb", .flow, .decimal, .absent("costs are not shown"), origin: .tern,
            "What 10^9 bytes between the regions of a flow cost, a plain decimal such as 0.02, in any one currency. `tern traffic` "
                + "and /api/v1/traffic show the costs (docs/cost.md)."),
        Key(
            "link.price.side", .flow, .choice(LinkConfiguration.Side.allCases.map(\.rawValue)), .value("auto"),
            origin: .tern,
            "On which side of the flow its bytes cross between regions. `auto` is the side that is at least 8 ms away, the target "
                + "where only that one is, and the source where neither is. Where both are, the side that was counted before, at "
                + "first the farther one."),
        Key(
            "on.data.loss", .flow, .choice(LossPolicy.allCases.map(\.rawValue)), .value("halt"), origin: .tern,
            "What a partition does after records were lost, on the source or on the target. halt: it stops until somebody decides. "
                + "continue: it continues with what was not copied yet, and repeats nothing. restart: it copies all that the source "
                + "has now. The ledger has the loss before the partition continues (docs/guarantees.md, \"After a loss\")."
        ),
        Key(
            "on.data.loss.halt", .flow, .patterns, .absent("no topics"), origin: .tern,
            "Topics of the source for which `on.data.loss` is `halt`, whatever it says. Where several lists name a topic, halt wins, then "
                + "restart."),
        Key(
            "on.data.loss.restart", .flow, .patterns, .absent("no topics"), origin: .tern,
            "Topics of the source for which `on.data.loss` is `restart`, whatever it says."),
        Key(
            "on.data.loss.continue", .flow, .patterns, .absent("no topics"), origin: .tern,
            "Topics of the source for which `on.data.loss` is `continue`, whatever it says."),
    ]

    /// Of MirrorMaker's three connectors.
    static let flowKeys: [ConfigurationKey] = [
        Key(
            "enabled", .flow, .boolean, .value("false"),
            "Whether the flow copies records. Write S->T.enabled = true: MirrorMaker chooses the pairs it runs by that form, "
                + "and only by exactly `true` without a blank behind it."),
        Key(
            "topics", .flow, .patterns, .value(".*"),
            "Topics to copy: regular expressions in Java's syntax, separated by commas; one of them has to match the whole "
                + "name. In a properties file a backslash is written twice. A topic on which matching takes more than a "
                + "million steps, as by `(a+)+b`, is not copied, and an error names it and the pattern."),
        Key(
            "topics.exclude", .flow, .patterns, .value(TopicSelection.defaultExclude.joined(separator: ", ")),
            "Topics not to copy; wins over `topics`. The default is that of Kafka 4.0 and newer; up to 3.9 it was "
                + #"`.*[\-\.]internal, .*\.replica, __.*`, which left out a user's `orders-internal`."#),
        Key(
            "groups", .flow, .patterns, .value(".*"), "Consumer groups whose offsets are translated."),
        Key(
            "groups.exclude", .flow, .patterns, .value("console-consumer-.*, connect-.*, __.*"),
            "Consumer groups whose offsets are not translated; wins over `groups`."),
        Key(
            "config.properties.exclude", .flow, .patterns,
            .value(
                #"follower\.replication\.throttled\.replicas, leader\.replication\.throttled\.replicas, "#
                    + #"message\.timestamp\.difference\.max\.ms, message\.timestamp\.type, "#
                    + #"unclean\.leader\.election\.enable, min\.insync\.replicas"#),
            "Topic settings that are never taken over from the source."),
        Key(
            "replication.policy.class", .flow, .className, .value(PolicyClass.prefix),
            "How topics are called on the target: \(PolicyClass.prefix) puts the source's alias before the name, "
                + "\(PolicyClass.identity) keeps it."),
        Key(
            "replication.policy.separator", .flow, .text, .value("."),
            "The text between alias and topic name under the default policy."),
        Key(
            "replication.policy.internal.topic.separator.enabled", .flow, .boolean, .value("true"),
            "Whether the separator, if one is set, is used in the names of internal topics too."),
        Key(
            "replication.factor", .flow, factors, .value("2"),
            "Replication factor of topics created on the target; -1 leaves it to the broker."),
        Key(
            "tasks.max", .flow, .integer(1...1000), .value("1"),
            "Lanes of the flow: threads, each with a consumer and a producer, over which partitions are spread. All daemons "
                + "with the same file share them."),
        Key(
            "name", .flow, .text, .value("MirrorSourceConnector"),
            "Name of the connector, the first part of the key of each progress row. Change it only to take over from a "
                + "MirrorMaker that ran under another name."),
        Key(
            "refresh.topics.enabled", .flow, .boolean, .value("true"),
            "Whether new topics and partitions are looked for."),
        Key(
            "refresh.topics.interval.seconds", .flow, intervals, .value("600"),
            "How often new topics and partitions are looked for."),
        Key(
            "sync.topic.configs.enabled", .flow, .boolean, .value("true"),
            "Whether topic settings are taken over from the source."),
        Key(
            "sync.topic.configs.interval.seconds", .flow, intervals, .value("600"),
            "How often topic settings are compared."),
        Key(
            "sync.topic.acls.enabled", .flow, .boolean, .value("true"),
            "Whether access rules of topics are taken over from the source: added, never removed, and never the right to write."
        ),
        Key(
            "sync.topic.acls.interval.seconds", .flow, intervals, .value("600"), "How often access rules are compared."),
        Key(
            "use.defaults.from", .flowOnly, .choice(["source", "target"]), .value("target"),
            "Whose defaults hold for settings that the source's topic does not set. MirrorMaker drops it at the top level."
        ),
        Key(
            "offset-syncs.topic.replication.factor", .flow, factors, .value("3"),
            "Replication factor of the offset-syncs topic."),
        Key(
            "offset-syncs.topic.location", .flow, .choice(["source", "target"]), .value("source"),
            "Which cluster holds the offset-syncs topic. With `target` the source needs no write permission."),
        Key(
            "offset.lag.max", .flow, .integer(0...Int64.max), .value("100"),
            "How far the target's offset may run from the last offset sync before another is written."),
        Key(
            "emit.offset-syncs.enabled", .flow, .boolean, .value("true"),
            "Whether offset syncs, from which group offsets are translated, are written."),
        Key(
            "heartbeats.replication.enabled", .flow, .boolean, .value("true"),
            "Whether heartbeats topics are copied whatever `topics` says."),
        Key(
            "refresh.groups.enabled", .flow, .boolean, .value("true"), "Whether new consumer groups are looked for."),
        Key(
            "refresh.groups.interval.seconds", .flow, intervals, .value("600"),
            "How often new consumer groups are looked for."),
        Key(
            "emit.checkpoints.enabled", .flow, .boolean, .value("true"),
            "Whether translated group offsets are written to the checkpoints topic."),
        Key(
            "emit.checkpoints.interval.seconds", .flow, intervals, .value("60"), "How often checkpoints are written."),
        Key(
            "sync.group.offsets.enabled", .flow, .boolean, .value("false"),
            "Whether translated offsets are committed for groups that are idle on the target."),
        Key(
            "sync.group.offsets.interval.seconds", .flow, intervals, .value("60"),
            "How often translated offsets are committed."),
        Key(
            "checkpoints.topic.replication.factor", .flow, factors, .value("3"),
            "Replication factor of the checkpoints topic."),
        Key(
            "emit.heartbeats.enabled", .flow, .boolean, .value("true"),
            "Whether heartbeats are written to the target. MirrorMaker runs every pair of clusters for its heartbeats unless "
                + "this is exactly `false` or anything else that is not `true`."),
        Key(
            "emit.heartbeats.interval.seconds", .flow, intervals, .value("1"), "How often heartbeats are written."),
        Key(
            "heartbeats.topic.replication.factor", .flow, factors, .value("3"),
            "Replication factor of the heartbeats topic."),
    ]

    enum PolicyClass {
        static let prefix = "org.apache.kafka.connect.mirror.DefaultReplicationPolicy"
        static let identity = "org.apache.kafka.connect.mirror.IdentityReplicationPolicy"
    }
}
