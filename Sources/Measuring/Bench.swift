// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Kafka
internal import KafkaTypes

/// The program `tern-bench`.
public struct Bench: Sendable {
    private let options: BenchOptions
    private let counter: AllocationCounter

    public init(_ options: BenchOptions, counter: @escaping AllocationCounter) {
        self.options = options
        self.counter = counter
    }

    /// Runs a command line, and says how it ended: 0, 1 when it failed, 2 when it was not understood. Results go to
    /// stdout, what is going on to stderr.
    public static func run(_ arguments: [String], counter: @escaping AllocationCounter) async -> Int32 {
        if arguments.contains("--help") || arguments.contains("-h") {
            print(BenchOptions.usage, terminator: "")
            return 0
        }
        do {
            let options = try BenchOptions(arguments)
            let (text, failure) = try await Bench(options, counter: counter).run()
            FileHandle.standardOutput.write(Data(text.utf8))
            if let failure { say("\(failure)\n") }
            return failure == nil ? 0 : 1
        } catch let usage as BenchUsage {
            say("\(usage)\n\(BenchOptions.usage)")
            return 2
        } catch {
            say("\(error)\n")
            return 1
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data("tern-bench: \(text)".utf8)) }

    /// - Returns: what belongs on stdout, and what is wrong with it.
    func run() async throws -> (text: String, failure: String?) {
        guard options.subject == .allocations else { return (try await text(), nil) }
        let rows = try await allocations()
        let above = rows.filter { !$0.isKept }.map(\.name)
        return (
            BenchReport.text(rows, options.format),
            above.isEmpty ? nil : "more allocations than the limits allow: \(above.joined(separator: ", "))"
        )
    }

    private func text() async throws -> String {
        let micro = MicroBenchmarks(counter: counter, records: options.records ?? 100_000)
        switch options.subject {
        case .mirror, .allocations: return BenchReport.text(try await cases(), options.format)
        case .forwarding: return BenchReport.text(try micro.forwarding(), options.format)
        case .ledger: return BenchReport.text(micro.ledger(), options.format)
        case .exposition: return BenchReport.text(micro.exposition(), options.format)
        case .host:
            try Host.serve(topics: options.topics)
            return ""
        case .preload:
            var preload = Preload(
                topic: topic, partitions: partitions, size: options.sizes[0], headers: options.headers)
            try preload.fill(options.source ?? "", records: records(options.sizes[0]), codec: options.codecs[0])
            return ""
        case .simulate: return try SimulationRun(options).text()
        case .one:
            return String(decoding: try JSONEncoder().encode(try await one()), as: UTF8.self) + "\n"
        }
    }

    /// Everything that counts allocations, against the limits of the file.
    func allocations() async throws -> [AllocationLimits.Row] {
        let limits = try AllocationLimits(file: options.limits ?? "")
        let micro = MicroBenchmarks(counter: counter, records: options.records ?? 100_000)
        var samples = try micro.forwarding() + micro.ledger() + micro.exposition()
        // For the processes that mirror: without caches of threads every allocation is counted.
        setenv("MALLOC_CONF", "tcache:false", 1)
        for size in [100, 1024] {
            var fewer = options
            fewer.records = options.records ?? 200_000
            fewer.measuresLatency = false
            let mirror = try await Bench(fewer, counter: counter).measure(size, "none").mirror
            samples.append(
                MicroSample(
                    name: "mirror \(size) bytes", unit: "record", count: mirror.measuredRecords,
                    nanoseconds: mirror.seconds * 1e9 / Double(max(1, mirror.measuredRecords)),
                    mallocs: mirror.mallocs))
        }
        return try limits.rows(of: samples)
    }

    // MARK: one measurement, in this process

    private var topic: TopicName { TopicName(options.topics.first ?? "bench") }
    private var partitions: Int {
        options.partitions ?? (options.isMock ? BenchOptions.mockPartitions : BenchOptions.realPartitions)
    }
    private func records(_ size: Int) -> Int { options.records ?? options.usualRecords(of: size) }

    private func one() async throws -> Sample {
        let size = options.sizes[0]
        let mirror = BenchMirror(
            options: options, topic: topic, source: options.source ?? "", target: options.target ?? "",
            codec: options.codecs[0], isMock: options.settings.contains(Self.mockSetting))
        let records = records(size)
        switch options.kind {
        case .mirror:
            return try await ThroughputRun(
                mirror: mirror, size: size, records: records, partitions: partitions, counter: counter
            ).measure()
        case .bare:
            return try await BareRun(
                mirror: mirror, size: size, records: records, partitions: partitions, counter: counter
            ).measure()
        case .latency: return try await LatencyRun(mirror: mirror, size: size, partitions: partitions).measure()
        }
    }

    // MARK: all measurements, each in a process of its own

    /// Says to the measuring process that the clusters are mock clusters; harmless in the file, where it is the default.
    private static let mockSetting = "dedicated.mode.enable.internal.rest=false"

    private func cases() async throws -> [BenchReport.Case] {
        var cases: [BenchReport.Case] = []
        for size in options.sizes {
            for codec in options.codecs {
                Self.say("\(size) bytes, \(codec)\n")
                cases.append(try await measure(size, codec))
            }
        }
        return cases
    }

    private func measure(_ size: Int, _ codec: String) async throws -> BenchReport.Case {
        let run = "\(UInt32.random(in: 0...UInt32.max))"
        let names = (bulk: TopicName("bench-\(run)"), latency: TopicName("latency-\(run)"))
        let latencyPartitions = 8
        let all = [
            (names.bulk, partitions), (TopicName(BenchMirror.prefix + names.bulk.rawValue), partitions),
            (TopicName(BareRun.prefix + names.bulk.rawValue), partitions), (names.latency, latencyPartitions),
            (TopicName(BenchMirror.prefix + names.latency.rawValue), latencyPartitions),
        ]
        let rig = try await Rig.start(options, topics: all)
        do {
            let found = try measure(size, codec, rig, names.bulk, names.latency, latencyPartitions)
            await rig.stop()
            return found
        } catch {
            await rig.stop()
            throw error
        }
    }

    private func measure(
        _ size: Int, _ codec: String, _ rig: Rig, _ bulk: TopicName, _ latency: TopicName, _ latencyPartitions: Int
    ) throws -> BenchReport.Case {
        var common = ["--source", rig.source, "--target", rig.target, "--sizes", "\(size)", "--codecs", codec]
        common += ["--headers", "\(options.headers)", "--tasks", "\(options.tasks)", "--limit", "\(options.limit)"]
        common += ["--rate", "\(options.rate)", "--seconds", "\(options.latencySeconds)"]
        common += options.settings.flatMap { ["--set", $0] } + (rig.isMock ? ["--set", Self.mockSetting] : [])
        let many = common + ["--records", "\(records(size))", "--partitions", "\(partitions)", "--topic", "\(bulk)"]
        let few = common + ["--partitions", "\(latencyPartitions)", "--topic", "\(latency)", "--kind", "latency"]
        let limit = Duration.seconds(options.limit + 60)
        _ = try OwnExecutable.run(["preload"] + many, within: limit)
        func sample(_ arguments: [String]) throws -> Sample {
            try JSONDecoder().decode(Sample.self, from: OwnExecutable.run(["one"] + arguments, within: limit))
        }
        return BenchReport.Case(
            mirror: try sample(many + ["--kind", "mirror"]),
            bare: options.measuresBare ? try sample(many + ["--kind", "bare"]) : nil,
            latency: options.measuresLatency ? try sample(few) : nil)
    }
}
