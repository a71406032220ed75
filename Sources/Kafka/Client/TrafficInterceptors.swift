// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
internal import Platform

// librdkafka reports each request and answer by interceptors, and of quotas by a callback. Its statistics have the same
// numbers, but cost a lock for each record that is produced, and a document that names every partition.

extension NativeConfiguration {
    /// Has the client that is made from this count into `traffic`, which is kept until that client is destroyed.
    ///
    /// The corresponding C functions are `rd_kafka_conf_interceptor_add_on_new` and `…_on_conf_destroy`, and
    /// `rd_kafka_conf_set_throttle_cb`, whose calls come on the thread that serves the client's main queue.
    /// - Returns: what keeps it, to be released where no client was made.
    func count(into traffic: ClientTraffic) -> Unmanaged<ClientTraffic> {
        let kept = Unmanaged.passRetained(traffic)
        let opaque = kept.toOpaque()
        rd_kafka_conf_set_opaque(pointer, opaque)
        rd_kafka_conf_set_throttle_cb(pointer) { _, _, _, milliseconds, opaque in
            ClientTraffic.at(opaque)?.countThrottle(milliseconds: Int64(milliseconds))
        }
        rd_kafka_conf_interceptor_add_on_new(pointer, interceptorName, addInterceptors, opaque)
        // A client's configuration is the last of it that goes, when no thread of it is left.
        rd_kafka_conf_interceptor_add_on_conf_destroy(
            pointer, interceptorName,
            { opaque in
                if let opaque { Unmanaged<ClientTraffic>.fromOpaque(opaque).release() }
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }, opaque)
        return kept
    }
}

private let interceptorName = "tern-traffic"

/// The corresponding C functions are `rd_kafka_interceptor_add_on_request_sent` and its siblings, which may only be called
/// here.
private let addInterceptors:
    @convention(c) (OpaquePointer?, OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, Int) ->
        rd_kafka_resp_err_t = {
            client, _, opaque, _, _ in
            rd_kafka_interceptor_add_on_request_sent(
                client, interceptorName,
                { _, _, _, _, key, _, _, bytes, opaque in
                    ClientTraffic.at(opaque)?.countRequest(of: RequestKind(rawValue: key), bytes: bytes)
                    return RD_KAFKA_RESP_ERR_NO_ERROR
                }, opaque)
            rd_kafka_interceptor_add_on_response_received(
                client, interceptorName,
                { _, _, _, _, key, _, _, bytes, microseconds, error, opaque in
                    // An answer that another thread waits for is reported a second time there. One that never came has no bytes.
                    guard BrokerThread.isCurrent, bytes > 0, let traffic = ClientTraffic.at(opaque) else {
                        return RD_KAFKA_RESP_ERR_NO_ERROR
                    }
                    // The reported size is without length and correlation id, four bytes each.
                    traffic.countAnswer(to: RequestKind(rawValue: key), bytes: bytes + 8)
                    if key == RequestKind.produce.rawValue, error == RD_KAFKA_RESP_ERR_NO_ERROR, microseconds >= 0 {
                        traffic.tellProduceAnswered(after: .microseconds(microseconds))
                    }
                    if key == RequestKind.metadata.rawValue, microseconds > 0, !traffic.isOfRecords {
                        traffic.noteRoundTrip(.microseconds(microseconds))
                    }
                    return RD_KAFKA_RESP_ERR_NO_ERROR
                }, opaque)
            return rd_kafka_interceptor_add_on_thread_start(
                client, interceptorName,
                { _, kind, _, opaque in
                    if kind == RD_KAFKA_THREAD_BROKER { BrokerThread.markCurrent() }
                    let movesRecords = kind == RD_KAFKA_THREAD_BROKER && ClientTraffic.at(opaque)?.isOfRecords == true
                    if !movesRecords { BackgroundThread.settleCurrent() }
                    return RD_KAFKA_RESP_ERR_NO_ERROR
                }, opaque)
        }

/// The threads that read from and write to a broker's connection, each marked when it starts.
private enum BrokerThread {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no key left for data of threads")
        return key
    }()

    static func markCurrent() { pthread_setspecific(key, UnsafeRawPointer(bitPattern: 1)) }
    static var isCurrent: Bool { pthread_getspecific(key) != nil }
}

/// The threads of a client that move no records. There are hundreds of them where many flows run, all of them idle.
private enum BackgroundThread {
    /// librdkafka 2.0.2 waits whole milliseconds for its next timer and spins for the rest: half a millisecond each second in
    /// the main thread of each client. A thread that may be woken late sleeps through that rest. Nothing that these threads do by
    /// timers needs milliseconds; what they are sent wakes them at once.
    static func settleCurrent() {
        CurrentThread.timerSlack = .milliseconds(20)
        CurrentThread.dropAllocatorCache()
    }
}

extension ClientTraffic {
    /// Borrowed: the configuration holds it for as long as calls come.
    fileprivate static func at(_ opaque: UnsafeMutableRawPointer?) -> ClientTraffic? {
        opaque.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }
}
