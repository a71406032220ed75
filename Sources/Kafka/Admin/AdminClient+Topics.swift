// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension AdminClient {
    /// Every topic that the client may describe, sorted by name, the cluster's internal ones included.
    ///
    /// The corresponding C function is `rd_kafka_metadata`, for the whole cluster in one request.
    public func topics(within limit: Duration) async throws(KafkaError) -> [TopicDescription] {
        try await cluster(within: limit).topics
    }

    /// Brokers and topics, by one request. The corresponding C function is `rd_kafka_metadata`.
    public func cluster(within limit: Duration) async throws(KafkaError) -> ClusterDescription {
        let requests = requests
        return try await block(during: "read the metadata", within: limit, delaysOthers: false) {
            (handle) throws(KafkaError) in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(handle.pointer, 1, nil, &metadata, limit.wholeMilliseconds)
            guard let metadata, code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                switch KafkaErrorCode(code) {
                case ._timedOut, ._transport: throw requests.unanswered("read the metadata", within: limit)
                default: throw KafkaError(code, during: "read the metadata")
                }
            }
            defer { rd_kafka_metadata_destroy(metadata) }
            requests.noteAnswer()
            return ClusterDescription(metadata.pointee)
        }
    }

    /// Creates topics, in as many requests as it takes. The corresponding C function is `rd_kafka_CreateTopics`.
    ///
    /// - Returns: for each topic nil when it was created (or, with `validateOnly`, would be), else why not.
    public func createTopics(
        _ topics: [NewTopic], validateOnly: Bool = false, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        try await inPortions(topics, named: \.name, cost: \.metadataRecords, within: limit) {
            (portion, left) throws(KafkaError) in
            try await self.create(portion, validateOnly: validateOnly, within: left)
        }
    }

    private func create(
        _ topics: [NewTopic], validateOnly: Bool, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        try await request(
            RD_KAFKA_ADMIN_OP_CREATETOPICS, during: "create topics", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            options.setOperationTimeout(limit)
            try options.setValidateOnly(validateOnly)
            var natives = OwnedPointers(freeing: rd_kafka_NewTopic_destroy)
            for topic in topics { natives.append(try Self.native(topic)) }
            natives.withArray { rd_kafka_CreateTopics(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return topicResults(results, count, during: "create topics")
        }
    }

    /// Grows topics to these numbers of partitions, in as many requests as it takes.
    /// The corresponding C function is `rd_kafka_CreatePartitions`.
    ///
    /// - Returns: for each topic nil when it was grown, else why not.
    public func createPartitions(
        _ totals: [TopicName: Int32], validateOnly: Bool = false, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        let growth = totals.sorted { $0.key < $1.key }
        // How many there are is not known here: counted as though all were new.
        return try await inPortions(growth, named: \.key, cost: { Int(max(1, $0.value)) }, within: limit) {
            (portion, left) throws(KafkaError) in
            try await self.grow(portion, validateOnly: validateOnly, within: left)
        }
    }

    private func grow(
        _ totals: [(key: TopicName, value: Int32)], validateOnly: Bool, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        try await request(
            RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, during: "add partitions", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            options.setOperationTimeout(limit)
            try options.setValidateOnly(validateOnly)
            var natives = OwnedPointers(freeing: rd_kafka_NewPartitions_destroy)
            for (name, total) in totals {
                let (native, text) = withErrorText {
                    rd_kafka_NewPartitions_new(name.rawValue, Int(max(0, total)), $0, $1)
                }
                guard let native else { throw KafkaError(._invalidArg, during: "add partitions", reason: text) }
                natives.append(native)
            }
            natives.withArray { rd_kafka_CreatePartitions(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_CreatePartitions_result(event)
            let results = rd_kafka_CreatePartitions_result_topics(result, &count)
            return topicResults(results, count, during: "add partitions")
        }
    }

    /// Deletes topics and all that is in them. The corresponding C function is `rd_kafka_DeleteTopics`.
    ///
    /// - Returns: for each topic nil when it was deleted, else why not.
    public func deleteTopics(
        _ names: [TopicName], within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        guard !names.isEmpty else { return [:] }
        return try await request(
            RD_KAFKA_ADMIN_OP_DELETETOPICS, during: "delete topics", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            options.setOperationTimeout(limit)
            var natives = OwnedPointers(freeing: rd_kafka_DeleteTopic_destroy)
            for name in names { natives.append(rd_kafka_DeleteTopic_new(name.rawValue)) }
            natives.withArray { rd_kafka_DeleteTopics(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            return topicResults(results, count, during: "delete topics")
        }
    }

    private static func native(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
        let (native, text) = withErrorText {
            rd_kafka_NewTopic_new(topic.name.rawValue, topic.partitionCount, Int32(topic.replicationFactor), $0, $1)
        }
        guard let native else {
            throw KafkaError(._invalidArg, during: "create \(topic.name)", reason: text)
        }
        for setting in topic.configuration { rd_kafka_NewTopic_set_config(native, setting.name, setting.value) }
        return native
    }
}

/// What three kinds of requests answer for each topic.
private func topicResults(
    _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, during operation: String
) -> [TopicName: KafkaError?] {
    var errors: [TopicName: KafkaError?] = [:]
    for result in nativeElements(results, count) {
        let code = rd_kafka_topic_result_error(result)
        let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
        let name = TopicName(String(cString: rd_kafka_topic_result_name(result)))
        let error: KafkaError? =
            code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, during: operation, reason: reason)
        errors.updateValue(error, forKey: name)
    }
    return errors
}

extension ClusterDescription {
    fileprivate init(_ metadata: rd_kafka_metadata) {
        let brokers = UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt))
        let topics = UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
        self.init(
            brokers: brokers.map { BrokerDescription(id: $0.id, host: String(cString: $0.host), port: $0.port) }
                .sorted { $0.id < $1.id },
            topics: topics.map(TopicDescription.init).sorted { $0.name < $1.name })
    }
}

extension TopicDescription {
    fileprivate init(_ native: rd_kafka_metadata_topic) {
        let partitions = UnsafeBufferPointer(start: native.partitions, count: Int(native.partition_cnt))
        self.init(
            name: TopicName(String(cString: native.topic)), error: native.err.orNil,
            partitions: partitions.map { partition in
                PartitionDescription(
                    index: partition.id, leader: partition.leader >= 0 ? partition.leader : nil,
                    replicas: Array(UnsafeBufferPointer(start: partition.replicas, count: Int(partition.replica_cnt))),
                    inSyncReplicas: Array(UnsafeBufferPointer(start: partition.isrs, count: Int(partition.isr_cnt))),
                    error: partition.err.orNil)
            }
            .sorted { $0.index < $1.index })
    }
}

extension rd_kafka_resp_err_t {
    var orNil: KafkaErrorCode? { self == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaErrorCode(self) }
}
