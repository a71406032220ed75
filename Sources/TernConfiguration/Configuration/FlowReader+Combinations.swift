// SPDX-License-Identifier: Apache-2.0

/// Keys that MirrorMaker refuses together. It only logs the refusal and runs the flow without that connector, which may be
/// the one that copies; Tern runs the flow, and says what MirrorMaker would have done. Source: `validate` of
/// `MirrorSourceConnector` and of `MirrorCheckpointConfig` in Kafka 4, which compare with exactly these words.
extension FlowReader {
    func checkCombinations(_ flow: FlowConfiguration, _ problems: inout ProblemCollector) {
        guard flow.isEnabled else { return }
        checkOffsetSyncs(&problems)
        checkExactlyOnce(&problems)
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

    private func checkExactlyOnce(_ problems: inout ProblemCollector) {
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
