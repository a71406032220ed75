// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import TernConfiguration
import Testing

struct TracingConfigurationTests {
    @Test(arguments: [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"), ("https://c/", "https://c/v1/traces"),
        ("https://c/otlp/v1/traces", "https://c/otlp/v1/traces"), ("http://[::1]:4318", "http://[::1]:4318/v1/traces"),
    ]) func `an address without a path gets the signal's own`(written: String, whole: String) {
        let loaded = loadConfiguration(twoClusters + "tracing.otlp.endpoint = \(written)\n")
        #expect(loaded.errors == [])
        #expect(loaded.configuration?.tracing == TracingConfiguration(endpoint: whole))
    }

    @Test func `headers, authorities and the service's name are read, and a key is not shown`() {
        let loaded = loadConfiguration(
            twoClusters + """
                tracing.otlp.endpoint = https://c:4318
                tracing.otlp.headers = api-key=a=b , x-tenant=t
                tracing.otlp.ca.file = /etc/ca.pem
                tracing.service.name = mirror-eu
                """)
        #expect(loaded.errors == [])
        #expect(
            loaded.configuration?.tracing
                == TracingConfiguration(
                    endpoint: "https://c:4318/v1/traces",
                    headers: [
                        .init(name: "api-key", value: Secret("a=b")), .init(name: "x-tenant", value: Secret("t")),
                    ], authorityFile: "/etc/ca.pem", service: "mirror-eu"))
        let shown = String(describing: loaded.configuration?.tracing)
        #expect(!shown.contains("a=b"))
    }

    @Test(arguments: [
        ("http://collector:4318", 1), ("http://127.0.0.1:4318", 0), ("http://[::1]:4318", 0), ("https://collector", 0),
    ]) func `a key that leaves the machine without TLS is warned about, and not shown`(endpoint: String, warnings: Int)
    {
        let loaded = loadConfiguration(
            twoClusters + "tracing.otlp.endpoint = \(endpoint)\ntracing.otlp.headers = api-key=s3cret\n")
        #expect(loaded.errors == [])
        #expect(loaded.warnings.count { $0.contains("without TLS") } == warnings)
        #expect(!loaded.warnings.contains { $0.contains("s3cret") })
    }

    @Test func `without an endpoint nothing is exported`() {
        #expect(loadConfiguration(twoClusters).configuration?.tracing == nil)
        #expect(loadConfiguration(twoClusters + "tracing.otlp.endpoint = none\n").configuration?.tracing == nil)
    }

    @Test(arguments: ["collector:4318", "grpc://c:4317", "http://", "http:///v1/traces", "http://a b"])
    func `what is no address is an error that says what is expected`(text: String) {
        let loaded = loadConfiguration(twoClusters + "tracing.otlp.endpoint = \(text)\n")
        #expect(loaded.errors.count == 1)
        #expect(loaded.errors.first?.contains("tracing.otlp.endpoint") == true)
        #expect(loaded.errors.first?.contains("such as http://127.0.0.1:4318") == true)
    }

    @Test(arguments: ["key", "=v", "a key=v", "ключ=v"])
    func `a header that cannot be read is an error that does not show it`(text: String) {
        let loaded = loadConfiguration(
            twoClusters + "tracing.otlp.endpoint = http://c\ntracing.otlp.headers = \(text)\n")
        #expect(loaded.errors.count == 1)
        #expect(loaded.errors.first?.contains("expected name=value") == true)
    }
}
