// SPDX-License-Identifier: Apache-2.0

/// What a flow's failover controller is doing, as one process knows it.
public struct FailoverControllerStatus: Sendable, Equatable {
    public var state: FailoverController.State
    /// This process is the one that acts.
    public var isOwner: Bool
    /// The process that acts; `nil` while none does, or it is not known.
    public var owner: String?
    /// Who has paused it.
    public var pause: ControlOrder?
    /// Why it cannot do its work, in a sentence; `nil` where it can.
    public var problem: String?
    /// Since the process started: hooks that ended otherwise than with status 0.
    public var failedHooks: Int64 = 0

    public init(
        state: FailoverController.State, isOwner: Bool = false, owner: String? = nil, pause: ControlOrder? = nil
    ) {
        self.state = state
        self.isOwner = isOwner
        self.owner = owner
        self.pause = pause
    }
}
