// SPDX-License-Identifier: Apache-2.0

/// How it went when the configuration was read again.
public struct ReloadStatus: Sendable, Equatable {
    /// Milliseconds since 1970.
    public var at: Int64
    public var isSuccessful: Bool
    public var problem: String?
    /// When one was taken last; `nil` where none was since the process started.
    public var succeededAt: Int64?

    public init(at: Int64, isSuccessful: Bool, problem: String? = nil, succeededAt: Int64? = nil) {
        self.at = at
        self.succeededAt = succeededAt
        self.isSuccessful = isSuccessful
        self.problem = problem
    }
}

/// A pause of a flow, of one of its topics, or of a partition.
public struct PauseStatus: Sendable, Equatable {
    public var scope: ControlScope
    public var order: ControlOrder

    public init(scope: ControlScope, order: ControlOrder) {
        self.scope = scope
        self.order = order
    }
}

extension FlowStatus {
    /// Partitions that rest because somebody paused them.
    public var pausedPartitions: Int64 {
        topics.reduce(0) { $0 + Int64($1.partitions.count { $0.state == .paused }) }
    }
}
