// SPDX-License-Identifier: Apache-2.0
internal import KafkaTypes
internal import Synchronization

extension AdminClient {
    /// Asks for a list of topics in requests that the cluster takes.
    ///
    /// The result has what was done before a request failed, and that failure for the rest; when the first one fails there is
    /// nothing to report, and it is thrown.
    func inPortions<Item>(
        _ items: [Item], named name: (Item) -> TopicName, cost: (Item) -> Int, within limit: Duration,
        _ send: ([Item], Duration) async throws(KafkaError) -> [TopicName: KafkaError?]
    ) async throws(KafkaError) -> [TopicName: KafkaError?] {
        let deadline = ContinuousClock.now + limit
        var portions = portions.withLock { $0 }
        portions.begin()
        var results: [TopicName: KafkaError?] = [:]
        var open = items[...]
        while !open.isEmpty {
            let portion = Array(open.prefix(portions.count(ofFirst: open.lazy.map(cost))))
            let answers: [TopicName: KafkaError?]
            do throws(KafkaError) {
                answers = try await send(portion, max(.zero, ContinuousClock.now.duration(to: deadline)))
            } catch {
                guard !results.isEmpty else { throw error }
                for item in open { results.updateValue(error, forKey: name(item)) }
                break
            }
            let ordered = portion.map { answers[name($0)] ?? nil }
            if portions.shrinks(after: ordered, costs: portion.map(cost)) { continue }
            results.merge(answers) { $1 }
            open = open.dropFirst(portion.count)
        }
        self.portions.withLock { [portions] in $0 = portions }
        return results
    }
}

extension NewTopic {
    /// What a controller writes to make it: the topic, its partitions, its settings.
    var metadataRecords: Int { 1 + max(1, Int(partitionCount)) + configuration.count }
}
