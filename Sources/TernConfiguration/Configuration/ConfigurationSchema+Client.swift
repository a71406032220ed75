// SPDX-License-Identifier: Apache-2.0

extension ConfigurationSchema {
    private typealias Key = ConfigurationKey

    private static let consumer: ConfigurationKey.Scope = .client([.consumer])
    private static let producer: ConfigurationKey.Scope = .client([.producer])
    private static let all: ConfigurationKey.Scope = .client([.consumer, .producer, .admin])

    private static let long: ConfigurationKey.ValueType = .integer(Int64.min...Int64.max)
    private static let milliseconds: ConfigurationKey.ValueType = .duration(.milliseconds, Int64.min...Int64.max)
    private static let bytes: ConfigurationKey.ValueType = .bytes(Int64.min...Int64.max)

    private static let order = "order and completeness of the copy rest on it"
    private static let progress = "progress is kept on the target, never as a group on the source"
    private static let bytesOnly = "records are copied byte by byte"
    private static let noGroup = "a lane's consumer is in no group"
    private static let metrics = "metrics are served at /metrics"
    private static let librdkafka = "librdkafka has no such setting"
    private static let int32 = Int64(Int32.max)

    /// Of single kinds of clients, by Java's names.
    static let clientKeys: [ConfigurationKey] = [
        Key(
            "client.id", all, .text, .absent("made from flow and lane"), effect: .client(.text("client.id")),
            "Used instead of the client id that Tern gives."),
        Key(
            "client.rack", consumer, .text, .value(""), effect: .client(.text("client.rack")),
            "The rack of the consumer, so that it reads from a near replica."),
        number(
            "request.timeout.ms", all, milliseconds, "60000", ["socket.timeout.ms"], 10...300_000,
            "How long a broker may take to answer."),
        number(
            "metadata.max.age.ms", all, milliseconds, nil, ["topic.metadata.refresh.interval.ms"], 10...3_600_000,
            "How often topics, partitions and leaders are asked for. Without it a lane's consumer asks every 30 seconds, "
                + "its producer every 5."),
        number(
            "reconnect.backoff.ms", all, milliseconds, "100", ["reconnect.backoff.ms"], 0...3_600_000,
            "First pause before a lost connection is tried again."),
        number(
            "reconnect.backoff.max.ms", all, milliseconds, "10000", ["reconnect.backoff.max.ms"], 0...3_600_000,
            "Longest pause before a lost connection is tried again."),
        number(
            "connections.max.idle.ms", all, milliseconds, "0", ["connections.max.idle.ms"], 0...int32,
            "Connections idle for longer are closed; 0 leaves them open."),
        number(
            "socket.connection.setup.timeout.ms", all, milliseconds, "30000", ["socket.connection.setup.timeout.ms"],
            1000...int32, "How long a connection may take to come up."),
        number(
            "send.buffer.bytes", all, bytes, "0", ["socket.send.buffer.bytes"], 0...100_000_000,
            "Send buffer of a connection; 0 or -1 leaves it to the system."),
        number(
            "receive.buffer.bytes", all, bytes, "0", ["socket.receive.buffer.bytes"], 0...100_000_000,
            "Receive buffer of a connection; 0 or -1 leaves it to the system."),
        number(
            "retry.backoff.ms", producer, milliseconds, "100", ["retry.backoff.ms"], 1...300_000,
            "Pause before a failed request is sent again."),
        ignored(
            "retry.backoff.ms", .client([.consumer, .admin]), milliseconds, librdkafka, "Pause before another try."),
        number(
            "retry.backoff.max.ms", all, milliseconds, nil, ["retry.backoff.max.ms"], 1...300_000,
            "Longest pause before another try. For librdkafka 2.3 or newer, whose default is 1000."),
        ignored(
            "socket.connection.setup.timeout.max.ms", all, milliseconds, librdkafka,
            "Of the connection's growing pauses."),
        Key(
            "client.dns.lookup", all, .choice(["use_all_dns_ips", "resolve_canonical_bootstrap_servers_only"]),
            .absent("use_all_dns_ips"), effect: .client(.text("client.dns.lookup")),
            "How names are resolved; all addresses are tried in turn. For librdkafka 2.2 or newer."),
        ignored(
            "default.api.timeout.ms", .client([.consumer, .admin]), milliseconds,
            "Tern has times of its own for each step", "How long a call may take."),
        Key(
            "metadata.recovery.strategy", all, .choice(["rebootstrap", "none"]),
            .absent("rebootstrap from librdkafka 2.10 on"), effect: .client(.text("metadata.recovery.strategy")),
            "What to do when no known broker answers: `rebootstrap` starts again from bootstrap.servers, which after a change of "
                + "DNS may be another cluster (`CLUSTER_ID_CHANGED` stops the flow then); `none` goes on asking the brokers that "
                + "are known. librdkafka before 2.10 knows no other than that."),
        number(
            "metadata.recovery.rebootstrap.trigger.ms", all, milliseconds, nil,
            ["metadata.recovery.rebootstrap.trigger.ms"], 0...int32,
            "How long no broker may answer before the client starts again from bootstrap.servers. For librdkafka 2.11 or newer, "
                + "whose default is 300000."),
        ignored("metric.reporters", all, .list, metrics, "Java classes that report metrics."),
        ignored("metrics.num.samples", all, long, metrics, "Of Java's metrics."),
        ignored("metrics.sample.window.ms", all, milliseconds, metrics, "Of Java's metrics."),
        ignored("metrics.recording.level", all, .text, metrics, "Of Java's metrics."),
        Key(
            "enable.metrics.push", all, .choice(["true", "false"]), .absent("true from librdkafka 2.5 on"),
            effect: .client(.text("enable.metrics.push")),
            "Whether the client's own metrics are sent to a broker that asks for them. For librdkafka 2.5 or newer."),
        ignored("auto.include.jmx.reporter", all, .boolean, metrics, "Of Java's metrics."),
        ignored("security.providers", all, .text, "OpenSSL is used, with its own settings", "Java security providers."),
        ignored(
            "config.providers", all, .list, "placeholders are resolved for the whole file",
            "Configuration providers of one client."),
        ignored(
            "bootstrap.controllers", .client([.admin]), .list, librdkafka, "Controllers to ask instead of brokers."),
        refused("interceptor.classes", .client([.consumer, .producer]), "Java classes that see and change records."),

        number(
            "fetch.min.bytes", consumer, bytes, "1", ["fetch.min.bytes"], 1...100_000_000,
            "A broker waits until it has this much to send, or fetch.max.wait.ms has passed."),
        number(
            "fetch.max.wait.ms", consumer, milliseconds, "500", ["fetch.wait.max.ms"], 0...300_000,
            "How long a broker waits for fetch.min.bytes."),
        number(
            "fetch.max.bytes", consumer, bytes, "8388608", ["fetch.max.bytes"], 0...2_147_483_135,
            "Most that a broker sends at once. One unacknowledged record keeps a whole answer in memory."),
        number(
            "max.partition.fetch.bytes", consumer, bytes, "1048576", ["max.partition.fetch.bytes"], 1...1_000_000_000,
            "Most that a broker sends at once of one partition."),
        Key(
            "isolation.level", consumer, .choice(["read_committed", "read_uncommitted"]), .value("read_committed"),
            effect: .client(.engine),
            "Whether records of transactions that were aborted or are open are left out. MirrorMaker's default is "
                + "read_uncommitted, which copies aborted records too."),
        Key(
            "auto.offset.reset", consumer, .choice(["earliest", "latest", "none"]), .value("earliest"),
            effect: .client(.engine),
            "Where a partition without progress starts, and nothing else: one whose position is gone stops and says so."
        ),
        Key(
            "check.crcs", consumer, .boolean, .value("true"), effect: .client(.text("check.crcs")),
            "Whether the checksums of what was fetched are computed: a batch that has another one stops its partition. Without, "
                + "damaged bytes are copied."),
        Key(
            "allow.auto.create.topics", consumer, .boolean, .value("false"),
            effect: .owned("Tern must never create a topic by asking for it"), "Whether asking for a topic creates it."),
        owned("group.id", consumer, .text, progress, "Group of the consumer."),
        owned(
            "enable.auto.commit", consumer, .boolean, progress, "Whether a group's offsets are committed by themselves."
        ),
        owned(
            "auto.commit.interval.ms", consumer, milliseconds, progress, "How often a group's offsets are committed."),
        ignored("group.instance.id", consumer, .text, noGroup, "Static membership."),
        ignored("group.protocol", consumer, .text, noGroup, "Which group protocol is spoken."),
        ignored("group.remote.assignor", consumer, .text, noGroup, "Who assigns partitions."),
        ignored("partition.assignment.strategy", consumer, .list, noGroup, "Who assigns partitions."),
        ignored("session.timeout.ms", consumer, milliseconds, noGroup, "When a silent member is put out."),
        ignored("heartbeat.interval.ms", consumer, milliseconds, noGroup, "How often a member reports."),
        ignored("max.poll.interval.ms", consumer, milliseconds, noGroup, "How long a member may be busy."),
        ignored("max.poll.records", consumer, long, "a lane takes what there is", "Records per poll."),
        ignored("exclude.internal.topics", consumer, .boolean, noGroup, "Of subscriptions by pattern."),
        ignored("key.deserializer", consumer, .className, bytesOnly, "Class that reads keys."),
        ignored("value.deserializer", consumer, .className, bytesOnly, "Class that reads values."),
        ignored("share.acknowledgement.mode", consumer, .text, noGroup, "Of share groups."),
        ignored("share.acquire.mode", consumer, .text, noGroup, "Of share groups."),

        number(
            "batch.size", producer, bytes, "524288", ["batch.size"], 1...int32,
            "Largest batch of one partition; unless it is set, 983040 where the target is 8 ms away or more. Java's default is 16384."
        ),
        number(
            "linger.ms", producer, milliseconds, "2", ["linger.ms"], 0...900_000,
            "How long a batch waits to fill."),
        Key(
            "compression.type", producer, .choice(["none", "gzip", "snappy", "lz4", "zstd"]), .value("none"),
            effect: .client(.text("compression.type")), "How batches are compressed for the target."),
        Key(
            "compression.gzip.level", producer, .integer(-1...9), .value("-1"),
            effect: .client(.compressionLevel(codec: "gzip", -1...9)), "Level where compression.type is gzip."),
        Key(
            "compression.lz4.level", producer, .integer(1...17), .value("9"),
            effect: .client(.compressionLevel(codec: "lz4", 0...12)), "Level where compression.type is lz4."),
        Key(
            "compression.zstd.level", producer, .integer(-131072...22), .value("3"),
            effect: .client(.compressionLevel(codec: "zstd", -1...12)), "Level where compression.type is zstd."),
        Key(
            "buffer.memory", producer, bytes, .absent("see in.flight.max.bytes"),
            effect: .ignored("in.flight.max.bytes says how much may be on its way to the target", isLoud: false),
            "Memory for records on their way to the target."),
        Key(
            "max.request.size", producer, bytes, .absent("no limit"),
            effect: .ignored("records of any size are sent: what a topic takes is the target's to say", isLoud: false),
            "Largest record that is sent."),
        number(
            "transaction.timeout.ms", producer, milliseconds, "60000", ["transaction.timeout.ms"], 1000...int32,
            "How long a transaction may be open."),
        owned("acks", producer, .text, order, "Which replicas must have a record."),
        owned("enable.idempotence", producer, .boolean, order, "Whether the broker drops repetitions."),
        owned("retries", .client([.producer]), long, order, "How often a failed request is sent again."),
        owned("max.in.flight.requests.per.connection", producer, long, order, "Requests on their way to a broker."),
        owned("delivery.timeout.ms", producer, milliseconds, order, "How long a record may be on its way."),
        owned("transactional.id", producer, .text, order, "Who may write in transactions."),
        ignored(
            "retries", .client([.admin]), long, "Tern retries by itself", "How often a failed request is sent again."),
        ignored(
            "max.block.ms", producer, milliseconds, "a full queue makes a lane wait, not fail",
            "How long sending may wait."),
        ignored("metadata.max.idle.ms", producer, milliseconds, librdkafka, "When unused topics are forgotten."),
        ignored(
            "partitioner.class", producer, .className, "a record keeps its partition", "Class that chooses partitions."),
        ignored(
            "partitioner.ignore.keys", producer, .boolean, "a record keeps its partition", "How partitions are chosen."),
        ignored(
            "partitioner.adaptive.partitioning.enable", producer, .boolean, "a record keeps its partition",
            "How partitions are chosen."),
        ignored(
            "partitioner.availability.timeout.ms", producer, milliseconds, "a record keeps its partition",
            "How partitions are chosen."),
        ignored(
            "transaction.two.phase.commit.enable", producer, .boolean, librdkafka, "Of transactions run from outside."),
        ignored("key.serializer", producer, .className, bytesOnly, "Class that writes keys."),
        ignored("value.serializer", producer, .className, bytesOnly, "Class that writes values."),
    ]

    private static func number(
        _ name: String, _ scope: ConfigurationKey.Scope, _ type: ConfigurationKey.ValueType, _ standard: String?,
        _ names: [String], _ range: ClosedRange<Int64>, _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, scope, type, standard.map { .value($0) } ?? .absent("see there"),
            effect: .client(.number(names, range)), documentation)
    }

    private static func ignored(
        _ name: String, _ scope: ConfigurationKey.Scope, _ type: ConfigurationKey.ValueType, _ reason: String,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, scope, type, .absent("without effect"), effect: .ignored(reason, isLoud: true), documentation)
    }

    private static func owned(
        _ name: String, _ scope: ConfigurationKey.Scope, _ type: ConfigurationKey.ValueType, _ reason: String,
        _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(name, scope, type, .absent("Tern's own"), effect: .owned(reason), documentation)
    }

    private static func refused(
        _ name: String, _ scope: ConfigurationKey.Scope, _ documentation: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            name, scope, .list, .value(""),
            effect: .refused("Java classes cannot be loaded, and records would go past them unseen: remove the key"),
            documentation)
    }
}
