// SPDX-License-Identifier: Apache-2.0
import Mirroring
import Testing

@Suite struct WitnessTests {
    @Test(arguments: [
        Witness(clusterID: "a", sourceOffset: 0, timestamp: -1, contentHash: 0, targetOffset: -1),
        Witness(
            clusterID: "MkU3OEVBNTcwNTJENDM2Qk", sourceOffset: .max, timestamp: 1_700_000_000_000, contentHash: .max,
            targetOffset: .max),
    ])
    func `a witness reads as it was written`(witness: Witness) {
        #expect(Witness(encoded: witness.encoded) == witness)
    }

    @Test(arguments: [
        "", "1", "2 id 1 2 3 4", "1 id 1 2 3", "1 id 1 2 3 4 5", "1  1 2 3 4", "1 id -1 2 3 4", "1 id x 2 3 4",
        "1 id 1 2 zz 4", "1 id 1 2 10000000000000000 4", "1 id 1 2 3 ",
    ])
    func `what this version does not write is unknown`(text: String) {
        #expect(Witness(encoded: Array(text.utf8)) == nil)
    }

    @Test func `bytes that are no text are unknown`() {
        #expect(Witness(encoded: [0x31, 0x20, 0xFF, 0x20]) == nil)
    }
}
