// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Telemetry
import Testing

@Suite struct `A log` {
    private let sink = MemorySink()

    private func log(_ level: LogLevel = .info, _ format: LogFormat = .logfmt) -> Log {
        Log(level: level, format: format, sink: sink, now: { 1_795_199_087_806 })
    }

    @Test func `writes one logfmt line per event`() {
        log().warning(.laneRestarting, [.flow("A->B"), .lane(3), .reason("broker went away")])
        #expect(
            sink.lines == [
                "time=2026-11-20T18:24:47.806Z level=warning event=lane.restarting flow=A->B lane=3"
                    + #" reason="broker went away""#
            ])
    }

    @Test func `writes one JSON object per event`() {
        log(.info, .json).error(
            .flowFailed,
            [.partition(Int32(7)), LogField("took_seconds", Duration.milliseconds(1_500)), LogField("ok", false)])
        #expect(
            sink.lines == [
                #"{"time":"2026-11-20T18:24:47.806Z","level":"error","event":"flow.failed","partition":7,"#
                    + #""took_seconds":1.5,"ok":false}"#
            ])
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("", #""""#),
        ("a b", #""a b""#),
        ("a=b", #""a=b""#),
        (#"say "x""#, #""say \"x\"""#),
        (#"C:\x"#, #""C:\\x""#),
        ("line\nbreak\r\t", #""line\nbreak\r\t""#),
        // A terminal would obey these: escape sequences, the C1 form of them, text that turns around.
        ("\u{1B}[31m", #""\u001b[31m""#),
        ("\u{9B}31m", #""\u009b31m""#),
        ("a\u{202E}b", #""a\u202eb""#),
        ("a\u{2028}b", #""a\u2028b""#),
        ("a\u{0}b", #""a\u0000b""#),
        ("größe", "größe"),
        ("cafe\u{301}", "cafe\u{301}"),
    ])
    func `escapes values so that no value can forge a line or a field`(value: String, written: String) {
        log().info(.laneStarted, [.topic(value)])
        let line = sink.lines.first ?? ""
        #expect(
            Array(line.utf8).suffix(written.utf8.count + 6)
                == Array("topic=\(written)".utf8).suffix(written.utf8.count + 6))
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func `drops lines below its level without computing their fields`() {
        let computed = Mutex(0)
        func field() -> LogField {
            computed.withLock { $0 += 1 }
            return .count(1)
        }
        let log = log(.warning)
        log.info(.clusterUp, [field()])
        log.warning(.clusterDown, [field()])
        #expect(computed.withLock { $0 } == 1)
        #expect(sink.lines.count == 1)
        #expect(!log.isEnabled(.info))
    }

    @Test func `counts what it wrote, by level, also through copies`() {
        let log = log()
        log.with([.flow("A->B")]).info(.flowStarted)
        log.error(.flowFailed)
        log.debug(.laneFenced)
        #expect(log.counts == [.trace: 0, .debug: 0, .info: 1, .warning: 0, .error: 1])
    }

    @Test func `changes the level of all copies at once`() {
        let log = log()
        let copy = log.with([.lane(1)])
        log.level = .trace
        copy.trace(.clientLog)
        #expect(sink.lines.count == 1)
    }

    @Test func `lets a line's own field replace one of the context`() {
        log().with([.lane(1), .flow("A->B")]).info(.laneStarted, [.lane(2)])
        #expect(sink.lines.first?.hasSuffix("event=lane.started flow=A->B lane=2") == true)
    }

    @Test func `keeps what is not a number out of JSON`() {
        log(.info, .json).info(.laneStarted, [LogField("rate", Double.nan)])
        #expect(sink.lines.first?.hasSuffix(#""rate":null}"#) == true)
    }

    @Test func `writes whole lines from many threads`() async {
        let log = log()
        await withDiscardingTaskGroup { group in
            for lane in 0..<8 { group.addTask { for _ in 0..<200 { log.info(.laneStarted, [.lane(lane)]) } } }
        }
        #expect(sink.lines.count == 1_600)
        #expect(log.counts[.info] == 1_600)
    }

    @Test(arguments: [
        ("WARN", LogLevel.warning), ("Warning", .warning), ("info", .info), ("FATAL", .error), ("trace", .trace),
    ])
    func `reads a level in any spelling`(text: String, level: LogLevel) {
        #expect(LogLevel(parsing: text) == level)
        #expect(LogLevel(parsing: text + "x") == nil)
    }
}

@Suite struct `A log limiter` {
    @Test func `admits a key once per interval and counts what it held back`() {
        let time = Clock()
        let limiter = LogLimiter(interval: .seconds(10), now: { time.now })
        #expect(limiter.admit("a") == 0)
        #expect(limiter.admit("a") == nil)
        #expect(limiter.admit("a") == nil)
        #expect(limiter.admit("b") == 0)
        time.advance(10_000)
        #expect(limiter.admit("a") == 2)
        #expect(limiter.admit("a") == nil)
    }

    @Test func `admits at once after a reset`() {
        let limiter = LogLimiter(now: { 0 })
        #expect(limiter.admit("a") == 0)
        limiter.reset("a")
        #expect(limiter.admit("a") == 0)
    }

    @Test func `forgets the oldest key rather than grow`() {
        let time = Clock()
        let limiter = LogLimiter(interval: .seconds(10), capacity: 2, now: { time.now })
        for key in ["a", "b", "c"] {
            #expect(limiter.admit(key) == 0)
            time.advance(1)
        }
        #expect(limiter.admit("c") == nil)
        #expect(limiter.admit("a") == 0)
    }
}

private final class Clock: Sendable {
    private let value = Mutex<Int64>(0)
    var now: Int64 { value.withLock { $0 } }
    func advance(_ milliseconds: Int64) { value.withLock { $0 += milliseconds } }
}
