// SPDX-License-Identifier: Apache-2.0

/// A command line that is wrong, in one line.
public struct BenchUsage: Error, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// What `tern-bench` is asked for.
public struct BenchOptions: Sendable, Equatable {
    /// The first word; none means `mirror`.
    public enum Subject: String, Sendable, CaseIterable {
        /// Throughput, cost and latency of mirroring.
        case mirror
        /// What is done to each record between consumer and producer.
        case forwarding
        /// The bookkeeping of what is in flight.
        case ledger
        /// One page of `/metrics`.
        case exposition
        /// The allocations of all of these, against the limits of a file.
        case allocations
        /// Mock clusters, for others to measure against, until the parent ends.
        case host
        /// Fills a topic.
        case preload
        /// One measurement, by itself: what the others start.
        case one
        /// The partition machine and fleets of daemons in simulated worlds, for many seeds or one.
        case simulate
    }

    public enum Format: String, Sendable, CaseIterable { case table, json }

    public var subject = Subject.mirror
    /// Both or neither: without them, mock clusters in a process of their own.
    public var source: String?
    public var target: String?
    /// Bytes of a value.
    public var sizes = [100, 1024, 10_240]
    public var codecs = ["none", "lz4", "zstd"]
    /// `nil` is a number that suits the size.
    public var records: Int?
    public var partitions: Int?
    /// Headers that applications gave each record.
    public var headers = 2
    public var tasks = 1
    /// Lines of the properties file.
    public var settings: [String] = []
    public var measuresBare = false
    public var measuresLatency = true
    /// Records per second while latency is measured, and for how long.
    public var rate = 1000
    public var latencySeconds = 5
    /// A measurement may take this long, in seconds.
    public var limit = 300
    public var format = Format.table
    /// `allocations`: the file of the limits.
    public var limits: String?
    /// `host`: `NAME:PARTITIONS`. `preload` and `one`: the topic's name.
    public var topics: [String] = []
    /// Of `one`: what is measured.
    public var kind = Sample.Kind.mirror

    /// `simulate`: the one seed to replay, with everything that happens.
    public var seed: UInt64?
    /// `simulate`: so many steps over all seeds, beginning with `firstSeed`.
    public var steps = 5_000_000
    public var firstSeed: UInt64 = 0

    public var isMock: Bool { source == nil }

    public init() {}

    /// - Throws: `BenchUsage`, with what to write instead.
    public init(_ arguments: [String]) throws(BenchUsage) {
        var rest = arguments[...]
        if let word = rest.first, !word.hasPrefix("-") {
            guard let subject = Subject(rawValue: word) else {
                throw BenchUsage(
                    "unknown subject '\(word)'; there are \(Subject.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.subject = subject
            rest.removeFirst()
        }
        while let word = rest.popFirst() { try take(word, &rest) }
        try check()
    }

    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(BenchUsage) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? word
        if try takeSwitch(name, hasValue: parts.count > 1) { return }
        guard Self.valued.contains(name) else { throw BenchUsage("unknown option '\(word)'") }
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst(), !value.isEmpty else {
            throw BenchUsage("\(name): a value is missing")
        }
        switch name {
        case "--source": source = value
        case "--target": target = value
        case "--sizes": sizes = try Self.list(name, value) { Int($0).flatMap { $0 >= Preload.stampBytes ? $0 : nil } }
        case "--codecs": codecs = try Self.list(name, value) { Self.codecs.contains($0) ? $0 : nil }
        case "--set":
            guard value.contains("=") else { throw BenchUsage("--set: KEY=VALUE is expected, not '\(value)'") }
            settings.append(value)
        case "--topic": topics.append(value)
        case "--seed", "--from":
            guard let number = UInt64(value) else { throw BenchUsage("\(name): '\(value)' is no whole number") }
            if name == "--seed" { seed = number } else { firstSeed = number }
        case "--limits": limits = value
        case "--kind": kind = try Self.word(name, value)
        case "-o", "--output": format = try Self.word(name, value)
        default: try takeNumber(name, value)
        }
    }

    private mutating func takeSwitch(_ name: String, hasValue: Bool) throws(BenchUsage) -> Bool {
        switch name {
        case "--bare": measuresBare = true
        case "--no-latency": measuresLatency = false
        default: return false
        }
        if hasValue { throw BenchUsage("\(name) takes no value") }
        return true
    }

    private mutating func takeNumber(_ name: String, _ value: String) throws(BenchUsage) {
        let least = name == "--headers" ? 0 : 1
        guard let number = Int(value), number >= least else {
            throw BenchUsage("\(name): '\(value)' is no whole number of \(least) or more")
        }
        switch name {
        case "--records": records = number
        case "--partitions": partitions = number
        case "--headers": headers = number
        case "--tasks": tasks = number
        case "--rate": rate = number
        case "--steps": steps = number
        case "--seconds": latencySeconds = number
        default: limit = number
        }
    }

    private static let codecs = ["none", "gzip", "snappy", "lz4", "zstd"]
    private static let valued: Set<String> = [
        "--source", "--target", "--sizes", "--codecs", "--set", "--topic", "--kind", "-o", "--output", "--records",
        "--partitions", "--headers", "--tasks", "--rate", "--seconds", "--limit", "--limits",
        "--seed", "--from", "--steps",
    ]

    private static func list<Value>(
        _ name: String, _ text: String, _ read: (String) -> Value?
    ) throws(BenchUsage) -> [Value] {
        var values: [Value] = []
        for item in text.split(separator: ",") {
            guard let value = read(String(item)) else {
                throw BenchUsage(
                    name == "--sizes"
                        ? "--sizes: '\(item)' is no number of bytes, \(Preload.stampBytes) or more"
                        : "--codecs: '\(item)' is none of \(codecs.joined(separator: ", "))")
            }
            values.append(value)
        }
        guard !values.isEmpty else { throw BenchUsage("\(name): the list is empty") }
        return values
    }

    private static func word<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ text: String
    ) throws(BenchUsage) -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw BenchUsage("\(name): '\(text)' is none of \(words)")
        }
        return value
    }

    private func check() throws(BenchUsage) {
        if subject == .allocations, limits == nil { throw BenchUsage("allocations needs --limits FILE") }
        guard (source == nil) == (target == nil) else { throw BenchUsage("--source and --target go together") }
        if [.preload, .one].contains(subject), source == nil || topics.count != 1 {
            throw BenchUsage("\(subject.rawValue) needs --source, --target and one --topic")
        }
        guard subject == .mirror, isMock else { return }
        for size in sizes {
            let count = records ?? usualRecords(of: size)
            // librdkafka's mock drops what is beyond 5 MiB of a partition; headers and framing take a quarter of a KiB.
            let most = Self.mockPartitionBytes / (size + 256) * (partitions ?? Self.mockPartitions)
            guard count <= most else {
                throw BenchUsage("--records: the mock keeps \(most) records of \(size) bytes, not \(count)")
            }
        }
    }

    private static let mockPartitionBytes = 4_700_000
    static let mockPartitions = 96
    static let realPartitions = 8

    /// Enough for seconds of work, and within what the mock keeps.
    func usualRecords(of size: Int) -> Int {
        let kept = Self.mockPartitionBytes * 3 / 4 / (size + 256)
        let count = min(1_200_000, kept * (isMock ? partitions ?? Self.mockPartitions : Self.mockPartitions))
        return count >= 1000 ? count / 1000 * 1000 : max(1, count)
    }

    public static let usage = """
        tern-bench [mirror] [--source HOST:PORT --target HOST:PORT] [FLAG…]
            --sizes 100,1024,10240   bytes of a value       --codecs none,lz4,zstd
            --records N              of each size           --partitions N   --headers 2   --tasks 1
            --bare                   also the bare loop, and the ratio
            --no-latency             no latency; else at --rate 1000 per second for --seconds 5
            --set KEY=VALUE          a line of the properties file; can be repeated
            --limit 300              seconds a measurement may take
        tern-bench forwarding|ledger|exposition [--records N]
        tern-bench simulate [--steps 5000000] [--from 0]    random faults, for as many seeds as that takes
        tern-bench simulate --seed N                        one seed, with everything that happens
        tern-bench allocations --limits FILE      of these and of mirroring; fails when one is above its limit
        tern-bench host [--topic NAME:PARTITIONS]…
        Each with -o table|json. Without --source, mock clusters in a process of their own.

        """
}
