// SPDX-License-Identifier: Apache-2.0
import Mirroring

/// Something that comes round for as long as the process runs, such as a look at the topics. ``JobRunner`` runs it.
struct Job: Sendable {
    /// Which of the processes that share a flow run it.
    enum Place: Sendable {
        case everyProcess
        /// The one process that owns lane 0: several would write the same.
        case firstLaneOwner
    }

    /// The clusters that must be up; while one is not, the round waits and is no failure.
    struct Needs: OptionSet, Sendable {
        let rawValue: Int
        static let source = Needs(rawValue: 1)
        static let target = Needs(rawValue: 2)
        static let both: Needs = [.source, .target]
    }

    /// How a round ended.
    enum Outcome: Sendable, Equatable {
        case done
        /// The next round comes after this time, and not after the interval.
        case again(after: Duration)
        /// The next round comes after the back-off. The round itself has logged why; this is what the status shows.
        /// - Parameter retryAfter: instead of the back-off.
        case failed(String, retryAfter: Duration? = nil)
        /// There is no further round.
        case over
    }

    /// Unique in its runner; a label of metrics, so never made of outside text.
    var name: String
    /// Between the end of a round and the start of the next; `nil`: only when it is woken.
    var interval: Duration?
    /// Whether the first round comes at once, or after the interval.
    var startsAtOnce = true
    var place = Place.everyProcess
    var needs: Needs = []
    /// `nil`: a failed round rests for the interval.
    var backOff: BackOff?
    /// A round that takes longer is cancelled. `/livez` fails when it goes on all the same.
    var limit = Duration.seconds(30)
    var round: @Sendable () async -> Outcome
}
