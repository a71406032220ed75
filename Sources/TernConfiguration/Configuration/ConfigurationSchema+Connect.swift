// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    private static let bytesReason = "records are copied byte by byte and never converted"
    private static let retryReason = "Tern retries for ever and never drops a record"
    private static let filled = "Tern fills it in itself"

    /// What Connect gives every connector; most of it has no counterpart here.
    static let connectKeys: [ConfigurationKey] =
        [
            Key(
                "topic.filter.class", .flow, .className, .value("org.apache.kafka.connect.mirror.DefaultTopicFilter"),
                "Only MirrorMaker's default topic filter: Java classes cannot be loaded."),
            Key(
                "group.filter.class", .flow, .className, .value("org.apache.kafka.connect.mirror.DefaultGroupFilter"),
                "Only MirrorMaker's default group filter: Java classes cannot be loaded."),
            Key(
                "config.property.filter.class", .flow, .className,
                .value("org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter"),
                "Only MirrorMaker's default filter of topic settings: Java classes cannot be loaded."),
            Key(
                "forwarding.admin.class", .flow, .className, .value("org.apache.kafka.clients.admin.ForwardingAdmin"),
                "Only Kafka's own: Java classes cannot be loaded."),
            Key(
                "transforms", .flow, .list, .value(""),
                effect: .refused(
                    "Tern has no transformations, and copying without them would be wrong: remove the key"),
                "Connect's single message transformations."),
            Key(
                "predicates", .flow, .list, .value(""),
                effect: .refused(
                    "Tern has no transformations, and copying without them would be wrong: remove the key"),
                "Conditions of Connect's single message transformations."),
            Key(
                "exactly.once.support", .flowOnly, .choice(["requested", "required"]), .value("requested"),
                effect: .ignored("T.exactly.once.source.support decides how records are delivered", isLoud: false),
                "Whether Connect insists on exactly-once delivery."),
            Key(
                "transaction.boundary", .flowOnly, .choice(["poll", "interval", "connector"]), .value("poll"),
                effect: .ignored("a transaction ends after transaction.boundary.interval.ms", isLoud: false),
                "Where Connect ends a transaction."),
            Key(
                "transaction.boundary.interval.ms", .flowOnly, .duration(.milliseconds, 10...600_000), .value("100"),
                "How long a transaction takes records under exactly.once.source.support = enabled; it ends earlier where "
                    + "in.flight.max.records or in.flight.max.bytes is reached. Committed readers see records when it has "
                    + "ended. MirrorMaker's default is a transaction for each poll."),
            Key(
                "offsets.storage.topic", .flowOnly, .text, .absent("the worker's offset.storage.topic"),
                "A topic for this flow's progress alone, on the target."),
            Key(
                "consumer.poll.timeout.ms", .flow, .duration(.milliseconds, 0...Int64.max), .value("1000"),
                effect: .ignored("Tern's consumers wait for records, not for a time", isLoud: false),
                "How long MirrorMaker's consumer waits for records."),
            Key(
                "admin.timeout.ms", .flow, .duration(.milliseconds, 1...3_600_000), .value("60000"),
                "How long a request for topics, settings or offsets may take."),
            Key(
                "metric.reporters", .flow, .list, .value("org.apache.kafka.common.metrics.JmxReporter"),
                effect: .ignored("metrics are served at /metrics", isLoud: false), "Java classes that report metrics."),
            Key(
                "metric.names.formats", .flow, .list, .absent("Kafka's choice"),
                effect: .ignored("metrics are served at /metrics", isLoud: false),
                "How Kafka 4.3 names MirrorMaker's metrics."),
            Key(
                "connector.class", .flow, .className, .absent("filled in"), effect: .ignored(filled, isLoud: false),
                "Class of the connector."),
            Key(
                "connector.plugin.version", .flow, .text, .absent("any"), effect: .ignored(filled, isLoud: false),
                "Version of the connector's class."),
            Key(
                "source.cluster.alias", .flow, .text, .absent("S of S->T"),
                effect: .ignored("it is S of S->T; another alias here would change topic names", isLoud: true),
                "Alias of the flow's source."),
            Key(
                "target.cluster.alias", .flow, .text, .absent("T of S->T"),
                effect: .ignored("it is T of S->T", isLoud: true), "Alias of the flow's target."),
            Key(
                "tasks.max.enforce", .flow, .boolean, .value("true"), effect: .ignored(filled, isLoud: false),
                "Whether Connect refuses more tasks than tasks.max."),
            Key(
                "config.action.reload", .flow, .choice(["restart", "none"]), .value("restart"),
                effect: .ignored("placeholders are resolved at the start", isLoud: false),
                "What Connect does when a provider's value changes."),
            Key(
                "errors.retry.timeout", .flow, .duration(.milliseconds, -1...Int64.max), .value("0"),
                effect: .ignored(retryReason, isLoud: false), "How long Connect retries."),
            Key(
                "errors.retry.delay.max.ms", .flow, .duration(.milliseconds, 0...Int64.max), .value("60000"),
                effect: .ignored(retryReason, isLoud: false), "Longest pause between Connect's retries."),
            Key(
                "errors.tolerance", .flow, .choice(["none", "all"]), .value("none"),
                "What becomes of a record that the target refuses for good: too large, a timestamp out of range, no key for a "
                    + "compacted topic, a policy. none: its partition stops. all: it is set aside in "
                    + "mm2-tern-quarantine.S.internal on the target, and its partition continues (docs/guarantees.md, "
                    + "\"Quarantine\")."),
            Key(
                "errors.log.enable", .flow, .boolean, .value("false"),
                effect: .ignored("every failure is logged and counted", isLoud: false), "Whether Connect logs failures."
            ),
            Key(
                "errors.log.include.messages", .flow, .boolean, .value("false"),
                effect: .ignored("contents of records are never logged", isLoud: false),
                "Whether Connect logs contents."),
            Key(
                "task.assigned.partitions", .flowOnly, .list, .absent("filled in"),
                effect: .ignored(filled, isLoud: true),
                "Internal to MirrorMaker."),
            Key(
                "task.assigned.groups", .flowOnly, .list, .absent("filled in"), effect: .ignored(filled, isLoud: true),
                "Internal to MirrorMaker."),
            Key(
                "task.index", .flowOnly, .integer(0...Int64.max), .absent("filled in"),
                effect: .ignored(filled, isLoud: true), "Internal to MirrorMaker."),
        ]
        + ["key", "value", "header"].flatMap { part in
            [
                Key(
                    "\(part).converter", .flow, .className,
                    .value("org.apache.kafka.connect.converters.ByteArrayConverter"),
                    effect: .ignored(bytesReason, isLoud: true), "Class that converts a record's \(part)."),
                Key(
                    "\(part).converter.plugin.version", .flow, .text, .absent("any"),
                    effect: .ignored(bytesReason, isLoud: false), "Version of that class."),
            ]
        }

    private static let connectReason = "Tern has no Connect workers"
    private static let milliseconds: ConfigurationKey.ValueType = .duration(.milliseconds, 0...Int64.max)

    /// Of the workers that write to a target.
    static let workerKeys: [ConfigurationKey] = [
        Key(
            "offset.flush.interval.ms", .target, .duration(.milliseconds, 1...86_400_000), .value("1000"),
            "How often progress is written; what was copied since is copied again after a crash. MirrorMaker's default is "
                + "60000. It drops the key at the top level and under S->T."),
        Key(
            "task.shutdown.graceful.timeout.ms", .targetOrAll, .duration(.milliseconds, 0...86_400_000),
            .value("25000"),
            "How long a stop may wait for answers of the target before it gives up. MirrorMaker's default is 5000."),
        Key(
            "offset.storage.topic", .targetOrAll, .text, .absent("mm2-offsets.S.internal"),
            "Topic on the target with the flow's progress."),
        Key(
            "offset.storage.partitions", .targetOrAll, .integer(1...10_000), .value("25"),
            "Partitions of that topic when it is created."),
        Key(
            "offset.storage.replication.factor", .targetOrAll, .integer(-1...32767), .value("3"),
            "Replication factor of that topic and of the one whose partitions are the lanes; -1 leaves it to the broker."
        ),
        Key(
            "exactly.once.source.support", .target, .choice(["disabled", "preparing", "enabled"]), .value("disabled"),
            "With enabled, records and progress are written in one transaction: a reader with "
                + "isolation.level=read_committed sees each record once. preparing, a step of MirrorMaker's upgrade that "
                + "Tern does not need, delivers as disabled does."),
        ignored("config.storage.topic", .targetOrAll, .text, .absent("mm2-configs.S.internal")),
        ignored("config.storage.replication.factor", .targetOrAll, .integer(-1...32767), .value("3")),
        ignored("status.storage.topic", .targetOrAll, .text, .absent("mm2-status.S.internal")),
        ignored("status.storage.partitions", .targetOrAll, .integer(1...10_000), .value("5")),
        ignored("status.storage.replication.factor", .targetOrAll, .integer(-1...32767), .value("3")),
        ignored("offset.flush.timeout.ms", .target, milliseconds, .value("5000")),
        ignored("group.id", .target, .text, .absent("S-mm2")),
        ignored("session.timeout.ms", .target, milliseconds, .value("10000")),
        ignored("heartbeat.interval.ms", .target, milliseconds, .value("3000")),
        ignored("rebalance.timeout.ms", .target, milliseconds, .value("60000")),
        ignored("scheduled.rebalance.max.delay.ms", .target, milliseconds, .value("300000")),
        ignored("worker.sync.timeout.ms", .targetOrAll, milliseconds, .value("3000")),
        ignored("worker.unsync.backoff.ms", .targetOrAll, milliseconds, .value("300000")),
        ignored("connect.protocol", .target, .choice(["eager", "compatible", "sessioned"]), .value("sessioned")),
        ignored("plugin.path", .target, .list, .absent("none")),
        ignored("plugin.discovery", .target, .text, .value("hybrid_warn")),
        ignored("topic.creation.enable", .target, .boolean, .value("true")),
        ignored("topic.tracking.enable", .target, .boolean, .value("true")),
        ignored("topic.tracking.allow.reset", .target, .boolean, .value("true")),
        ignored("client.id", .target, .text, .absent("S->T")),
        ignored("request.timeout.ms", .target, milliseconds, .value("40000")),
        ignored("metadata.max.age.ms", .target, milliseconds, .value("300000")),
        ignored("retry.backoff.ms", .target, milliseconds, .value("100")),
        ignored("reconnect.backoff.ms", .target, milliseconds, .value("50")),
        ignored("reconnect.backoff.max.ms", .target, milliseconds, .value("1000")),
        ignored("connections.max.idle.ms", .target, milliseconds, .value("540000")),
        ignored("client.dns.lookup", .target, .text, .value("use_all_dns_ips")),
        ignored("send.buffer.bytes", .target, .integer(-1...Int64.max), .value("131072")),
        ignored("receive.buffer.bytes", .target, .integer(-1...Int64.max), .value("32768")),
        ignored("metrics.num.samples", .target, .integer(1...Int64.max), .value("2")),
        ignored("metrics.sample.window.ms", .target, milliseconds, .value("30000")),
        ignored("metrics.recording.level", .target, .text, .value("INFO")),
        ignored("inter.worker.key.generation.algorithm", .target, .text, .value("HmacSHA256")),
        ignored("inter.worker.key.size", .target, .integer(0...Int64.max), .absent("the algorithm's")),
        ignored("inter.worker.key.ttl.ms", .target, milliseconds, .value("3600000")),
        ignored("inter.worker.signature.algorithm", .target, .text, .value("HmacSHA256")),
        ignored("inter.worker.verification.algorithms", .target, .list, .value("HmacSHA256")),
        ignored("connector.client.config.override.policy", .target, .text, .value("All")),
        ignored("config.providers", .target, .list, .absent("the top level's")),
    ]

    private static func ignored(
        _ name: String, _ scope: ConfigurationKey.Scope, _ type: ConfigurationKey.ValueType,
        _ standard: ConfigurationKey.Default
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, scope, type, standard, effect: .ignored(connectReason, isLoud: false),
            "Of MirrorMaker's Connect workers.")
    }

    /// Names of MirrorMaker 3 and of its documentation's mistakes.
    static let formerKeys: [ConfigurationKey] = [
        former("topics.blacklist", "topics.exclude", isHonoured: true),
        former("groups.blacklist", "groups.exclude", isHonoured: true),
        former("config.properties.blacklist", "config.properties.exclude", isHonoured: true),
        former("topics.whitelist", "topics", isHonoured: false),
        former("groups.whitelist", "groups", isHonoured: false),
        former("enable", "enabled", isHonoured: false),
        former("emit.heartbeats", "emit.heartbeats.enabled", isHonoured: false),
        former("emit.checkpoints", "emit.checkpoints.enabled", isHonoured: false),
        former("replication.policy", "replication.policy.class", isHonoured: false),
        Key(
            "use.incremental.alter.configs", .flow, .choice(["requested", "required", "never"]), .value("requested"),
            origin: .kafka3,
            effect: .ignored("settings are always changed one by one where the cluster can", isLoud: false),
            "How MirrorMaker 3 changed topic settings."),
        Key(
            "add.source.alias.to.metrics", .flow, .boolean, .value("false"), origin: .kafka3,
            effect: .ignored("the source is always a label", isLoud: false), "Of MirrorMaker 3's metrics."),
        Key(
            "auto.include.jmx.reporter", .flow, .boolean, .value("true"), origin: .kafka3,
            effect: .ignored("metrics are served at /metrics", isLoud: false), "Of MirrorMaker 3's metrics."),
    ]

    private static func former(_ name: String, _ present: String, isHonoured: Bool) -> ConfigurationKey {
        ConfigurationKey(
            name, .flow, .text, .absent("see \(present)"), origin: .kafka3,
            effect: .renamed(present, isHonoured: isHonoured),
            isHonoured ? "The name of \(present) up to Kafka 3.9." : "A mistake for \(present).")
    }
}
