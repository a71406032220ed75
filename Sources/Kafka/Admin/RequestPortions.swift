// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes

/// How much of a long list goes into one request that creates or grows topics.
///
/// A controller takes no more than 10,000 records of metadata in one, and a managed service may take far less. What is
/// too large is refused as a whole, with POLICY_VIOLATION for each topic, so the same list would be refused for ever.
struct RequestPortions: Sendable, Equatable {
    /// Records of metadata: well below Kafka's limit, as ids and settings of its own may be added.
    static let largest = 8_000

    private var records = largest
    private var items = Int.max
    /// The sizes before the refusals began, while a smaller portion has not shown that size was the cause.
    private var before: Sizes?
    /// Reasons that a single topic was given: size is not what they are about.
    private var otherReasons: Set<String> = []

    private struct Sizes: Sendable, Equatable {
        var records: Int
        var items: Int
    }

    /// How many of the first of these make up the next request, at least one.
    func count(ofFirst costs: some Sequence<Int>) -> Int {
        var (count, sum) = (0, 0)
        for cost in costs {
            sum += cost
            guard count == 0 || sum <= records && count < items else { break }
            count += 1
        }
        return count
    }

    /// Whether a portion was too large: it is then to be asked for again, in smaller ones.
    ///
    /// - Parameters:
    ///   - costs: of the portion.
    ///   - answers: one for each topic of it.
    mutating func shrinks(after answers: [KafkaError?], costs: [Int]) -> Bool {
        let reasons = Set(answers.map { $0?.code == .policyViolation ? $0?.reason : nil })
        guard reasons.count == 1, let reason = reasons.first ?? nil else {
            before = nil
            return false
        }
        guard costs.count > 1 else {
            // Refused alone: a rule of the cluster. Others that are refused for it need not be tried one by one.
            otherReasons.insert(reason)
            if let before { (records, items) = (before.records, before.items) }
            before = nil
            return false
        }
        guard !otherReasons.contains(reason) else { return false }
        before = before ?? Sizes(records: records, items: items)
        records = max(1, costs.reduce(0, +) / 2)
        items = costs.count / 2
        return true
    }

    /// Forgets what single topics were refused for: rules change.
    mutating func begin() { otherReasons = [] }
}
