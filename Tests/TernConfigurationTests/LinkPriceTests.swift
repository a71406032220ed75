// SPDX-License-Identifier: Apache-2.0
import KafkaTypes
import TernConfiguration
import Testing

@Suite struct `The price of a link` {
    @Test func `is set for all flows, and for one, which wins`() throws {
        let text = twoClusters + "B->A.enabled = true\nlink.price.per.gb = 0.02\nB->A.link.price.per.gb = 1\n"
        let loaded = loadConfiguration(text + "B->A.link.price.side = Target")
        #expect(loaded.problems == [])
        #expect(loaded.flow("A", "B")?.link == LinkConfiguration(pricePerGigabyte: 0.02))
        #expect(loaded.flow("B", "A")?.link == LinkConfiguration(pricePerGigabyte: 1, side: .target))
    }

    @Test func `is unknown unless somebody says it, and may be 0`() {
        #expect(loadConfiguration(twoClusters).flow("A", "B")?.link == LinkConfiguration())
        let free = loadConfiguration(twoClusters + "link.price.per.gb = 0")
        #expect(free.flow("A", "B")?.link.pricePerGigabyte == 0)
    }

    @Test(arguments: ["0,02", "$0.02", "-1", "+1", "1e3", "0x10", ".5", "5.", "1.2.3", "nan", "inf", "", "0.02 USD"])
    func `that is no plain decimal is an error that says what to write`(text: String) {
        let loaded = loadConfiguration(twoClusters + "A->B.link.price.per.gb = \(text)")
        #expect(
            loaded.errors == [
                "mm2.properties:5: A->B.link.price.per.gb: \"\(text)\" is not a price: expected a plain decimal such as "
                    + "0.02, for 10^9 bytes, without sign, currency or exponent"
            ])
    }

    @Test func `beyond a million, or on a side that is none, is an error`() {
        let loaded = loadConfiguration(twoClusters + "link.price.per.gb = 1000001\nlink.price.side = both")
        #expect(
            loaded.errors == [
                "mm2.properties:5: link.price.per.gb: \"1000001\" is out of range: expected 0 to 1000000, for 10^9 bytes",
                "mm2.properties:6: link.price.side: \"both\" is none of auto, source, target",
            ])
    }
}
