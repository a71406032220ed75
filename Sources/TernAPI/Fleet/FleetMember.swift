// SPDX-License-Identifier: Apache-2.0

/// A daemon, and its last status report, as the one that joins them has it.
public struct FleetMember: Sendable, Equatable {
    /// Older than that, an answer says nothing of the present: three rounds of questions.
    public static let answerLimit = 6.0
    /// Older than that, figures do not count: as the dashboard marks those of its own daemon.
    public static let figuresLimit = 15.0

    /// As `dashboard.peers` names it; `nil` for the daemon that joins.
    public var url: String?
    /// The last that it answered.
    public var report: StatusReport?
    /// When that was; `nil` where it never has.
    public var answeredAt: DateTime?
    /// Seconds since then, by a clock that does not step.
    public var answerAge: Double?
    /// Why its last question had no answer that could be read; `nil` where it had.
    public var problem: String?

    public init(
        url: String?, report: StatusReport?, answeredAt: DateTime?, answerAge: Double?, problem: String? = nil
    ) {
        self.url = url
        self.report = report
        self.answeredAt = answeredAt
        self.answerAge = answerAge
        self.problem = problem
    }

    /// Whether it has answered lately.
    public var isHeard: Bool { (answerAge ?? .infinity) <= Self.answerLimit && report != nil }

    /// Seconds since its figures were measured.
    var figuresAge: Double? {
        guard let report, let answerAge else { return nil }
        return report.snapshotAgeSeconds + answerAge
    }

    /// Without regard to other members.
    var state: String {
        guard isHeard else { return "silent" }
        return (figuresAge ?? 0) <= Self.figuresLimit ? "heard" : "stale"
    }

    var sentence: String? {
        switch state {
        case "silent": problem ?? "no answer yet"
        case "stale": "its figures stand still: its meter does not come round"
        default: nil
        }
    }
}
