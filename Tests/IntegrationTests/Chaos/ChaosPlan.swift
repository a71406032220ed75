// SPDX-License-Identifier: Apache-2.0
import Foundation
import MirrorSimulation

/// Something that goes wrong for a while.
struct ChaosFault: Sendable, CustomStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        case sourceKilled = "a source broker is killed"
        case sourceStopped = "a source broker is restarted in order"
        case targetKilled = "a target broker is killed"
        case targetStopped = "a target broker is restarted in order"
        case daemonKilled = "a daemon is killed"
        case daemonStopped = "a daemon is stopped in order"
        case daemonSuspended = "a daemon is suspended"
        case daemonsChange = "a daemon joins or leaves"
        case sourceCut = "the link to the source is cut"
        case targetCut = "the link to the target is cut"
        case sourceRough = "the link to the source is far, slow and reset"
        case targetRough = "the link to the target is far, slow and reset"
        case requestHeld = "a request to the target is held back"
        case transaction = "a transaction stays open on the source"
        case partitionsAdded = "partitions are added"

        /// Two faults of one place at once would be in each other's way.
        var place: Int {
            switch self {
            case .sourceKilled, .sourceStopped: 0
            case .targetKilled, .targetStopped: 1
            case .daemonKilled, .daemonStopped, .daemonSuspended, .daemonsChange: 2
            case .sourceCut, .sourceRough: 3
            case .targetCut, .targetRough, .requestHeld: 4
            case .transaction, .partitionsAdded: 5
            }
        }
    }

    var kind: Kind
    var lasting: Duration
    /// Which broker, daemon, partition or request it is about.
    var choice: Int

    var description: String {
        switch kind {
        case .daemonKilled, .daemonStopped, .daemonsChange, .partitionsAdded: kind.rawValue
        default: "\(kind.rawValue) (\(Int(lasting / .milliseconds(1))) ms)"
        }
    }
}

/// Faults one after another, the same for the same seed: each kind comes once before one comes again, and now and then two come together.
struct ChaosPlan {
    private var random: RandomNumbers
    private let longest: Duration
    private let kinds: [ChaosFault.Kind]
    private var coming: [ChaosFault.Kind] = []

    /// - Parameter longest: how long most faults last at most; one in eight, where it is more than ten seconds, lasts up to a minute.
    init(seed: UInt64, longest: Duration, kinds: [ChaosFault.Kind] = ChaosFault.Kind.allCases) {
        random = RandomNumbers(seed: seed)
        self.longest = longest
        self.kinds = kinds
    }

    mutating func next() -> [ChaosFault] {
        let first = fault(nextKind { _ in true })
        guard random.isOne(in: 3), kinds.contains(where: { $0.place != first.kind.place }) else { return [first] }
        return [first, fault(nextKind { $0.place != first.kind.place })]
    }

    private mutating func nextKind(_ isWanted: (ChaosFault.Kind) -> Bool) -> ChaosFault.Kind {
        if !coming.contains(where: isWanted) { coming += kinds.shuffled(using: &random) }
        return coming.remove(at: coming.firstIndex(where: isWanted)!)
    }

    private mutating func fault(_ kind: ChaosFault.Kind) -> ChaosFault {
        let isLong = longest > .seconds(10) && random.isOne(in: 8)
        let most = isLong ? .seconds(60) : longest
        let milliseconds = 200 + random.below(Int(most / .milliseconds(1)))
        return ChaosFault(kind: kind, lasting: .milliseconds(milliseconds), choice: random.below(1000))
    }
}

/// What is asked for by variables of the environment; without them a short run.
struct ChaosSettings {
    var seed: UInt64 = 1
    var faults = 6
    /// In place of a number of faults.
    var time: Duration?
    /// Of the target.
    var brokers: Int32 = 3
    var longest = Duration.seconds(4)
    /// Nil: each kind of delivery.
    var delivery: String?
    var kinds = ChaosFault.Kind.allCases

    static let asked: ChaosSettings = {
        let variables = ProcessInfo.processInfo.environment
        var settings = ChaosSettings()
        if let seed = variables["TERN_CHAOS_SEED"].flatMap({ UInt64($0) }) { settings.seed = seed }
        if let seconds = variables["TERN_CHAOS_SECONDS"].flatMap({ Int($0) }) {
            settings.time = .seconds(seconds)
            settings.longest = .seconds(15)
        }
        if let brokers = variables["TERN_CHAOS_BROKERS"].flatMap({ Int32($0) }) { settings.brokers = brokers }
        settings.delivery = variables["TERN_CHAOS_DELIVERY"]
        if let only = variables["TERN_CHAOS_ONLY"] {
            settings.kinds = ChaosFault.Kind.allCases.filter { "\($0)" == only }
        }
        return settings
    }()
}
