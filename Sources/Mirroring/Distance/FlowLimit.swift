// SPDX-License-Identifier: Apache-2.0

/// What keeps a flow that is behind from going faster.
public enum FlowLimit: String, Sendable, CaseIterable {
    /// It keeps up: there is nothing more to copy.
    case nothing
    /// A cluster holds Tern's clients back by a quota.
    case quota
    /// A lane's thread has no more time.
    case cpu
    /// The target takes no more.
    case target
    /// The source gives no more.
    case source
    /// The way to or from a cluster that is far: what is under way fills the connections.
    case link
}

/// Finds a flow's limit from what its lanes count, between one measurement and the next.
public struct FlowLimitJudge: Sendable {
    /// Totals, and what is the case now.
    public struct Sample: Sendable {
        /// Milliseconds since 1970.
        public var time: Int64
        /// Lanes that run in this process.
        public var lanes: Int
        /// How long they took nothing because too much was on its way to the target, in seconds, over all lanes.
        public var backpressure: Double
        /// How long their threads have run, in seconds.
        public var busy: Double
        /// What quotas made their clients wait, in seconds.
        public var throttled: Double
        /// The worst of the partitions; `nil`: unknown.
        public var lagSeconds: Double?
        public var isSourceFar: Bool
        public var isTargetFar: Bool

        public init(
            time: Int64, lanes: Int, backpressure: Double, busy: Double, throttled: Double, lagSeconds: Double?,
            isSourceFar: Bool, isTargetFar: Bool
        ) {
            self.time = time
            self.lanes = lanes
            self.backpressure = backpressure
            self.busy = busy
            self.throttled = throttled
            self.lagSeconds = lagSeconds
            self.isSourceFar = isSourceFar
            self.isTargetFar = isTargetFar
        }
    }

    /// Less is what a flow has that keeps up.
    private static let leastLag = 3.0
    /// Longer than a tick, so that one burst decides nothing.
    private static let window: Int64 = 5_000

    private var samples: [Sample] = []

    public init() {}

    /// - Returns: `nil` while it cannot be told: before five seconds have passed, and while the lag is unknown.
    public mutating func judge(_ sample: Sample) -> FlowLimit? {
        // Lanes that come and go take their times along.
        if let last = samples.last, last.lanes != sample.lanes || last.busy > sample.busy { samples.removeAll() }
        samples.append(sample)
        while samples.count > 1, samples[1].time <= sample.time - Self.window { samples.removeFirst() }
        guard let lag = sample.lagSeconds else { return nil }
        guard lag > Self.leastLag else { return .nothing }
        let first = samples[0]
        let seconds = Double(sample.time - first.time) / 1000 * Double(sample.lanes)
        guard sample.lanes > 0, sample.time - first.time >= Self.window else { return nil }
        if (sample.throttled - first.throttled) / seconds > 0.2 { return .quota }
        if (sample.busy - first.busy) / seconds > 0.85 { return .cpu }
        if (sample.backpressure - first.backpressure) / seconds > 0.3 { return sample.isTargetFar ? .link : .target }
        return sample.isSourceFar ? .link : .source
    }
}
