// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Measuring

@Suite struct BenchOptionsTests {
    @Test func `no words mean mirroring on mock clusters, in every size and codec`() throws {
        let options = try BenchOptions([])
        #expect(options.subject == .mirror)
        #expect(options.isMock)
        #expect(options.sizes == [100, 1024, 10_240])
        #expect(options.codecs == ["none", "lz4", "zstd"])
        #expect(options.headers == 2)
        #expect(options.format == .table)
        #expect(!options.measuresBare)
        #expect(options.measuresLatency)
    }

    @Test func `every flag is read, with a blank or an equals sign`() throws {
        let options = try BenchOptions([
            "mirror", "--source", "a:1", "--target=b:2", "--sizes=512", "--codecs", "zstd,none", "--records", "7",
            "--partitions", "3", "--headers=0", "--tasks", "2", "--set", "a.b=c=d", "--bare", "--no-latency", "--rate",
            "50", "--seconds", "2", "--limit", "9", "-o", "json",
        ])
        var expected = BenchOptions()
        expected.source = "a:1"
        expected.target = "b:2"
        expected.sizes = [512]
        expected.codecs = ["zstd", "none"]
        expected.records = 7
        expected.partitions = 3
        expected.headers = 0
        expected.tasks = 2
        expected.settings = ["a.b=c=d"]
        expected.measuresBare = true
        expected.measuresLatency = false
        expected.rate = 50
        expected.latencySeconds = 2
        expected.limit = 9
        expected.format = .json
        #expect(options == expected)
    }

    @Test(arguments: [
        ["mirorr"], ["--sizes", "ten"], ["--sizes", "19"], ["--sizes", ","], ["--codecs", "brotli"],
        ["--records", "0"],
        ["--records"], ["--headers", "-1"], ["--source", "a:1"], ["--target", "a:1"], ["--set", "novalue"],
        ["-o", "yaml"], ["--bare=yes"], ["--nothing"], ["preload", "--topic", "x"], ["one"],
        // More than the mock keeps.
        ["--sizes", "10240", "--records", "1000000"],
    ])
    func `what is not understood is refused in one line`(words: [String]) {
        #expect(throws: BenchUsage.self) { try BenchOptions(words) }
    }

    @Test(arguments: [100, 1024, 10_240, 1_000_000])
    func `the usual number of records fits into the mock`(size: Int) throws {
        #expect(throws: Never.self) { try BenchOptions(["--sizes", "\(size)"]) }
    }
}

@Suite struct SampleTests {
    @Test func `rates and costs are those of the records that were measured`() {
        var sample = Sample(kind: .mirror, size: 1000, codec: "none", records: 100)
        sample.measuredRecords = 50
        sample.seconds = 0.5
        sample.cpuSeconds = 0.0001
        #expect(sample.recordsPerSecond == 100)
        #expect(sample.megabytesPerSecond == 0.1)
        #expect(sample.cpuSecondsPerMillion == 2)
        #expect(Sample(kind: .bare, size: 1, codec: "none", records: 0).recordsPerSecond == 0)
    }

    @Test func `percentiles are values that occurred`() {
        let values = (1...100).map(Double.init)
        #expect(Percentile.of(values, 0.5) == 50)
        #expect(Percentile.of(values, 0.99) == 99)
        #expect(Percentile.of([7], 0.99) == 7)
        #expect(Percentile.of([], 0.5) == nil)
    }

    @Test func `a stamp tells its time`() {
        #expect(LatencyRun.time(LatencyRun.stamp(123_456_789)) == 123_456_789)
        #expect(LatencyRun.stamp(.max).count == Preload.stampBytes)
        #expect(LatencyRun.time(nil) == nil)
    }

    @Test func `records are as long as they are asked to be, and the same again`() {
        for size in [20, 100, 1024] {
            var first = Preload(topic: "t", partitions: 1, size: size, headers: 2)
            var second = first
            let value = first.value(0)
            #expect(value.count == size)
            #expect(value == second.value(0))
            #expect(first.key(12).count == 10)
        }
    }
}
