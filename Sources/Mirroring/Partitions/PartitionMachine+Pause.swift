// SPDX-License-Identifier: Apache-2.0

/// Pause and resume by a person.
///
/// That a pause is wanted is a fact of its own, which holds in any state. What reads comes to rest as `paused`; a question to the
/// flow is answered first, since an answer about a topic that was gone must not be forgotten; what has stopped stays stopped and
/// does not try again by itself.
extension PartitionMachine {
    /// To be told before ``begin(sourceID:_:_:)``, too, so that not one record is read of a partition that is paused at its start.
    public mutating func pauseChanged(to isPaused: Bool, _ actions: inout [Action]) {
        guard isPaused != isPauseWanted, !isRemoved else { return }
        isPauseWanted = isPaused
        switch state {
        case .flowing, .verifying, .draining, .held, .probing:
            if isPaused, !isRemovalDue { rest(&actions) }
        case .paused:
            guard !isPaused else { return }
            changeRoute(&actions)
            prove(&actions)
        case .asking, .stopped, .removed: break
        }
    }

    /// Comes to rest. When it goes on it proves its log first: it may have rested for days.
    mutating func rest(_ actions: inout [Action]) { leave(for: .paused, &actions) }
}
