// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite struct ConfigurationCombinationTests {
    private func ours(_ lines: String) -> [String] {
        loadConfiguration(twoClusters + lines).warnings.filter {
            $0.contains("MirrorMaker") && $0.contains("remove one")
        }
    }

    @Test(arguments: ["", "A->B."])
    func `settings of offset syncs that are off are told, since MirrorMaker copies nothing then`(scope: String) {
        let loaded = loadConfiguration(
            twoClusters + "\(scope)emit.offset-syncs.enabled = false\noffset-syncs.topic.replication.factor = 1")
        #expect(loaded.errors == [])
        #expect(
            loaded.warnings == [
                "mm2.properties:6: offset-syncs.topic.replication.factor: has nothing to say where emit.offset-syncs.enabled = "
                    + "false, and with both MirrorMaker copies nothing from A to B: remove one of them"
            ])
    }

    @Test(arguments: [
        "emit.offset-syncs.enabled = true\noffset-syncs.topic.replication.factor = 1",
        "emit.offset-syncs.enabled = false", "emit.checkpoints.enabled = false",
        "emit.checkpoints.enabled = false\nsync.group.offsets.enabled = false",
        // Another flow's, and one that is off.
        "B->A.emit.offset-syncs.enabled = false\noffset-syncs.topic.replication.factor = 1",
    ])
    func `each alone, and what goes together, is not`(lines: String) {
        #expect(ours(lines) == [])
    }

    @Test func `exactly-once that is required needs readers of committed records`() {
        let warning =
            "mm2.properties:5: A->B.exactly.once.support: with required, MirrorMaker copies nothing from A to B unless its "
            + "consumer reads read_committed: write A.consumer.isolation.level = read_committed"
        let required = twoClusters + "A->B.exactly.once.support = required\n"
        #expect(loadConfiguration(required).warnings.contains(warning))
        let both = loadConfiguration(required + "A.consumer.isolation.level = read_committed")
        #expect(!both.warnings.contains(warning))
        #expect(
            !loadConfiguration(twoClusters + "A->B.exactly.once.support = requested").warnings.contains {
                $0.contains("unless its consumer")
            })
    }

    @Test(arguments: ["emit.checkpoints.enabled", "emit.offset-syncs.enabled"])
    func `group offsets cannot be synced without what they are translated by`(key: String) {
        #expect(
            ours("\(key) = false\nsync.group.offsets.enabled = true") == [
                "mm2.properties:5: \(key): without it MirrorMaker refuses its checkpoint connector, so "
                    + "sync.group.offsets.enabled = true does nothing: remove one of them"
            ])
    }
}
