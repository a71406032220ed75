// SPDX-License-Identifier: Apache-2.0
import TopicPlanning
import KafkaTypes
import Testing
@testable import TopicFiles

/// What is told of a file as a whole, and what does not keep it from being used.
@Suite struct TopicFileWarningTests {
    @Test(arguments: [
        (
            "name: __consumer_offsets",
            "1:7: warning: \"__consumer_offsets\" is one of Kafka's own topics; leave it to the brokers unless you know what they need"
        ),
        (
            "name: a\nsettings: {message.format.version: 3.0}",
            "2:12: warning: message.format.version is gone since Kafka 4.0, whose brokers refuse a topic that has it; remove it unless all clusters are older"
        ),
        (
            "name: a\nsettings: {confluent.placement.constraints: x}",
            "2:12: warning: \"confluent.placement.constraints\" is not a setting of Apache Kafka 3.9 to 4.3; keep it if your brokers know it; they decide"
        ),
        (
            "name: a\nsettings: {segment.bytes: 16KiB}",
            "2:27: warning: segment.bytes: Kafka 4 refuses less than 1MiB; write 1MiB or more"
        ),
        (
            "name: a\nonly: eu\nclusters: {us: {partitions: 1}}",
            "3:12: warning: clusters: \"us\" is not in only:; add it to only: or remove this part"
        ),
        ("# nothing", " warning: the file describes nothing; add a topic or remove the file"),
        (
            "name: a\nsettings: {leader.replication.throttled.replicas: '*'}",
            "2:12: warning: leader.replication.throttled.replicas is written by the tool that moves replicas; remove it, so that the two do not undo each other's work"
        ),
    ])
    func `what may be meant is a warning`(text: String, message: String) {
        let file = topicFile(text)
        #expect(file.problems.map(\.description) == ["t.yaml:\(message)"])
        #expect(file.problems.allSatisfy { $0.severity == .warning })
    }

    @Test func `all problems of a file are told in one run`() {
        let text = """
            topics:
              - name: a
                partitons: 3
                settings: {retention.ms: 7x, preallocate: yes}
              - nam: b
              - name: c/d
            """
        #expect(problems(text).count == 5)
    }

    @Test func `a file with thousands of problems tells the first hundred`() {
        #expect(problems(String(repeating: "- nam: a\n", count: 5000)).count == 100)
    }
}
