// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Testing

@Suite struct PropertyCheckTests {
    private func keys(_ entries: KeyValuePairs<String, String>, for kind: ClientKind) -> [String] {
        PropertyCheck.problems(in: ClientProperties(entries), for: kind).map(\.key)
    }

    @Test func `properties that a client can be made with have no problem, and nothing connects`() {
        let good: KeyValuePairs = ["bootstrap.servers": "127.0.0.1:1", "security.protocol": "ssl", "linger.ms": "5"]
        for kind in ClientKind.allCases { #expect(keys(good, for: kind) == []) }
    }

    @Test func `unknown names and bad values are told each by itself, in librdkafka's words`() {
        let problems = PropertyCheck.problems(
            in: ClientProperties(["no.such.thing": "1", "linger.ms": "soon", "acks": "all"]), for: .producer)
        #expect(problems.map(\.key) == ["no.such.thing", "linger.ms"])
        #expect(problems.first?.reason.contains("no.such.thing") == true)
    }

    @Test func `a setting of a newer librdkafka is passed on where the loaded one knows it, and left out elsewhere`() {
        let properties = ClientProperties(["metadata.recovery.strategy": "none", "linger.ms": "5"])
        let unknown = NewerProperties.unknown(in: properties)
        let isNew = Clients.isLibrary(atLeast: 2, 10, 0)
        #expect(unknown.map(\.key) == (isNew ? [] : ["metadata.recovery.strategy"]))
        #expect(unknown.map(\.since) == (isNew ? [] : ["2.10"]))
        for kind in ClientKind.allCases { #expect(keys(["metadata.recovery.strategy": "none"], for: kind) == []) }
        // Passed on, it is looked at.
        let wrong = keys(["metadata.recovery.strategy": "sometimes"], for: .admin)
        #expect(wrong == (isNew ? ["metadata.recovery.strategy"] : []))
    }

    @Test func `what only the whole configuration shows comes under the property that is named`() {
        #expect(keys(["enable.idempotence": "true", "acks": "1"], for: .producer).count == 1)
        #expect(
            keys(["ssl.ca.location": "/no/such/file", "security.protocol": "ssl"], for: .admin) == ["ssl.ca.location"])
    }

    @Test func `a value is never shown in a description of the properties`() {
        let properties = ClientProperties(["sasl.password": "hunter2"])
        #expect(!"\(properties)".contains("hunter2"))
        #expect(!String(reflecting: properties).contains("hunter2"))
    }
}
