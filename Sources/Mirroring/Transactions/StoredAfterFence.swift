// SPDX-License-Identifier: Apache-2.0

extension TransactionMachine {
    /// Why a lane must be replaced.
    public enum Reason: Sendable, Equatable {
        /// Somebody else has written progress of the lane's partitions: another daemon, or a person.
        case progressOfOthers
        /// The broker says that a newer client has the transactional id. That may also be its word for a transaction that took too long.
        case fenced
    }

    /// What the stored rows say after a fence.
    public enum Stored: Sendable, Equatable {
        /// What the lane knows to be committed.
        case asCommitted
        /// What the last transaction would have made it.
        case asHandedIn
        case other
    }

    /// How a request ended.
    public enum Ending: Sendable, Equatable {
        case done
        /// Nothing of the transaction is on the target, or will be.
        case refused
        /// Nobody knows; it may also happen later.
        case unknown
        /// The id is somebody else's.
        case fenced
    }
}

extension TransactionMachine.Stored {
    /// What is stored of one partition, and what its lane knows of that.
    public struct Place: Sendable {
        public var stored: StoredProgress?
        /// The offset of the last row that is known to be committed.
        public var known: Int64?
        /// The row of the transaction that is not decided.
        public var handedIn: StoredProgress?

        public init(stored: StoredProgress?, known: Int64?, handedIn: StoredProgress?) {
            self.stored = stored
            self.known = known
            self.handedIn = handedIn
        }
    }

    /// All rows of a transaction are there, or none; a row that is neither the last one nor that of the transaction is another's.
    public init(_ places: some Sequence<Place>) {
        var (isAsCommitted, isAsHandedIn) = (true, true)
        for place in places {
            let isKnown = place.stored?.offset == place.known
            guard let handedIn = place.handedIn else {
                if !isKnown { (isAsCommitted, isAsHandedIn) = (false, false) }
                continue
            }
            if place.stored != handedIn { isAsHandedIn = false }
            // A row may repeat its offset; its witness then tells the two apart.
            if !isKnown || place.stored == handedIn { isAsCommitted = false }
        }
        self = isAsCommitted ? .asCommitted : isAsHandedIn ? .asHandedIn : .other
    }
}
