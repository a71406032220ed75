// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka

/// Asks for the metadata of every topic, or of those that the client knows, and throws the answer away: what counts is what
/// the client learns from it, and that there was one.
///
/// The corresponding C function is `rd_kafka_metadata`.
/// - Returns: whether the answer came within that time.
func refreshMetadata(of client: OpaquePointer, allTopics: Bool, within limit: Duration) -> Bool {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client, allTopics ? 1 : 0, nil, &metadata, limit.wholeMilliseconds)
    if let metadata { rd_kafka_metadata_destroy(metadata) }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
}

// librdkafka asks for each topic that it opens by a request of its own: with 500 topics the first records of the last ones
// waited for ten seconds. What it knows already it does not ask for again. Without an answer everything works, later.

extension Producer {
    /// Asks for every topic by one request, before many are opened by ``topic(named:)``, each of which would ask by itself.
    /// Waits for the answer, or for so long.
    public func learnTopics(within limit: Duration) {
        guard let client else { return }
        _ = refreshMetadata(of: client, allTopics: true, within: limit)
    }
}

extension Consumer {
    /// Asks for every topic by one request, before many are assigned, for each of which the client would ask by itself.
    /// Waits for the answer, or for so long.
    public func learnTopics(within limit: Duration) {
        guard let client else { return }
        _ = Kafka.refreshMetadata(of: client, allTopics: true, within: limit)
    }
}
