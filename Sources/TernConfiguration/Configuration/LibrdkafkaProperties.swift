// SPDX-License-Identifier: Apache-2.0

/// The properties that librdkafka 2.0.2 has under its own names: the file may use these as well as Java's.
/// Source: its CONFIGURATION.md. What only a program can set (callbacks, `opaque`) is left out.
enum LibrdkafkaProperties {
    enum Scope { case any, consumer, producer }

    static func scope(of name: String) -> Scope? {
        if any.contains(name) || newer.contains(name) { return .any }
        if consumer.contains(name) { return .consumer }
        return producer.contains(name) ? .producer : nil
    }

    static var names: [String] { any.union(newer).union(consumer).union(producer).sorted() }

    /// About reaching a cluster, so that `A.KEY` is enough.
    static func isConnection(_ name: String) -> Bool {
        ["ssl.", "sasl.", "socket.", "broker.", "api.version.", "enable.ssl.", "enable.sasl."].contains {
            name.utf8.starts(with: $0.utf8)
        }
    }

    /// Why Tern keeps a setting to itself; `nil` for those that the file may set.
    static func reasonToKeep(_ name: String) -> String? { kept[name] }

    private static let order = "order and completeness of the copy rest on it"
    private static let progress = "progress is kept on the target, never as a group on the source"
    private static let inside = "Tern handles the client's events itself"

    private static let kept: [String: String] = [
        "request.required.acks": order, "message.send.max.retries": order, "max.in.flight": order,
        "message.timeout.ms": order, "enable.gapless.guarantee": order, "queuing.strategy": order,
        "delivery.report.only.error": order, "enable.auto.offset.store": progress, "enable.partition.eof": progress,
        "auto.commit.enable": progress, "offset.store.method": progress, "offset.store.path": progress,
        "offset.store.sync.interval.ms": progress, "log.queue": inside, "enabled_events": inside, "log_level": inside,
        "statistics.interval.ms": inside, "metadata.broker.list": "write bootstrap.servers instead",
        "plugin.library.paths": "Tern loads no libraries into itself", "builtin.features": "it cannot be set",
        "internal.termination.signal": inside,
        "topic.blacklist": "topics are chosen with `topics` and `topics.exclude`",
        "partitioner": "a record keeps its partition", "group.protocol.type": "a lane's consumer is in no group",
        "queued.min.messages": "prefetch.max.bytes sizes the queue",
        "queued.max.messages.kbytes": "prefetch.max.bytes sizes it",
        "queue.buffering.max.messages": "in.flight.max.records sizes it",
        "queue.buffering.max.kbytes": "in.flight.max.bytes sizes it",
        "message.max.bytes": "what a topic takes is the target's to say",
        "consume.callback.max.messages": inside, "produce.offset.report": order,
    ]

    /// Of later versions: passed on where the loaded library knows them.
    private static let newer: Set<String> = words(
        """
        client.dns.lookup enable.metrics.push metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy \
        retry.backoff.max.ms
        """)

    private static let any: Set<String> = words(
        """
        api.version.fallback.ms api.version.request api.version.request.timeout.ms bootstrap.servers broker.address.family \
        broker.address.ttl broker.version.fallback builtin.features client.id client.rack connections.max.idle.ms debug \
        enable.random.seed enable.sasl.oauthbearer.unsecure.jwt enable.ssl.certificate.verification enabled_events \
        internal.termination.signal log.connection.close log.queue log.thread.name log_level max.in.flight \
        max.in.flight.requests.per.connection message.copy.max.bytes message.max.bytes metadata.broker.list \
        metadata.max.age.ms plugin.library.paths receive.message.max.bytes reconnect.backoff.jitter.ms \
        reconnect.backoff.max.ms reconnect.backoff.ms sasl.kerberos.keytab sasl.kerberos.kinit.cmd \
        sasl.kerberos.min.time.before.relogin sasl.kerberos.principal sasl.kerberos.service.name sasl.mechanism \
        sasl.mechanisms sasl.oauthbearer.client.id sasl.oauthbearer.client.secret sasl.oauthbearer.config \
        sasl.oauthbearer.extensions sasl.oauthbearer.method sasl.oauthbearer.scope sasl.oauthbearer.token.endpoint.url \
        sasl.password sasl.username security.protocol socket.blocking.max.ms socket.connection.setup.timeout.ms \
        socket.keepalive.enable socket.max.fails socket.nagle.disable socket.receive.buffer.bytes \
        socket.send.buffer.bytes socket.timeout.ms ssl.ca.certificate.stores ssl.ca.location ssl.ca.pem \
        ssl.certificate.location ssl.certificate.pem ssl.cipher.suites ssl.crl.location ssl.curves.list \
        ssl.endpoint.identification.algorithm ssl.engine.id ssl.engine.location ssl.key.location ssl.key.password \
        ssl.key.pem ssl.keystore.location ssl.keystore.password ssl.providers ssl.sigalgs.list statistics.interval.ms \
        topic.blacklist topic.metadata.propagation.max.ms topic.metadata.refresh.fast.cnt \
        topic.metadata.refresh.fast.interval.ms topic.metadata.refresh.interval.ms topic.metadata.refresh.sparse
        """)

    private static let consumer: Set<String> = words(
        """
        auto.commit.enable auto.commit.interval.ms auto.offset.reset check.crcs consume.callback.max.messages \
        coordinator.query.interval.ms enable.auto.commit enable.auto.offset.store enable.partition.eof \
        fetch.error.backoff.ms fetch.max.bytes fetch.message.max.bytes fetch.min.bytes fetch.wait.max.ms group.id \
        group.instance.id group.protocol.type heartbeat.interval.ms isolation.level max.partition.fetch.bytes \
        max.poll.interval.ms offset.store.method offset.store.path offset.store.sync.interval.ms \
        partition.assignment.strategy queued.max.messages.kbytes queued.min.messages session.timeout.ms
        """)

    private static let producer: Set<String> = words(
        """
        acks batch.num.messages batch.size compression.codec compression.level compression.type \
        delivery.report.only.error delivery.timeout.ms enable.gapless.guarantee enable.idempotence linger.ms \
        message.send.max.retries message.timeout.ms partitioner produce.offset.report \
        queue.buffering.backpressure.threshold queue.buffering.max.kbytes queue.buffering.max.messages \
        queue.buffering.max.ms queuing.strategy request.required.acks request.timeout.ms retries retry.backoff.ms \
        sticky.partitioning.linger.ms transaction.timeout.ms transactional.id
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map { String($0) })
    }
}
