// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import KafkaTypes

/// What a client is made for.
public enum ClientKind: Sendable, CaseIterable {
    case consumer
    case producer
    /// A consumer-type handle that never consumes: a producer-type one creates the topics it asks about wherever
    /// `auto.create.topics.enable` is set.
    case admin
}

/// The configuration of a client that is yet to be made. The corresponding C type is `rd_kafka_conf_t`.
struct NativeConfiguration: ~Copyable {
    let pointer: OpaquePointer
    private let kind: ClientKind
    /// Unmanaged, since only what is trivial can be discarded: keepers stay as long as the process.
    private let keeper: Unmanaged<TokenKeeper>?

    init(_ properties: ClientProperties, clientID: String, kind: ClientKind) throws(KafkaError) {
        pointer = rd_kafka_conf_new()
        self.kind = kind
        keeper = properties.login.map { .passUnretained(TokenKeeper.keeper(of: $0)) }
        ClientLog.take(over: pointer)
        if kind == .admin { RefusedCertificates.watch(pointer) }
        if keeper != nil { leaveTokensToKeeper() }
        try set("client.id", clientID)
        for (key, value) in properties.entries where !NewerProperties.isLeftOut(key) { try set(key, value.reveal()) }
    }

    /// The corresponding C function is `rd_kafka_conf_set`.
    func set(_ key: String, _ value: String) throws(KafkaError) {
        let (result, text) = withErrorText { rd_kafka_conf_set(pointer, key, value, $0, $1) }
        guard result == RD_KAFKA_CONF_OK else {
            throw KafkaError(
                result == RD_KAFKA_CONF_UNKNOWN ? ._notConfigured : ._invalidArg, during: "set \(key)", reason: text)
        }
    }

    /// Which events the client's queues carry. The corresponding C function is `rd_kafka_conf_set_events`.
    func setEvents(_ events: Int32) { rd_kafka_conf_set_events(pointer, events) }

    /// Makes the client, which takes the configuration over; a refusal frees it. It is to be destroyed by
    /// ``destroyClient(_:_:)``.
    /// The corresponding C function is `rd_kafka_new`.
    consuming func makeClient(counting traffic: ClientTraffic? = nil) throws(KafkaError) -> OpaquePointer {
        let keeper = keeper?.takeUnretainedValue()
        let client = try makeNative(counting: traffic)
        keeper?.keep(client)
        return client
    }

    private consuming func makeNative(counting traffic: ClientTraffic?) throws(KafkaError) -> OpaquePointer {
        if let traffic { return try makeCountedClient(traffic) }
        let (client, text) = withErrorText { rd_kafka_new(type, pointer, $0, $1) }
        guard let client else {
            _ = consume self  // deinit frees the configuration exactly here
            throw KafkaError(._invalidArg, during: "create a client", reason: text)
        }
        discard self  // librdkafka owns it now
        return client
    }

    /// A refusal leaves interceptors behind that are freed already: freeing such a configuration crashes, so it is left
    /// behind too. That costs some kilobytes, and a client that is refused is tried again and again: after a refusal the
    /// next one is first made without interceptors.
    private consuming func makeCountedClient(_ traffic: ClientTraffic) throws(KafkaError) -> OpaquePointer {
        if traffic.wasRefused, let refusal = triedInVain() {
            _ = consume self
            throw refusal
        }
        let kept = count(into: traffic)
        let (client, text) = withErrorText { rd_kafka_new(type, pointer, $0, $1) }
        traffic.wasRefused = client == nil
        guard let client else {
            discard self
            kept.release()
            throw KafkaError(._invalidArg, during: "create a client", reason: text)
        }
        discard self  // librdkafka owns it now
        return client
    }

    /// What librdkafka has against such a client. The corresponding C function is `rd_kafka_conf_dup`, which copies no
    /// interceptors.
    private func triedInVain() -> KafkaError? {
        let copy = rd_kafka_conf_dup(pointer)
        let (client, text) = withErrorText { rd_kafka_new(type, copy, $0, $1) }
        guard let client else {
            rd_kafka_conf_destroy(copy)
            return KafkaError(._invalidArg, during: "create a client", reason: text)
        }
        destroyClient(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        return nil
    }

    private var type: rd_kafka_type_t { kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER }

    deinit { rd_kafka_conf_destroy(pointer) }
}

/// Ends a client. The corresponding C function is `rd_kafka_destroy_flags`.
func destroyClient(_ client: OpaquePointer, _ flags: Int32 = 0) {
    TokenKeeper.forget(client)
    rd_kafka_destroy_flags(client, flags)
}
