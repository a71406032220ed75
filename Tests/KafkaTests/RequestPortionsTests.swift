// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import Testing

@testable import Kafka

@Suite struct RequestPortionsTests {
    /// Asks a controller that takes so much for topics of these costs; what it refuses by a rule of its own is in `forbidden`.
    private func requests(
        _ costs: [Int], _ portions: inout RequestPortions, records: Int = .max, items: Int = .max,
        forbidden: Set<Int> = []
    ) -> (sizes: [Int], refused: Set<Int>) {
        var open = Array(costs.enumerated())[...]
        var (sizes, refused): ([Int], Set<Int>) = ([], [])
        portions.begin()
        while !open.isEmpty {
            let portion = open.prefix(portions.count(ofFirst: open.map(\.element)))
            sizes.append(portion.count)
            let isTooLarge = portion.reduce(0) { $0 + $1.element } > records || portion.count > items
            let answers = portion.map { topic -> KafkaError? in
                if isTooLarge { return KafkaError(.policyViolation, during: "create", reason: "excessively large") }
                return forbidden.contains(topic.offset)
                    ? KafkaError(.policyViolation, during: "create", reason: "not this one") : nil
            }
            if portions.shrinks(after: answers, costs: portion.map(\.element)) { continue }
            for (topic, answer) in zip(portion, answers) where answer != nil { refused.insert(topic.offset) }
            open = open.dropFirst(portion.count)
        }
        return (sizes, refused)
    }

    @Test func `a list that a controller would refuse as a whole is asked for in portions that it takes`() {
        var portions = RequestPortions()
        let outcome = requests([Int](repeating: 7, count: 1_450), &portions, records: 10_000)
        #expect(outcome.sizes == [1_142, 308])
        #expect(outcome.refused.isEmpty)
        // A topic that is larger than a portion goes alone.
        #expect(requests([3_402, 9_500, 1], &portions, records: 10_000).sizes == [1, 1, 1])
    }

    @Test func `where even less is taken a portion is halved until it is, and that is remembered`() {
        var portions = RequestPortions()
        let outcome = requests([Int](repeating: 3, count: 20), &portions, items: 5)
        #expect(outcome.refused.isEmpty)
        #expect(outcome.sizes == [20, 10, 5, 5, 5, 5])
        #expect(requests([Int](repeating: 3, count: 10), &portions, items: 5).sizes == [5, 5])
    }

    @Test func `a topic that breaks a rule of the cluster is the only one that is missing`() {
        var portions = RequestPortions()
        let outcome = requests([Int](repeating: 3, count: 20), &portions, items: 5, forbidden: [7])
        #expect(outcome.refused == [7])
    }

    @Test func `a rule that refuses all of them is found by a few requests, not by one for each`() {
        var portions = RequestPortions()
        let outcome = requests([Int](repeating: 3, count: 1_000), &portions, forbidden: Set(0..<1_000))
        #expect(outcome.refused.count == 1_000)
        #expect(outcome.sizes.count < 15)
        #expect(requests([Int](repeating: 3, count: 1_000), &portions).sizes == [1_000])
    }
}
