// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Text

/// Spans as a collector takes them: `ExportTraceServiceRequest` of OTLP 1.x in its JSON form. Names of attributes are those of
/// OpenTelemetry's semantic conventions for messaging where these have one.
public enum SpanDocument {
    /// Who makes the spans.
    public struct Resource: Sendable, Equatable {
        public var service: String
        public var version: String
        /// This process among those of one service.
        public var instance: String

        public init(service: String, version: String, instance: String) {
            self.service = service
            self.version = version
            self.instance = instance
        }
    }

    /// `SPAN_KIND_CONSUMER`: its parent is the producer's span, and did not wait for it.
    private static let consumer: Int64 = 5
    private static let error: Int64 = 2
    /// The sampled flag, that it is known whether the parent is of another process, and that it is.
    private static let flags: Int64 = 0x301

    public static func bytes(of spans: [RecordSpan], from resource: Resource) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.array("resourceSpans", of: [resource]) { json, resource in
                json.object { json in
                    json.object("resource") { json in
                        attributes(
                            [
                                ("service.name", resource.service), ("service.version", resource.version),
                                ("service.instance.id", resource.instance),
                            ], [], &json)
                    }
                    json.array("scopeSpans", of: [resource]) { json, resource in
                        json.object { json in
                            json.object("scope") { json in
                                json["name"] = .string("tern")
                                json["version"] = .string(resource.version)
                            }
                            json.array("spans", of: spans) { json, span in json.object { write(span, &$0) } }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ span: RecordSpan, _ json: inout JSONWriter) {
        json["traceId"] = .string(span.context.trace.description)
        json["spanId"] = .string(span.id.sixteenDigits)
        json["parentSpanId"] = .string(span.context.parent.sixteenDigits)
        json["flags"] = .integer(flags)
        json["name"] = .string("mirror \(span.source.topic)")
        json["kind"] = .integer(consumer)
        // 64-bit numbers are strings in protobuf's JSON.
        json["startTimeUnixNano"] = .string("\(span.start)")
        json["endTimeUnixNano"] = .string("\(span.end)")
        var numbers: [(String, Int64)] = [("messaging.kafka.offset", span.offset)]
        if let offset = span.targetOffset { numbers.append(("tern.target.offset", offset)) }
        attributes(
            [
                ("messaging.system", "kafka"), ("messaging.operation.name", "mirror"),
                ("messaging.operation.type", "process"), ("messaging.destination.name", "\(span.source.topic)"),
                ("messaging.destination.partition.id", "\(span.source.partition)"), ("tern.flow", "\(span.flow)"),
                ("tern.target.topic", "\(span.target)"),
            ], numbers, &json)
        json.object("status") { json in
            guard let problem = span.problem else { return }
            json["code"] = .integer(error)
            json["message"] = .string(problem)
        }
    }

    private static func attributes(
        _ texts: [(String, String)], _ numbers: [(String, Int64)], _ json: inout JSONWriter
    ) {
        let all =
            texts.map { ($0.0, "stringValue", $0.1) } + numbers.map { ($0.0, "intValue", "\($0.1)") }
        json.array("attributes", of: all) { json, attribute in
            json.object { json in
                json["key"] = .string(attribute.0)
                json.object("value") { $0[attribute.1] = .string(attribute.2) }
            }
        }
    }
}
