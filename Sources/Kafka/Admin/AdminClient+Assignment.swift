// SPDX-License-Identifier: Apache-2.0
internal import CRDKafka
public import KafkaTypes

extension AdminClient {
    /// The partitions that the members of a group have between them, as its coordinator has shared them out: every member of the
    /// group's present generation sees the same. For groups of the classic protocol.
    ///
    /// The corresponding C function is `rd_kafka_list_groups`, which asks every broker and so needs nobody to look for the
    /// coordinator first, in which DescribeConsumerGroups of 2.0.2 may crash. Brokers that are silent cost the whole time.
    /// - Returns: nil while the group shares out anew, or has no members.
    public func assignedPartitions(
        of group: GroupID, within limit: Duration
    ) async throws(KafkaError) -> Set<TopicPartition>? {
        let operation = "ask what group \(group) has shared out"
        return try await block(during: operation, within: limit) { (handle) throws(KafkaError) in
            var list: UnsafePointer<rd_kafka_group_list>?
            let code = rd_kafka_list_groups(handle.pointer, group.rawValue, &list, limit.wholeMilliseconds)
            defer { if let list { rd_kafka_group_list_destroy(list) } }
            // With a list, some brokers have not answered: the coordinator has, or the group is not in it.
            guard let list else {
                try check(code, during: operation)
                return nil
            }
            let groups = UnsafeBufferPointer(start: list.pointee.groups, count: Int(list.pointee.group_cnt))
            let stable = groups.first { found in
                found.err == RD_KAFKA_RESP_ERR_NO_ERROR && found.state.map { String(cString: $0) } == "Stable"
            }
            guard let stable else { return nil }
            let members = UnsafeBufferPointer(start: stable.members, count: Int(stable.member_cnt))
            var all: Set<TopicPartition> = []
            for member in members {
                let bytes = UnsafeRawBufferPointer(
                    start: member.member_assignment, count: Int(member.member_assignment_size))
                guard let own = MemberAssignment.partitions(in: Array(bytes)) else { return nil }
                all.formUnion(own)
            }
            return members.isEmpty ? nil : all
        }
    }
}

/// Kafka's `ConsumerProtocolAssignment`, as members get it from their group's leader: a version, topics with their partitions, and
/// bytes of the assignor's own.
enum MemberAssignment {
    /// - Returns: nil for bytes that are no assignment; those of a member that was given nothing may be none at all.
    static func partitions(in bytes: [UInt8]) -> [TopicPartition]? {
        guard !bytes.isEmpty else { return [] }
        var reader = ProtocolReader(bytes)
        guard reader.number(Int16.self) != nil, let topics = reader.number(Int32.self), topics >= 0 else { return nil }
        var found: [TopicPartition] = []
        for _ in 0..<topics {
            guard let name = reader.textBytes(), let count = reader.number(Int32.self), count >= 0 else { return nil }
            let topic = TopicName(String(decoding: name, as: UTF8.self))
            for _ in 0..<count {
                guard let partition = reader.number(Int32.self) else { return nil }
                found.append(TopicPartition(topic, partition))
            }
        }
        return found
    }
}
