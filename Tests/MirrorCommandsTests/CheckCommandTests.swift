// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import func KafkaTesting.unusedPort
import Testing
import Text

@testable import MirrorCommands

private func file(_ eu: String, _ us: String, _ more: String = "") -> (inout CommandContext) -> Void {
    files([
        "f": """
        clusters = eu, us
        eu.bootstrap.servers = \(eu)
        us.bootstrap.servers = \(us)
        eu->us.enabled = true
        replication.factor = 1
        \(more)
        """
    ])
}

@Suite struct CheckCommandTests {
    @Test func `all problems of the file are told, and nothing is asked of the clusters`() async throws {
        let change = files(["f": "clusters = eu, us\neu->us.enabled = maybe\nhttp.lsten = x\n"])
        let outcome = await tern("check", "f", change: change)
        #expect(outcome.status == .usage)
        #expect(outcome.diagnostics.isEmpty)
        #expect(outcome.output.contains("error     f:2    eu->us.enabled: "))
        #expect(outcome.output.contains("warning   f:3    http.lsten: "))
        #expect(outcome.output.hasSuffix("Nothing was asked of the clusters.\n"))
        let document = try await tern("check", "f", "-o", "json", change: change).document()
        #expect(document["kind"] == "CheckReport")
        #expect(document["ok"] == false)
        #expect(document["data"]?["findings"]?.array?.isEmpty == false)
        #expect(document["data"]?["clusters"] == [])
    }

    @Test func `warnings alone are 0`() async {
        let outcome = await tern("check", "f", "--offline", change: file("a:1", "b:1", "http.lsten = x"))
        #expect(outcome.status == .done)
        #expect(outcome.output.hasSuffix("f: 1 warning.\n"))
    }

    @Test func `a file with nothing to say about it says so`() async throws {
        let outcome = await tern("check", "f", "--offline", change: file("a:1", "b:1"))
        #expect(outcome.status == .done)
        #expect(outcome.output == "f: nothing to say.\n")
        #expect(
            try await tern("check", "f", "--offline", "-o", "json", change: file("a:1", "b:1")).document()["ok"] == true
        )
    }

    @Test func `what librdkafka refuses is an error of the file`() async {
        let more = "eu.security.protocol = SSL\neu.ssl.truststore.location = /nowhere.pem\neu.ssl.truststore.type = PEM"
        let outcome = await tern("check", "f", "--offline", change: file("a:1", "b:1", more))
        #expect(outcome.status == .usage)
        #expect(outcome.output.contains("error"))
    }

    @Test(.enabled(if: !Clients.isLibrary(atLeast: 2, 10, 0), "this librdkafka knows the setting"))
    func `a setting that the loaded librdkafka does not know is warned about`() async {
        let more = "eu.admin.metadata.recovery.strategy = none"
        let outcome = await tern("check", "f", "--offline", change: file("a:1", "b:1", more))
        #expect(outcome.status == .done)
        #expect(outcome.output.contains("metadata.recovery.strategy is not passed to the admin: librdkafka "))
        #expect(outcome.output.contains("it takes 2.10 or newer"))
    }

    @Test func `clusters that nobody answers for are 1, with the reason and what to do`() async throws {
        let port = try unusedPort()
        let outcome = await tern(
            "check", "f", "--timeout", "1s", change: file("127.0.0.1:\(port)", "127.0.0.1:\(port)"))
        #expect(outcome.status == .failed)
        #expect(outcome.output.contains("error     cluster eu  it cannot be reached: 127.0.0.1:\(port)"))
        #expect(outcome.output.contains("Connection refused; is it running, and is bootstrap.servers right?"))
        #expect(!outcome.output.contains("(after"))
        #expect(outcome.output.contains("eu       unreachable  –         –       –\n"))
    }

    @Test func `a broker that is advertised and cannot be reached is an error with its address`() async throws {
        let source = try MockCluster(brokers: 2)
        let target = try MockCluster()
        defer {
            source.close()
            target.close()
        }
        try source.createTopic("orders", partitions: 1)
        try source.setBrokerDown(2)
        let brokers = source.bootstrapServers.split(separator: ",")
        let outcome = await tern(
            "check", "f", "--timeout", "2s", change: file(String(brokers[0]), target.bootstrapServers))
        #expect(outcome.status == .failed)
        let said = "broker 2, advertised as \(brokers[1]): it cannot be reached: \(brokers[1])/2: Connect to"
        #expect(outcome.output.contains(said), "\(outcome.output)")
        #expect(outcome.output.contains("is it running, and is its advertised.listeners right?"))
        #expect(!outcome.output.contains("broker 1, advertised"))
    }

    @Test func `one cluster under two aliases is an error of the file`() async throws {
        let cluster = try MockCluster()
        defer { cluster.close() }
        let outcome = await tern(
            "check", "f", "--timeout", "2s", "-o", "json",
            change: file(cluster.bootstrapServers, cluster.bootstrapServers))
        #expect(outcome.status == .usage)
        let errors = try #require(try outcome.document()["errors"]?.array)
        #expect(errors.contains { $0["code"] == "SAME_CLUSTER" })
    }

    @Test(arguments: [
        (nil, nil),
        (
            KafkaErrorCode.transactionalIdAuthorizationFailed,
            "; grant Write on transactional ids that begin with tern.eu->us. (a prefixed rule) to Tern's user on us"
        ),
        (
            .invalidTransactionTimeout,
            "; set us.producer.transaction.timeout.ms to no more than the cluster's transaction.max.timeout.ms (900000 unless it "
                + "was changed)"
        ),
    ])
    func `whether the target allows transactions is found by taking a transactional id`(
        refusal: KafkaErrorCode?, cure: String?
    ) async throws {
        let source = try MockCluster()
        let target = try MockCluster()
        defer {
            source.close()
            target.close()
        }
        try source.createTopic("orders", partitions: 1)
        if let refusal { target.pushRequestErrors(.initProducerID, [refusal]) }
        let outcome = await tern(
            "check", "f", "--timeout", "5s", "-o", "json",
            change: file(
                source.bootstrapServers, target.bootstrapServers, "us.exactly.once.source.support = enabled"))
        let data = try #require(try outcome.document()["data"])
        let flow = try #require(data["flows"]?.array?.first { $0["source"] == "eu" })
        let tried = try #require(flow["access"]?.array?.first { $0["kind"] == "transactional_id" })
        #expect(tried["granted"] == (refusal == nil ? 1 : 0), "\(tried.text)")
        let found = data["findings"]?.array?.first { $0["code"]?.string == refusal?.name }
        let line = found.map { "\($0["message"]?.string ?? ""); \($0["hint"]?.string ?? "")" }
        if let refusal, let cure {
            #expect(
                line?.hasPrefix("us refuses Write on the transactional id tern.eu->us.check: ") == true, "\(line ?? "")"
            )
            #expect(line?.hasSuffix("(\(refusal.name))\(cure)") == true, "\(line ?? "")")
        }
        #expect(data["findings"]?.array?.contains { $0["code"] == "READ_COMMITTED" } == true)
    }

    @Test func `topics that a flow would mirror are listed, and what cannot be tried is noted`() async throws {
        let source = try MockCluster()
        let target = try MockCluster()
        defer {
            source.close()
            target.close()
        }
        try source.createTopic("orders", partitions: 3)
        try source.createTopic("payments", partitions: 1)
        try source.createTopic("orders-internal", partitions: 1)
        try source.createTopic("mm2-offsets.us.internal", partitions: 1)
        try source.createTopic("eu.own", partitions: 1)
        try target.createTopic("eu.orders", partitions: 1)
        let outcome = await tern(
            "check", "f", "--timeout", "2s", "-o", "json",
            change: file(source.bootstrapServers, target.bootstrapServers))
        let data = try #require(try outcome.document()["data"])
        let flow = try #require(data["flows"]?.array?.first { $0["source"] == "eu" })
        #expect(
            // Members in the order of their names: what reads them keeps no other.
            flow["topics"] == [
                ["exists": true, "partitions": 3, "target_topic": "eu.orders", "topic": "orders"],
                [
                    "exists": false, "partitions": 1, "target_topic": "eu.orders-internal",
                    "topic": "orders-internal",
                ],
                ["exists": false, "partitions": 1, "target_topic": "eu.payments", "topic": "payments"],
            ])
        #expect(flow["partitions"] == 5)
        let read = try #require(flow["access"]?.array?.first { $0["operation"] == "Read" && $0["kind"] == "topic" })
        #expect(read["granted"] == 3, "\(read.text)")
        // A mock cluster has no topic administration: nothing is known, which is not an error.
        let create = try #require(flow["access"]?.array?.first { $0["operation"] == "Create" })
        #expect(create["granted"] == 0)
        #expect(create["unknown"] != .null)
        #expect(data["findings"]?.array?.contains { $0["code"] == "NOT_SEEN" } == true)
        // What the newest MirrorMaker chooses otherwise than that of Kafka 3.9.
        func message(_ code: String) -> String? {
            data["findings"]?.array?.first { $0["code"]?.string == code }?["message"]?.string
        }
        #expect(
            message("MIRRORED_SINCE_4_0")
                == "orders-internal: mirrored, as MirrorMaker does since Kafka 4.0; up to 3.9 it left out what ends in -internal "
                + "or .internal")
        #expect(
            message("LEFT_OUT_SINCE_4_4")
                == "eu.own: not mirrored, as with MirrorMaker since Kafka 4.4, since by the name it came from eu itself; up to 4.3 "
                + "it was mirrored")
        #expect(message("READS_AS_CYCLE") == nil)
    }
}
