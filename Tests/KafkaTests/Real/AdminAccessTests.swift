// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import Testing

@Suite(.needsBrokers) struct AdminAccessTests {
    @Test(arguments: BrokerLine.available)
    func `access rules are added, found and deleted`(on line: BrokerLine) async throws {
        let cluster = try await line.cluster()
        try await withAdmin(.testing(cluster.bootstrapServers)) { admin in
            let read = AccessRule(
                resource: .topic, resourceName: "rules", principal: "User:alice", operation: .read)
            let write = AccessRule(
                resource: .topic, resourceName: "rules-", pattern: .prefixed, principal: "User:bob", host: "127.0.0.1",
                operation: .write, permission: .deny)
            let group = AccessRule(
                resource: .cluster, resourceName: "kafka-cluster", principal: "User:alice", operation: .clusterAction)
            let foreign = AccessRule(
                resource: .unknown, resourceName: "tx", principal: "User:alice", operation: .write)
            let added = try await admin.createAccessRules([read, foreign, write, group], within: patience)
            #expect(added.map { $0?.code } == [nil, ._invalidArg, nil, nil])
            func found(_ filter: AccessRuleFilter) async throws -> Set<AccessRule> {
                Set(try await admin.accessRules(matching: filter, within: patience))
            }
            try await eventually { try await found(AccessRuleFilter()).isSuperset(of: [read, write, group]) }
            #expect(try await found(AccessRuleFilter(principal: "User:bob")) == [write])
            let deleted = try await admin.deleteAccessRules(
                [AccessRuleFilter(read), AccessRuleFilter(principal: "User:bob"), AccessRuleFilter(group)],
                within: patience)
            #expect(try deleted.map { try $0.get() } == [[read], [write], [group]])
            try await eventually { try await found(AccessRuleFilter()).isDisjoint(with: [read, write, group]) }
        }
    }

    @Test func `a user without rights is told what is missing, topic by topic`() async throws {
        let cluster = try await BrokerLine.current.cluster()
        let tern = cluster.properties(user: "tern", password: "tern-secret")
        try await withAdmin(tern) { admin in
            let created = try await admin.createTopics(
                [NewTopic(name: "forbidden", partitionCount: 1, replicationFactor: 1)], within: patience)
            #expect(created["forbidden"]??.code == .topicAuthorizationFailed)
            // Empty, and no error: what AdminClient's documentation warns of.
            #expect(try await admin.accessRules(within: patience).isEmpty)
            #expect(try await admin.listGroups(within: patience).groups.isEmpty)
            await #expect(throws: KafkaError.self) {
                try await admin.groupOffsets(of: "someone", within: patience)
            }
        }
    }

    @Test(arguments: BrokerLine.available)
    func `a wrong password is named as the cause when nothing gets through`(on line: BrokerLine) async throws {
        let cluster = try await line.cluster()
        let wrong = cluster.properties(user: "tern", password: "wrong")
        try await withAdmin(wrong) { admin in
            let error = await #expect(throws: KafkaError.self) { try await admin.clusterID(within: .seconds(2)) }
            #expect(error?.code == ._authentication)
            #expect(error?.remedy == .retry)
            #expect(admin.takeClientErrors().contains { $0.code == ._authentication })
        }
    }

    @Test(arguments: BrokerLine.available)
    func `a password by SCRAM works, but for an old librdkafka with a new broker, which is said`(
        on line: BrokerLine
    ) async throws {
        let cluster = try await line.cluster()
        let scram = cluster.properties(user: "tern", password: "tern-secret", mechanism: "SCRAM-SHA-512")
        try await withAdmin(scram) { admin in
            guard line == .current, !Clients.isLibrary(atLeast: 2, 6, 1) else {
                let id = try await admin.clusterID(within: patience)
                #expect(id == cluster.clusterID)
                return
            }
            let error = await #expect(throws: KafkaError.self) { try await admin.clusterID(within: .seconds(2)) }
            #expect(error?.code == ._authentication)
            #expect(error?.reason.contains("2.6.1 or newer") == true)
        }
    }
}
