// SPDX-License-Identifier: Apache-2.0

/// How far a flow is behind: of all that it mirrors, or not at all.
extension FlowStatus {
    /// Sum over the partitions; `nil` while any is unknown, a topic is not mirrored, other daemons carry lanes, or there is
    /// none yet.
    public var lagRecords: Int64? { carriesAllLanes ? carriedLagRecords : nil }

    /// The worst of the partitions; `nil` as ``lagRecords`` is.
    public var lagSeconds: Double? { carriesAllLanes ? carriedLagSeconds : nil }

    /// As ``lagRecords``, of what this process carries: the sum over all daemons is the flow's.
    public var carriedLagRecords: Int64? {
        var sum: Int64 = 0
        for topic in topics {
            guard let lag = topic.lagRecords else { return nil }
            sum += lag
        }
        return isMeasured ? sum : nil
    }

    /// As ``lagSeconds``, of what this process carries: the worst of all daemons is the flow's.
    public var carriedLagSeconds: Double? {
        var worst = 0.0
        for topic in topics {
            guard let lag = topic.lagSeconds else { return nil }
            worst = max(worst, lag)
        }
        return isMeasured ? worst : nil
    }

    private var isMeasured: Bool {
        notMirrored.isEmpty && !hasUnmeasuredLanes && (carriesAllLanes || ownedLanes > 0)
            && (!topics.isEmpty || hasBothClusters && !isSettling)
    }

    public var isCaughtUp: Bool? { lagRecords.map { $0 == 0 } }

    /// Seconds until caught up at the present rate; `nil` when unknown or when it is not catching up.
    public var etaSeconds: Double? {
        guard let lagRecords else { return nil }
        if lagRecords == 0 { return 0 }
        return recordsPerSecond > 0 ? Double(lagRecords) / recordsPerSecond : nil
    }
}
