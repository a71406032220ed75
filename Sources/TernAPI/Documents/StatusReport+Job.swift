// SPDX-License-Identifier: Apache-2.0

extension StatusReport {
    public struct Job: Document {
        public static let name = "Job of a status report"
        public enum CodingKeys: String, CodingKey, CaseIterable {
            case flow
            case job = "name"
            case isOverdue = "overdue"
            case problem
            case lastRoundAt = "last_round_at"
        }
        public typealias Key = CodingKeys
        public static let members: [Member<Job>] = [
            .init(.flow, \.flow, "whose it is, as `source->target`; null for the daemon's own"),
            .init(.job, \.job, "what it is called"),
            .init(.isOverdue, \.isOverdue, "it has stopped: `/livez` fails, and a restart helps"),
            .init(.problem, \.problem, "why its last round failed; null when it did not"),
            .init(.lastRoundAt, \.lastRoundAt, "when its last round ended; null before the first"),
        ]

        public var flow: String?
        public var job: String
        public var isOverdue: Bool
        public var problem: String?
        public var lastRoundAt: DateTime?

        public init(flow: String?, job: String, isOverdue: Bool, problem: String?, lastRoundAt: DateTime?) {
            self.flow = flow
            self.job = job
            self.isOverdue = isOverdue
            self.problem = problem
            self.lastRoundAt = lastRoundAt
        }
    }
}
