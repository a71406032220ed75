// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// Asks for every topic at once, so that the client knows the leaders of those it is about to open or to be assigned.
///
/// librdkafka asks for each topic that it opens by a request of its own: with 500 topics the first records of the last ones
/// waited for ten seconds. What it knows already it does not ask for again.
///
/// The corresponding C function is `rd_kafka_metadata`.
/// - Returns: whether the answer came within that time. Without it everything works, later.
@discardableResult
func learnTopics(of client: OpaquePointer, within limit: Duration) -> Bool {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client, 1, nil, &metadata, limit.wholeMilliseconds)
    if let metadata { rd_kafka_metadata_destroy(metadata) }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
}

extension Producer {
    /// Asks for every topic by one request, before many are opened by ``topic(named:)``, each of which would ask by itself.
    /// Waits for the answer, or for so long.
    public func learnTopics(within limit: Duration) {
        guard let client else { return }
        Kafka.learnTopics(of: client, within: limit)
    }
}

extension Consumer {
    /// Asks for every topic by one request, before many are assigned, for each of which the client would ask by itself.
    /// Waits for the answer, or for so long.
    public func learnTopics(within limit: Duration) {
        guard let client else { return }
        Kafka.learnTopics(of: client, within: limit)
    }
}
