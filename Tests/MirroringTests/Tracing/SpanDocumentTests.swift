// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Mirroring
import TernConfiguration
import Testing

struct SpanDocumentTests {
    @Test func `a span is written as OTLP has it in JSON: ids in hexadecimal, 64-bit numbers as strings`() {
        let context = TraceContext(
            trace: TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736), parent: 0xf0_67aa_0ba9_02b7,
            isSampled: true)
        let span = RecordSpan(
            context: context, id: 0xa, flow: FlowName(source: "eu", target: "us"), source: .init("訂單", 3), offset: 7,
            target: "eu.訂單", targetOffset: 9, start: 1_700_000_000_123_456_789, end: 1_700_000_000_223_456_789)
        var refused = span
        (refused.targetOffset, refused.problem) = (nil, "too large")
        let bytes = SpanDocument.bytes(
            of: [span, refused], from: .init(service: "tern", version: "1", instance: "host/1"))
        let attributes =
            #"{"key":"messaging.system","value":{"stringValue":"kafka"}},{"key":"messaging.operation.name","value":{"stringValue":"mirror"}},"#
            + #"{"key":"messaging.operation.type","value":{"stringValue":"process"}},{"key":"messaging.destination.name","value":{"stringValue":"訂單"}},"#
            + #"{"key":"messaging.destination.partition.id","value":{"stringValue":"3"}},{"key":"tern.flow","value":{"stringValue":"eu->us"}},"#
            + #"{"key":"tern.target.topic","value":{"stringValue":"eu.訂單"}},{"key":"messaging.kafka.offset","value":{"intValue":"7"}}"#
        let head =
            #"{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"000000000000000a","parentSpanId":"00f067aa0ba902b7","flags":769,"#
            + #""name":"mirror 訂單","kind":5,"startTimeUnixNano":"1700000000123456789","endTimeUnixNano":"1700000000223456789","attributes":["#
        let expected =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"tern"}},"#
            + #"{"key":"service.version","value":{"stringValue":"1"}},{"key":"service.instance.id","value":{"stringValue":"host/1"}}]},"#
            + #""scopeSpans":[{"scope":{"name":"tern","version":"1"},"spans":["#
            + head + attributes + #",{"key":"tern.target.offset","value":{"intValue":"9"}}],"status":{}},"#
            + head + attributes + #"],"status":{"code":2,"message":"too large"}}]}]}]}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
