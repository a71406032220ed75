// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
internal import Glibc
public import KafkaTypes

extension AdminClient {
    /// Every group that the client may see. Not being allowed to see any is an empty list, not an error.
    ///
    /// The corresponding C function is `rd_kafka_ListConsumerGroups`, which asks every broker.
    public func listGroups(within limit: Duration) async throws(KafkaError) -> GroupListings {
        try await request(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, during: "list groups", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            rd_kafka_ListConsumerGroups(client, options.pointer, queue)
        } read: { event in
            let result = rd_kafka_event_ListConsumerGroups_result(event)
            var count = 0
            let groups = nativeElements(rd_kafka_ListConsumerGroups_result_valid(result, &count), count)
            let listings = groups.map { group in
                GroupListing(
                    id: GroupID(String(cString: rd_kafka_ConsumerGroupListing_group_id(group))),
                    state: GroupState(rd_kafka_ConsumerGroupListing_state(group)),
                    isSimple: rd_kafka_ConsumerGroupListing_is_simple_consumer_group(group) != 0)
            }
            let problems = nativeElements(rd_kafka_ListConsumerGroups_result_errors(result, &count), count)
            return GroupListings(
                groups: listings.sorted { $0.id < $1.id },
                problems: problems.map { KafkaError(copying: $0, during: "list groups").description })
        }
    }

    /// Groups and their members. A group that does not exist is `dead`, without an error; so is a live one of the newer
    /// consumer protocol: take emptiness from ``listGroups(within:)``.
    ///
    /// Ask about groups that ``listGroups(within:)`` lists only: librdkafka 2.0.2 may crash while it waits for a
    /// coordinator that is not available yet, as on a cluster that never had a group.
    ///
    /// The corresponding C function is `rd_kafka_DescribeConsumerGroups`.
    public func describeGroups(
        _ groups: [GroupID], within limit: Duration
    ) async throws(KafkaError) -> [GroupID: Result<GroupDescription, KafkaError>] {
        guard !groups.isEmpty else { return [:] }
        return try await forGroups(during: "describe groups").request(
            RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, during: "describe groups", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var names = groups.map { UnsafePointer(strdup($0.rawValue)) }
            defer { names.forEach { free(UnsafeMutablePointer(mutating: $0)) } }
            rd_kafka_DescribeConsumerGroups(client, &names, names.count, options.pointer, queue)
        } read: { event in
            var count = 0
            let result = rd_kafka_event_DescribeConsumerGroups_result(event)
            let described = nativeElements(rd_kafka_DescribeConsumerGroups_result_groups(result, &count), count)
            return Dictionary(
                described.map { group in
                    let id = GroupID(String(cString: rd_kafka_ConsumerGroupDescription_group_id(group)))
                    if let error = groupError(rd_kafka_ConsumerGroupDescription_error(group), "describe \(id)") {
                        return (id, .failure(error))
                    }
                    return (id, .success(GroupDescription(native: group, id: id)))
                }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Deletes groups with all that they committed. Only empty ones can be deleted.
    ///
    /// The corresponding C function is `rd_kafka_DeleteGroups`.
    /// - Returns: for each group nil when it was deleted, else why not.
    public func deleteGroups(
        _ groups: [GroupID], within limit: Duration
    ) async throws(KafkaError) -> [GroupID: KafkaError?] {
        guard !groups.isEmpty else { return [:] }
        return try await forGroups(during: "delete groups").request(
            RD_KAFKA_ADMIN_OP_DELETEGROUPS, during: "delete groups", within: limit
        ) { (client, options, queue) throws(KafkaError) in
            var natives = OwnedPointers(freeing: rd_kafka_DeleteGroup_destroy)
            for group in groups { natives.append(rd_kafka_DeleteGroup_new(group.rawValue)) }
            natives.withArray { rd_kafka_DeleteGroups(client, $0, $1, options.pointer, queue) }
        } read: { event in
            var count = 0
            let results = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &count)
            var errors: [GroupID: KafkaError?] = [:]
            for result in nativeElements(results, count) {
                let id = GroupID(String(cString: rd_kafka_group_result_name(result)))
                errors.updateValue(groupError(rd_kafka_group_result_error(result), "delete \(id)"), forKey: id)
            }
            return errors
        }
    }
}

/// A group's own error object; librdkafka gives one with the code 0 for "none".
func groupError(_ error: OpaquePointer?, _ operation: String) -> KafkaError? {
    guard let error, rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return KafkaError(copying: error, during: operation)
}

extension GroupState {
    fileprivate init(_ native: rd_kafka_consumer_group_state_t) {
        self = GroupState(rawValue: Int32(bitPattern: native.rawValue)) ?? .unknown
    }
}

extension GroupDescription {
    fileprivate init(native: OpaquePointer, id: GroupID) {
        let members = (0..<rd_kafka_ConsumerGroupDescription_member_count(native)).compactMap { index in
            rd_kafka_ConsumerGroupDescription_member(native, index).map { Member(native: $0) }
        }
        self.init(
            id: id, state: GroupState(rd_kafka_ConsumerGroupDescription_state(native)),
            isSimple: rd_kafka_ConsumerGroupDescription_is_simple_consumer_group(native) != 0,
            assignor: text(rd_kafka_ConsumerGroupDescription_partition_assignor(native)) ?? "", members: members)
    }
}

extension GroupDescription.Member {
    fileprivate init(native: OpaquePointer) {
        let assignment = rd_kafka_MemberDescription_assignment(native)
        let partitions = assignment.flatMap { rd_kafka_MemberAssignment_partitions($0) }
        self.init(
            clientID: text(rd_kafka_MemberDescription_client_id(native)) ?? "",
            consumerID: text(rd_kafka_MemberDescription_consumer_id(native)) ?? "",
            host: text(rd_kafka_MemberDescription_host(native)) ?? "",
            instanceID: text(rd_kafka_MemberDescription_group_instance_id(native)),
            assignment: partitions?.elements.map(\.key).sorted() ?? [])
    }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
