// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension AdminClient {
    /// The access rules that match.
    ///
    /// **An empty answer proves nothing**: librdkafka 2.0.2 hides the error, so a cluster without an authorizer and a
    /// client without the permission answer with no rules, too. Never delete on the strength of it.
    /// Kinds that the library does not know (transactional ids) come as `unknown`.
    /// The corresponding C function is `rd_kafka_DescribeAcls`.
    public func accessRules(
        matching filter: AccessRuleFilter = AccessRuleFilter(), within limit: Duration
    ) async throws(KafkaError) -> [AccessRule] {
        try await request(
            RD_KAFKA_ADMIN_OP_DESCRIBEACLS, during: "read access rules", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var natives = OwnedPointers(freeing: rd_kafka_AclBinding_destroy)
            let native = try Self.native(filter)
            natives.append(native)
            natives.withArray { _, _ in rd_kafka_DescribeAcls(client, native, options.pointer, queue) }
        } read: { event in
            var count = 0
            let acls = rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event), &count)
            return nativeElements(acls, count).map { AccessRule(native: $0) }
        }
    }

    /// Adds access rules. The corresponding C function is `rd_kafka_CreateAcls`.
    ///
    /// - Returns: in the order of `rules`, nil when it is in force, else why not: `securityDisabled` on a cluster without
    ///   an authorizer, `_invalidArg` for what this librdkafka cannot write.
    public func createAccessRules(
        _ rules: [AccessRule], within limit: Duration
    ) async throws(KafkaError) -> [KafkaError?] {
        var writable: [AccessRule] = []
        var errors: [KafkaError?] = rules.map { rule in
            if let error = Self.objection(to: rule) { return error }
            writable.append(rule)
            return nil
        }
        guard !writable.isEmpty else { return errors }
        let wanted = writable
        let answers: [KafkaError?] = try await request(
            RD_KAFKA_ADMIN_OP_CREATEACLS, during: "add access rules", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var natives = OwnedPointers(freeing: rd_kafka_AclBinding_destroy)
            for rule in wanted { natives.append(try Self.native(rule)) }
            natives.withArray { rd_kafka_CreateAcls(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event), &count)
            return nativeElements(results, count).map {
                groupError(rd_kafka_acl_result_error($0), "add an access rule")
            }
        }
        var next = answers.makeIterator()
        for index in errors.indices where errors[index] == nil { errors[index] = next.next() ?? nil }
        return errors
    }

    /// Deletes the access rules that match any of the filters. The corresponding C function is `rd_kafka_DeleteAcls`.
    ///
    /// - Returns: in the order of `filters`, what was deleted, or why nothing was.
    public func deleteAccessRules(
        _ filters: [AccessRuleFilter], within limit: Duration
    ) async throws(KafkaError) -> [Result<[AccessRule], KafkaError>] {
        guard !filters.isEmpty else { return [] }
        return try await request(
            RD_KAFKA_ADMIN_OP_DELETEACLS, during: "delete access rules", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var natives = OwnedPointers(freeing: rd_kafka_AclBinding_destroy)
            for filter in filters { natives.append(try Self.native(filter)) }
            natives.withArray { rd_kafka_DeleteAcls(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let result = rd_kafka_event_DeleteAcls_result(event)
            return nativeElements(rd_kafka_DeleteAcls_result_responses(result, &count), count).map { response in
                if let error = groupError(rd_kafka_DeleteAcls_result_response_error(response), "delete access rules") {
                    return .failure(error)
                }
                var matches = 0
                let acls = rd_kafka_DeleteAcls_result_response_matching_acls(response, &matches)
                return .success(nativeElements(acls, matches).map { AccessRule(native: $0) })
            }
        }
    }

    private static func objection(to rule: AccessRule) -> KafkaError? {
        guard
            rule.resource == .unknown || rule.pattern == .unknown || rule.operation == .unknown
                || rule.permission == .unknown
        else { return nil }
        return KafkaError(
            ._invalidArg, during: "add an access rule",
            reason: "librdkafka \(Clients.libraryVersion) does not know this kind of rule, so it cannot write it")
    }

    private static func native(_ rule: AccessRule) throws(KafkaError) -> OpaquePointer {
        let (native, text) = withErrorText {
            rd_kafka_AclBinding_new(
                AclKinds.native(rule.resource), rule.resourceName, AclKinds.native(rule.pattern), rule.principal,
                rule.host, AclKinds.native(rule.operation), AclKinds.native(rule.permission), $0, $1)
        }
        guard let native else { throw KafkaError(._invalidArg, during: "add an access rule", reason: text) }
        return native
    }

    private static func native(_ filter: AccessRuleFilter) throws(KafkaError) -> OpaquePointer {
        let (native, text) = withErrorText {
            rd_kafka_AclBindingFilter_new(
                filter.resource.map(AclKinds.native) ?? RD_KAFKA_RESOURCE_ANY, filter.resourceName,
                filter.pattern.map(AclKinds.native) ?? RD_KAFKA_RESOURCE_PATTERN_ANY, filter.principal, filter.host,
                filter.operation.map(AclKinds.native) ?? RD_KAFKA_ACL_OPERATION_ANY,
                filter.permission.map(AclKinds.native) ?? RD_KAFKA_ACL_PERMISSION_TYPE_ANY, $0, $1)
        }
        guard let native else { throw KafkaError(._invalidArg, during: "match access rules", reason: text) }
        return native
    }
}
