// SPDX-License-Identifier: Apache-2.0
import TopicFiles
import TopicPlanning

extension FuzzedParser {
    static let topics = [
        FuzzedParser("topic-files", readTopicFile),
        FuzzedParser("topic-plans", readPlan),
    ]

    /// Topics that were read without an error are written, and read again the same.
    private static func readTopicFile(_ bytes: [UInt8]) throws(BrokenPromise) {
        let file = TopicFile(bytes, name: "topics.yaml")
        let set = TopicFileSet(topics: file.topics, clusterIDs: file.clusterIDs, problems: file.problems)
        for problem in set.problems { try promise(isOneLine: problem.description, of: "a problem") }
        guard !set.hasErrors else { return }
        let topics = set.specifications(on: nil)
        guard !topics.isEmpty else { return }
        let text = TopicFileWriter.text(for: topics)
        let again = TopicFile(Array(text.utf8), name: "topics.yaml")
        let read = TopicFileSet(topics: again.topics, problems: again.problems)
        if let error = read.problems.first(where: { $0.severity == .error }) {
            throw BrokenPromise(words: "what was written is refused: \(error)\n\(text)")
        }
        let placeless = { (topics: [TopicSpecification]) in
            topics.map { topic in
                var topic = topic
                topic.location = nil
                return topic
            }
        }
        try promise(
            placeless(read.specifications(on: nil)) == placeless(topics),
            "written and read again it says else:\n\(text)")
    }

    private static func readPlan(_ bytes: [UInt8]) throws(BrokenPromise) {
        let plan: TopicPlanDocument
        do throws(PlanFileProblem) { plan = try TopicPlanDocument(decoding: bytes) } catch { return }
        guard let written = try? plan.encoded(), let again = try? TopicPlanDocument(decoding: written) else {
            throw BrokenPromise(words: "it cannot be written and read again")
        }
        try promise(again.fingerprint == plan.fingerprint, "written and read again it says something else")
    }
}
