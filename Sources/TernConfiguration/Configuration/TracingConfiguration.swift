// SPDX-License-Identifier: Apache-2.0
public import KafkaTypes
internal import Text

/// Where spans of records are sent that carry a sampled `traceparent`: an OpenTelemetry collector, by OTLP/HTTP.
public struct TracingConfiguration: Sendable, Equatable {
    /// The whole address, such as `http://127.0.0.1:4318/v1/traces`.
    public var endpoint: String
    /// Sent with each request, such as a key: name and value.
    public var headers: [Header]
    /// Authorities in PEM that the collector's certificate is checked against; `nil`: the system's.
    public var authorityFile: String?
    /// `service.name` of the spans.
    public var service: String

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: Secret<String>

        public init(name: String, value: Secret<String>) {
            self.name = name
            self.value = value
        }
    }

    public init(endpoint: String, headers: [Header] = [], authorityFile: String? = nil, service: String = "tern") {
        self.endpoint = endpoint
        self.headers = headers
        self.authorityFile = authorityFile
        self.service = service
    }
}

extension TracingConfiguration {
    /// - Returns: `nil` where no endpoint is named, or it is none.
    static func read(_ values: ValueReader, _ problems: inout ProblemCollector) -> TracingConfiguration? {
        guard let value = values.value("tracing.otlp.endpoint") else { return nil }
        let text = JavaText.trimmed(value.text)
        if text.isEmpty || JavaText.lowercased(text) == "none" { return nil }
        guard let endpoint = wholeAddress(text) else {
            problems.error(
                value,
                "\(value.shown) is no address of a collector: expected http://HOST:PORT or https://…, such as "
                    + "http://127.0.0.1:4318 (OTLP over HTTP, not gRPC), or none")
            return nil
        }
        var tracing = TracingConfiguration(endpoint: endpoint)
        tracing.headers = headers(values, &problems)
        if let value = values.value("tracing.otlp.headers"), !tracing.headers.isEmpty, !keepsSecrets(endpoint) {
            problems.warning(
                value,
                "is sent to \(endpoint.printable) without TLS, and whoever is on the way reads it: write https://")
        }
        if let path = values.text("tracing.otlp.ca.file"), !path.isEmpty { tracing.authorityFile = path }
        if let name = values.text("tracing.service.name"), !name.isEmpty { tracing.service = name }
        return tracing
    }

    /// As OpenTelemetry's `OTEL_EXPORTER_OTLP_ENDPOINT`: without a path the signal's own is added.
    private static func wholeAddress(_ text: String) -> String? {
        let lower = JavaText.lowercased(text)
        guard let scheme = ["http://", "https://"].first(where: { lower.utf8.starts(with: $0.utf8) }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        let host = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard !host.isEmpty else { return nil }
        let path = rest.dropFirst(host.count)
        if path.isEmpty { return text + "/v1/traces" }
        return path.elementsEqual("/".utf8) ? text + "v1/traces" : text
    }

    /// What is sent there does not leave this machine, or is not read on the way.
    private static func keepsSecrets(_ endpoint: String) -> Bool {
        let parts = endpoint.split(separator: "/", maxSplits: 2)
        guard JavaText.lowercased(String(parts[0])) != "https:" else { return true }
        return ListenAddress(parsing: String(parts[1]), defaultPort: 80)?.isLoopback ?? false
    }

    /// `name=value`, separated by commas.
    private static func headers(_ values: ValueReader, _ problems: inout ProblemCollector) -> [Header] {
        guard let value = values.value("tracing.otlp.headers") else { return [] }
        var headers: [Header] = []
        for item in JavaText.list(value.text) where !item.isEmpty {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = JavaText.trimmed(String(parts[0]))
            guard parts.count == 2, !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
                problems.error(value, "a header cannot be read: expected name=value, separated by commas")
                return []
            }
            headers.append(Header(name: name, value: Secret(JavaText.trimmed(String(parts[1])))))
        }
        return headers
    }

    /// What a header's name may hold (RFC 9110).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
