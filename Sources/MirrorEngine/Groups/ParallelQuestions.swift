// SPDX-License-Identifier: Apache-2.0
import KafkaTypes

/// Asks about each group, about so many at once: librdkafka asks for the offsets of one group a request.
func askEach<Answer: Sendable>(
    _ groups: [GroupID], atOnce width: Int, _ ask: @escaping @Sendable (GroupID) async -> Answer
) async -> [GroupID: Answer] {
    await withTaskGroup(of: (GroupID, Answer).self) { tasks in
        var answers: [GroupID: Answer] = [:]
        for group in groups.prefix(width) { tasks.addTask { (group, await ask(group)) } }
        var waiting = groups.dropFirst(width).makeIterator()
        for await (group, answer) in tasks {
            answers[group] = answer
            if let next = waiting.next() { tasks.addTask { (next, await ask(next)) } }
        }
        return answers
    }
}
