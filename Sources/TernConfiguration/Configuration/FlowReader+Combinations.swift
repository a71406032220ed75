// SPDX-License-Identifier: Apache-2.0

/// Keys that MirrorMaker refuses together. It only logs the refusal and runs the flow without that connector, which may be
/// the one that copies; Tern runs the flow, and says what MirrorMaker would have done. Source: `validate` of
/// `MirrorSourceConnector` and of `MirrorCheckpointConfig` in Kafka 4, which compare with exactly these words.
extension FlowReader {
    func checkCombinations(_ flow: FlowConfiguration, _ problems: inout ProblemCollector) {
        guard flow.isEnabled else { return }
        checkOffsetSyncs(&problems)
        checkExactlyOnce(flow, &problems)
        checkCheckpoints(&problems)
    }

    private func checkOffsetSyncs(_ problems: inout ProblemCollector) {
        guard let off = connector["emit.offset-syncs.enabled"], off.text == "false" else { return }
        for (key, value) in connector.sorted
        where key.hasPrefix("offset-syncs-") || key.hasPrefix("offset-syncs.topic.") {
            problems.warning(
                value,
                "has nothing to say where emit.offset-syncs.enabled = false, and with both MirrorMaker copies nothing from "
                    + "\(name.source) to \(name.target): remove one of them")
        }
    }

    private func checkTransactions(_ flow: FlowConfiguration, _ problems: inout ProblemCollector) {
        guard flow.exactlyOnce.isEnabled else {
            if let required = connector["exactly.once.support"], required.text == "required" {
                problems.warning(
                    required,
                    "\(name) delivers at least once: write \(name.target).exactly.once.source.support = enabled")
            }
            return
        }
        if let chosen = connector["target.connections"], let number = flow.connections.target.number, number > 1 {
            problems.warning(
                chosen,
                "\(number) has no effect on \(name): it delivers exactly once, and the transaction of a lane is written by one "
                    + "connection. Use auto; a larger tasks.max gives it more lanes, each with a connection of its own")
        }
        guard flow.exactlyOnce.interval * 2 > flow.exactlyOnce.timeout else { return }
        let interval = flow.exactlyOnce.interval / .milliseconds(1)
        let text =
            "\(name) would end its transactions after \(Int(interval)) ms, and \(name.target) aborts them after "
            + "\(Int(flow.exactlyOnce.timeout / .milliseconds(1))) ms: set \(name.target).producer.transaction.timeout.ms to more "
            + "than twice transaction.boundary.interval.ms"
        let place = connector["transaction.boundary.interval.ms"] ?? worker["exactly.once.source.support"]
        if let place { problems.error(place, text) }
    }

    private func checkExactlyOnce(_ flow: FlowConfiguration, _ problems: inout ProblemCollector) {
        checkTransactions(flow, &problems)
        guard let required = connector["exactly.once.support"], required.text == "required" else { return }
        let consumer = precedence.client(.consumer, on: .source, connector: connector)
        guard consumer["isolation.level"]?.text != "read_committed" else { return }
        problems.warning(
            required,
            "with required, MirrorMaker copies nothing from \(name.source) to \(name.target) unless its consumer reads "
                + "read_committed: write \(name.source).consumer.isolation.level = read_committed")
    }

    private func checkCheckpoints(_ problems: inout ProblemCollector) {
        let sync = connector["sync.group.offsets.enabled"].map { JavaText.boolean($0.text) == true } ?? false
        for key in ["emit.checkpoints.enabled", "emit.offset-syncs.enabled"] {
            guard let off = connector[key], off.text == "false", sync else { continue }
            problems.warning(
                off,
                "without it MirrorMaker refuses its checkpoint connector, so sync.group.offsets.enabled = true does nothing: "
                    + "remove one of them")
        }
    }
}
