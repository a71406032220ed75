// SPDX-License-Identifier: Apache-2.0
import DocumentTesting
import TernConfiguration
import TopicPlanning
import Kafka
import KafkaTypes
import Mirroring
import Testing
import Text

@testable import MirrorCommands

@Suite struct CheckReportTests {
    @Test func `a fault of the librdkafka that was loaded is a warning, and what it cannot do is one note`() {
        let findings = CheckFinding.findings(ofLibrary: "2.6.0").map(\.line)
        #expect(
            findings.prefix(2) == [
                "warning: librdkafka: 2.6.0 may use memory that was freed after a topic was deleted and created again; use 2.10.1 "
                    + "or newer",
                "warning: librdkafka: 2.6.0 cannot read from Kafka older than 2.7; use 2.6.1 or newer",
            ])
        #expect(findings.count == 3)
        #expect(
            findings.last?.hasPrefix("note: librdkafka: 2.6.0 cannot log in to Kafka 4 by SCRAM (2.6.1), sets") == true)
        #expect(CheckFinding.findings(ofLibrary: "2.16.0") == [])
    }

    /// Two clusters, one of them down, and two flows, one of them refused something.
    private func result() throws -> CheckResult {
        let brokers = [BrokerDescription(id: 1, host: "eu.example", port: 9092)]
        let partitions = [PartitionDescription(index: 0, leader: 1, replicas: [1], inSyncReplicas: [1])]
        let source = ClusterDescription(
            brokers: brokers,
            topics: [
                TopicDescription(name: "orders", partitions: partitions),
                TopicDescription(
                    name: "payments",
                    partitions: [PartitionDescription(index: 0, leader: nil, replicas: [1], inSyncReplicas: [])]),
            ])
        var result = CheckResult(findings: [
            CheckFinding(
                ConfigurationProblem(
                    .warning, source: .file("m.properties", line: 9), key: "http.lsten", message: "is no key"))
        ])
        let down = ConnectionDiagnosis(
            KafkaError(._transport, during: "connect", reason: "Connection refused"), reported: [], properties: [:],
            libraryVersion: "2.0.2")
        result.clusters = [
            ClusterInspection(alias: "eu", outcome: .reached(id: "bT7x", source)),
            ClusterInspection(alias: "us", outcome: .unreachable(down)),
        ]
        let all = TopicSelection(include: try NamePatternList([".*"]))
        var flow = FlowInspection(
            FlowConfiguration(name: FlowName(source: "eu", target: "us"), isEnabled: true, topics: all),
            aliases: ["eu", "us"])
        let plan = TopicPlan(
            source: ["orders": 1, "x.us.y": 1, "us.orders": 2], target: ["eu.orders": 3], selection: all,
            naming: flow.flow.naming,
            targetAlias: "us")
        flow.plan = plan
        var read = AccessSummary("eu", "Read", kind: "topic")
        read.note("orders", KafkaError(.topicAuthorizationFailed, during: "read", reason: "Authorization failed."))
        flow.access = [read]
        result.flows = [flow]
        result.findings += result.clusters.flatMap(\.findings) + flow.topicFindings + flow.accessFindings
        return result
    }

    @Test(arguments: ["table", "wide", "tsv", "json", "yaml"])
    func `the report has its shape in every format`(format: String) throws {
        let configuration = MirrorConfiguration(
            clusters: [], flows: [], health: HealthConfiguration(cluster: "eu", region: "eu"))
        let report = CheckReport("m.properties", try result(), configuration).report
        #expect(report.status == .failed)
        let output = MemoryOutput()
        let context = CommandContext(variables: [:], output: output, diagnostics: MemoryOutput())
        _ = try context.print(report, for: Invocation(command: CheckCommand.command, values: ["output": [format]]))
        expectSnapshot(output.text, "check-\(format).\(snapshotEnding(format))")
        guard format == "json" else { return }
        let document = try JSONValue(parsing: output.text.utf8)
        #expect(try SchemaFile(kind: "CheckReport").problems(in: document) == [])
    }
}

@Suite struct SurprisingNameTests {
    @Test func `a name that ends like heartbeats is said to be renamed where names are kept`() throws {
        let all = TopicSelection(include: try NamePatternList([".*"]))
        var flow = FlowInspection(
            FlowConfiguration(
                name: FlowName(source: "eu", target: "us"), isEnabled: true,
                policy: ReplicationPolicyConfiguration(kind: .identity), topics: all),
            aliases: ["eu", "us"])
        flow.plan = TopicPlan(
            source: ["device-heartbeats": 1, "heartbeats": 1, "orders": 1], target: [:], selection: all,
            naming: flow.flow.naming, targetAlias: "us")
        #expect(
            flow.topicFindings.map(\.message) == [
                "device-heartbeats: the name ends like heartbeats, so the copy gets the alias in front, as "
                    + "eu.device-heartbeats (MirrorMaker's rule)"
            ])
    }
}

@Suite struct UndecidedNameTests {
    private let long = String(repeating: "a", count: 200) + "!"

    @Test func `check fails for a topic that a pattern cannot decide about`() throws {
        let topics = TopicSelection(include: try NamePatternList(["(a+)+b"]))
        var flow = FlowInspection(
            FlowConfiguration(name: FlowName(source: "eu", target: "us"), isEnabled: true, topics: topics),
            aliases: ["eu", "us"])
        flow.plan = TopicPlan(
            source: [TopicName(long): 1], target: [:], selection: topics, naming: flow.flow.naming, targetAlias: "us")
        let finding = try #require(flow.topicFindings.first)
        #expect(finding.severity == .error && finding.code == "UNDECIDED")
        #expect(finding.message.contains("is not mirrored: the regular expression '(a+)+b' gives no answer"))
    }

    @Test func `a command ends before it acts when a pattern cannot decide about a name`() throws {
        let patterns = try NameChoice.patterns(["(a+)+b"], ClusterFlags.regex)
        #expect(throws: Never.self) { try patterns.check(["orders", "aaa"]) }
        let failure = #expect(throws: CommandFailure.self) { try patterns.check(["orders", long]) }
        #expect(failure?.status == .usage)
        let message = failure?.message ?? ""
        #expect(message.contains("--regex: the regular expression '(a+)+b' gives no answer about 'aaa"), "\(message)")
    }
}

@Suite struct ConnectionDiagnosisTests {
    private func diagnosis(
        _ code: KafkaErrorCode, _ reason: String, mechanism: String = "PLAIN", version: String = "2.0.2"
    ) -> ConnectionDiagnosis {
        ConnectionDiagnosis(
            KafkaError(._timedOut, during: "ask", reason: "no answer"),
            reported: [
                KafkaError(code, during: "connect", reason: reason),
                KafkaError(._allBrokersDown, during: "connect", reason: "1/1 brokers are down"),
            ], properties: ["sasl.mechanisms": mechanism], libraryVersion: version)
    }

    @Test(
        arguments: [
            (
                KafkaErrorCode._authentication, "invalid credentials",
                "it refuses the credentials: invalid credentials", "sasl.jaas.config"
            ),
            (._ssl, "certificate verify failed: broker certificate…", "no TLS connection: ", "ssl.truststore.location"),
            (._ssl, "unexpected eof while reading", "no TLS connection: ", "may not speak TLS"),
            // librdkafka reports these under either code, by the moment at which it meets them.
            (._transport, "error:0A000126:SSL routines::unexpected eof", "no TLS connection: ", "may not speak TLS"),
            (
                ._transport, "error:0A000086:SSL routines::certificate verify failed", "no TLS connection: ",
                "ssl.truststore.location"
            ),
            (._authentication, "Broker: Unsupported SASL mechanism", "it refuses", "another sasl.mechanism"),
            (
                ._transport, "sslv3 alert bad certificate: SSL alert number 42", "it cannot be reached: ",
                "ssl.keystore.location"
            ),
            (
                ._transport,
                "Disconnected: verify that security.protocol is correctly configured, broker might require SASL",
                "it cannot be reached: ", "want SASL"
            ),
            (._resolve, "Failed to resolve 'nowhere:9092'", "its address does not resolve: ", "bootstrap.servers"),
            (
                ._transport, "Connection refused (after 0ms in state CONNECT)",
                "it cannot be reached: Connection refused", "is it running"
            ),
        ] as [(KafkaErrorCode, String, String, String)])
    func `the cause is found behind the time-out, with what to do`(
        code: KafkaErrorCode, reason: String, message: String, hint: String
    ) {
        let diagnosis = diagnosis(code, reason)
        #expect(diagnosis.code == code.name)
        #expect(diagnosis.message.hasPrefix(message))
        #expect(diagnosis.hint?.contains(hint) == true, "\(diagnosis)")
    }

    @Test(arguments: [
        ("2.0.2", true), ("2.6.0", true), ("2.6.1", false), ("2.10.0", false), ("2.16.0-RC1", false), ("3.0.0", false),
    ])
    func `SCRAM with an old library is named as the likely cause`(version: String, isNamed: Bool) {
        let diagnosis = diagnosis(._authentication, "invalid credentials", mechanism: "SCRAM-SHA-512", version: version)
        #expect((diagnosis.hint?.contains("librdkafka before 2.6.1") == true) == isNamed)
        #expect((diagnosis.hint == "check the user and the password in sasl.jaas.config") == !isNamed)
    }

    @Test func `a login by tokens says why there is none, or why a broker may not take it`() {
        var properties: ClientProperties = ["sasl.mechanisms": "OAUTHBEARER"]
        properties.login = .amazon(AmazonLogin(region: "eu-west-1"))
        let diagnose = { (reason: String) in
            ConnectionDiagnosis(
                KafkaError(._authentication, during: "connect", reason: reason), reported: [], properties: properties,
                libraryVersion: "2.0.2")
        }
        let missing = diagnose("Failed to acquire SASL OAUTHBEARER token: there is no profile x; check awsProfileName")
        #expect(missing.message == "there is no token for AWS_MSK_IAM: there is no profile x")
        #expect(missing.hint == "check awsProfileName")
        let refused = diagnose("SASL authentication error: [id]: Access denied")
        #expect(refused.message == "it refuses the credentials: SASL authentication error: [id]: Access denied")
        #expect(
            refused.hint?.hasPrefix("its policy has to allow kafka-cluster:Connect to the cluster; this machine's")
                == true)
    }

    @Test func `without any report the call's own reason stands`() {
        let error = KafkaError(._timedOut, during: "ask", reason: "no answer within 1 s")
        let diagnosis = ConnectionDiagnosis(error, reported: [], properties: [:], libraryVersion: "2.0.2")
        #expect(diagnosis.message == "no answer within 1 s")
        #expect(diagnosis.code == "_TIMED_OUT")
    }
}

@Suite struct AccessSummaryTests {
    @Test func `refusals are told once for each reason, with the first names`() {
        var summary = AccessSummary("us", "Create", kind: "topic")
        summary.note("a", nil)
        for name in ["b", "c", "d", "e", "f", "g", "h"] {
            summary.note(name, KafkaError(.topicAuthorizationFailed, during: "create", reason: "Authorization failed."))
        }
        summary.internalTopics = ["p"]
        for name in ["z", "p"] {
            summary.note(
                name, KafkaError(.invalidReplicationFactor, during: "create", reason: "Unable to replicate"))
        }
        summary.note("eu_h", KafkaError(.topicException, during: "create", reason: "Topic 'eu_h' collides"))
        let findings = summary.findings(at: "flow eu->us", .error, hint: "grant Create")
        #expect(
            findings.map(\.line) == [
                "error: flow eu->us: us refuses Create on the topic z: Unable to replicate (INVALID_REPLICATION_FACTOR); "
                    + "set replication.factor to no more than the cluster has brokers",
                "error: flow eu->us: us refuses Create on the topic p: Unable to replicate (INVALID_REPLICATION_FACTOR); "
                    + "set offset.storage.replication.factor to no more than the cluster has brokers",
                "error: flow eu->us: us refuses Create on the topics b, c, d, e, f and 2 more: Authorization failed "
                    + "(TOPIC_AUTHORIZATION_FAILED); grant Create",
                // No right is missing.
                "error: flow eu->us: us refuses Create on the topic eu_h: Topic 'eu_h' collides (TOPIC_EXCEPTION); "
                    + "leave it out by topics.exclude, or choose another replication.policy.separator",
            ])
    }

    @Test func `nothing wrong is nothing said`() {
        var summary = AccessSummary("us", "Create", kind: "topic")
        summary.note("a", nil)
        #expect(summary.findings(at: "", .error, hint: nil).isEmpty)
    }
}
