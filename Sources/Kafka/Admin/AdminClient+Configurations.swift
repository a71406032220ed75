// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension AdminClient {
    /// The settings of topics, with where each value comes from; one request, however many topics.
    ///
    /// The corresponding C function is `rd_kafka_DescribeConfigs`.
    /// - Returns: for each topic its settings sorted by name, or why they cannot be read.
    public func describeConfigurations(
        topics: [TopicName], within limit: Duration
    ) async throws(KafkaError) -> [TopicName: Result<[ConfigurationEntry], KafkaError>] {
        guard !topics.isEmpty else { return [:] }
        let described = try await describe(RD_KAFKA_RESOURCE_TOPIC, topics.map(\.rawValue), within: limit)
        return Dictionary(described.map { (TopicName($0.name), $0.result) }, uniquingKeysWith: { first, _ in first })
    }

    /// The settings of one broker. Sensitive values are nil. The corresponding C function is `rd_kafka_DescribeConfigs`,
    /// which has no way to ask for the defaults of a cluster.
    public func describeConfiguration(
        broker: Int32, within limit: Duration
    ) async throws(KafkaError) -> [ConfigurationEntry] {
        let described = try await describe(RD_KAFKA_RESOURCE_BROKER, ["\(broker)"], within: limit)
        guard let first = described.first else {
            throw KafkaError(._noent, during: "describe broker \(broker)", reason: "no answer for it")
        }
        return try first.result.get()
    }

    /// Makes these the only settings of each topic: whatever is not named goes back to its default.
    ///
    /// The corresponding C function is `rd_kafka_AlterConfigs`.
    /// - Returns: for each topic nil when it was done, else why nothing was.
    public func alterConfigurations(
        _ settings: [TopicName: [(String, String)]], validateOnly: Bool = false, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        guard !settings.isEmpty else { return [:] }
        return try await request(
            RD_KAFKA_ADMIN_OP_ALTERCONFIGS, during: "set topic configurations", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            try options.setValidateOnly(validateOnly)
            var resources = OwnedPointers(freeing: rd_kafka_ConfigResource_destroy)
            for (name, entries) in settings {
                let resource = try configurationResource(RD_KAFKA_RESOURCE_TOPIC, name.rawValue)
                resources.append(resource)
                for (key, value) in entries {
                    try check(
                        rd_kafka_ConfigResource_set_config(resource, key, value), during: "set \(key) of \(name)")
                }
            }
            resources.withArray { rd_kafka_AlterConfigs(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_AlterConfigs_result(event)
            return alterationResults(rd_kafka_AlterConfigs_result_resources(result, &count), count)
        }
    }

    /// Whether the librdkafka that was loaded can change single settings: from 2.2 on.
    public static var supportsIncrementalAlter: Bool { IncrementalAlter.loaded != nil }

    /// Changes the settings named and no others. The corresponding C function is `rd_kafka_IncrementalAlterConfigs`.
    ///
    /// - Returns: for each topic nil when it was done, else why nothing was.
    /// - Throws: `_unsupportedFeature` where the library has no such call.
    public func incrementallyAlterConfigurations(
        _ changes: [TopicName: [ConfigurationChange]], validateOnly: Bool = false, within limit: Duration
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        let operation = "change topic configurations"
        guard let native = IncrementalAlter.loaded else {
            throw KafkaError(
                ._unsupportedFeature, during: operation,
                reason: "librdkafka \(Clients.libraryVersion) cannot; 2.2 and newer can")
        }
        guard !changes.isEmpty else { return [:] }
        return try await request(
            IncrementalAlter.operation, during: operation, within: limit
        ) { (client, options, queue) throws(KafkaError) in
            try options.setValidateOnly(validateOnly)
            var resources = OwnedPointers(freeing: rd_kafka_ConfigResource_destroy)
            for (name, steps) in changes {
                let resource = try configurationResource(RD_KAFKA_RESOURCE_TOPIC, name.rawValue)
                resources.append(resource)
                for step in steps { try check(native.add(step, resource), during: "change \(step.name) of \(name)") }
            }
            resources.withArray { native.send(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            return alterationResults(native.resources(native.result(event), &count), count)
        }
    }

    private func describe(
        _ kind: rd_kafka_ResourceType_t, _ names: [String], within limit: Duration
    ) async throws(KafkaError) -> [(name: String, result: Result<[ConfigurationEntry], KafkaError>)] {
        try await request(
            RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, during: "describe configurations", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var resources = OwnedPointers(freeing: rd_kafka_ConfigResource_destroy)
            for name in names { resources.append(try configurationResource(kind, name)) }
            resources.withArray { rd_kafka_DescribeConfigs(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_DescribeConfigs_result(event)
            return nativeElements(rd_kafka_DescribeConfigs_result_resources(result, &count), count).map { resource in
                let name = String(cString: rd_kafka_ConfigResource_name(resource))
                if let error = resourceError(resource, during: "describe \(name)") { return (name, .failure(error)) }
                var entryCount = 0
                let entries = nativeElements(rd_kafka_ConfigResource_configs(resource, &entryCount), entryCount)
                return (name, .success(entries.map(ConfigurationEntry.init(native:)).sorted { $0.name < $1.name }))
            }
        }
    }
}

/// The corresponding C function is `rd_kafka_ConfigResource_new`, which refuses an empty name.
private func configurationResource(_ kind: rd_kafka_ResourceType_t, _ name: String) throws(KafkaError) -> OpaquePointer
{
    guard let resource = rd_kafka_ConfigResource_new(kind, name) else {
        throw KafkaError(._invalidArg, during: "name what to configure", reason: "librdkafka refuses \"\(name)\"")
    }
    return resource
}

private func resourceError(_ resource: OpaquePointer, during operation: String) -> KafkaError? {
    let code = rd_kafka_ConfigResource_error(resource)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return KafkaError(
        code, during: operation, reason: rd_kafka_ConfigResource_error_string(resource).map { String(cString: $0) })
}

private func alterationResults(
    _ resources: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
) -> [TopicName: KafkaError?] {
    var errors: [TopicName: KafkaError?] = [:]
    for resource in nativeElements(resources, count) {
        let name = String(cString: rd_kafka_ConfigResource_name(resource))
        errors.updateValue(resourceError(resource, during: "configure \(name)"), forKey: TopicName(name))
    }
    return errors
}

extension ConfigurationEntry {
    fileprivate init(native: OpaquePointer) {
        var count = 0
        let synonyms = nativeElements(rd_kafka_ConfigEntry_synonyms(native, &count), count)
        self.init(
            name: String(cString: rd_kafka_ConfigEntry_name(native)),
            value: rd_kafka_ConfigEntry_value(native).map { String(cString: $0) },
            source: Source(rd_kafka_ConfigEntry_source(native)),
            isReadOnly: rd_kafka_ConfigEntry_is_read_only(native) == 1,
            isSensitive: rd_kafka_ConfigEntry_is_sensitive(native) == 1,
            synonyms: synonyms.map { synonym in
                Synonym(
                    name: String(cString: rd_kafka_ConfigEntry_name(synonym)),
                    value: rd_kafka_ConfigEntry_value(synonym).map { String(cString: $0) },
                    source: Source(rd_kafka_ConfigEntry_source(synonym)))
            })
    }
}

extension ConfigurationEntry.Source {
    fileprivate init(_ native: rd_kafka_ConfigSource_t) {
        self =
            switch native {
            case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG: .dynamicTopic
            case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_BROKER_CONFIG: .dynamicBroker
            case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_DEFAULT_BROKER_CONFIG: .dynamicDefaultBroker
            case RD_KAFKA_CONFIG_SOURCE_STATIC_BROKER_CONFIG: .staticBroker
            case RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG: .default
            default: .unknown
            }
    }
}
