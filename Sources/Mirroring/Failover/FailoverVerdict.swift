// SPDX-License-Identifier: Apache-2.0

/// What a look before a failover comes to.
public enum FailoverVerdict: Sendable, Equatable {
    /// Nothing would be lost, and every group can go on.
    case ready
    /// Every group can go on, and what is not copied yet is lost if the source is; `nil` is unknown.
    case readyWithLoss(CopyLoss)
    case notReady([String])

    /// - Parameters:
    ///   - obstacles: of the target, its topics and the map, in sentences.
    ///   - loss: what is not copied.
    ///   - groups: as they would be moved now.
    public init(obstacles: [String], loss: CopyLoss, groups: [GroupMove]) {
        var reasons = obstacles
        let stuck = groups.filter { !$0.isMovable }
        if let first = stuck.first {
            let others = stuck.count > 1 ? ", and \(stuck.count - 1) more" : ""
            reasons.append("\(Self.counted(stuck.count)) not ready: \(first.id) (\(first.reason ?? ""))\(others)")
        }
        self = !reasons.isEmpty ? .notReady(reasons) : loss.isNothing ? .ready : .readyWithLoss(loss)
    }

    private static func counted(_ count: Int) -> String { count == 1 ? "1 group is" : "\(count) groups are" }

    /// The word of documents.
    public var word: String {
        switch self {
        case .ready: "ready"
        case .readyWithLoss: "ready_with_loss"
        case .notReady: "not_ready"
        }
    }

    public var reasons: [String] { if case .notReady(let reasons) = self { reasons } else { [] } }
}

/// Whether a topic on the target can be written once it is the original.
public enum TargetTopicState: Sendable, Equatable {
    case writable
    case missing
    /// It may not be described, or the cluster says why it says nothing.
    case unreadable(String)
    /// Partitions that no broker leads.
    case leaderless(Int)
    /// Partitions with fewer replicas in sync than `min.insync.replicas`: writes with acks=all are refused.
    case underMinimum(Int, minimum: Int)

    /// - Parameters:
    ///   - inSync: for each partition how many replicas are in sync, `nil` where none leads it; nil when the topic is not there.
    ///   - replicas: how many a partition has.
    ///   - minimum: `min.insync.replicas`, where it was read. Brokers do not ask for more than there are replicas.
    public init(inSync: [Int?]?, replicas: Int, minimum: Int?) {
        guard let inSync else {
            self = .missing
            return
        }
        let without = inSync.count { $0 == nil }
        let needed = min(minimum ?? 1, max(1, replicas))
        let under = inSync.count { ($0 ?? 0) < needed }
        self = without > 0 ? .leaderless(without) : under > 0 ? .underMinimum(under, minimum: needed) : .writable
    }

    public var word: String {
        switch self {
        case .writable: "writable"
        case .missing: "missing"
        case .unreadable: "unreadable"
        case .leaderless: "leaderless"
        case .underMinimum: "under_min_isr"
        }
    }

    /// What is wrong, in a sentence without its subject; `nil` when nothing is.
    public var problem: String? {
        switch self {
        case .writable: nil
        case .missing: "does not exist"
        case .unreadable(let reason): "cannot be looked at: \(reason)"
        case .leaderless(let count): "has \(count) partition\(count == 1 ? "" : "s") without a leader"
        case .underMinimum(let count, let minimum):
            "has \(count) partition\(count == 1 ? "" : "s") with fewer than \(minimum) replicas in sync "
                + "(min.insync.replicas): writes with acks=all are refused"
        }
    }
}
