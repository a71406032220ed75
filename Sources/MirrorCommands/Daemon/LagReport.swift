// SPDX-License-Identifier: Apache-2.0

/// What `/api/v1/lag` says, read for tables; the document itself is kept, so that members this version does not know
/// reach programs all the same.
struct LagReport: Sendable {
    struct Flow: Sendable {
        let name: String
        let json: JSONValue
        let topics: [Topic]

        /// Other daemons carry lanes of it, as far as this one was told which are its own.
        var carriesPart: Bool {
            guard let all = json["lanes"]?.integer, let owned = json["lanes_owned"]?.integer else { return false }
            return owned < all && json["state"] != "starting"
        }
    }
    struct Topic: Sendable {
        let name: String
        let json: JSONValue
        let partitions: [JSONValue]
    }

    let json: JSONValue
    let flows: [Flow]

    /// - Throws: the name of the member that is missing or of another kind.
    init(_ json: JSONValue) throws(CommandFailure) {
        guard json["kind"] == "LagReport", let flows = json["flows"]?.array else {
            throw CommandFailure(.failed, code: "NOT_A_DAEMON", "the daemon's answer is no lag report")
        }
        guard json["version"] == 1 else {
            throw CommandFailure(
                .failed, code: "VERSION_MISMATCH",
                "the daemon's lag report is of a version that this tern does not know",
                hint: "use the tern of the daemon's release")
        }
        self.json = json
        self.flows = flows.map { flow in
            let topics = (flow["topics"]?.array ?? []).map { topic in
                Topic(name: topic["topic"]?.string ?? "", json: topic, partitions: topic["partitions"]?.array ?? [])
            }
            return Flow(
                name: "\(flow["source"]?.string ?? "")->\(flow["target"]?.string ?? "")", json: flow, topics: topics)
        }
    }
}
