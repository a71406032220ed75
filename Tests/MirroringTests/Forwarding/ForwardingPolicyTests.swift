// SPDX-License-Identifier: Apache-2.0
import TernConfiguration
import KafkaTypes
import Mirroring
import Testing

extension ForwardingPolicy {
    /// Asks with texts; `nil` for a header that is absent.
    func verdict(origin: String?, path: String?, partition: Int32 = 0, mayLackOrigin: Bool = false) -> Verdict {
        asked(
            hasHeaders: origin != nil || path != nil, origin: origin.map { Array($0.utf8) },
            path: path.map { Array($0.utf8) }, partition: partition, mayLackOrigin: mayLackOrigin)
    }

    func asked(
        hasHeaders: Bool, origin: [UInt8]?, path: [UInt8]?, partition: Int32 = 0, mayLackOrigin: Bool = false
    ) -> Verdict {
        verdict(
            hasHeaders: hasHeaders, origin: origin?.span.bytes, path: path?.span.bytes, partition: partition,
            mayLackOrigin: mayLackOrigin)
    }
}

@Suite struct ForwardingPolicyTests {
    /// The flow B->C of cluster ids idB and idC, for a topic that keeps its name.
    func identity(direct: [String] = [], hops: Int? = nil, topic: TopicName = "orders") -> ForwardingPolicy {
        ForwardingPolicy(
            topic: topic, naming: IdentityNaming(source: "B"), targetClusterID: "idC", directClusterIDs: direct,
            maximumHops: hops)
    }

    @Test func `a record without headers was born here`() {
        #expect(identity().verdict(origin: nil, path: nil) == .forwardBorn(isEchoed: false))
    }

    @Test func `a record that has been on the target is not sent there`() {
        #expect(identity().verdict(origin: "C/orders/0/7", path: "idC") == .skip(.cycle))
        #expect(identity().verdict(origin: "C/orders/0/7", path: "idC,idA") == .skip(.cycle))
        #expect(identity().verdict(origin: "A/orders/0/7", path: "idA,idC,idD") == .skip(.cycle))
    }

    @Test func `ids are compared whole`() {
        #expect(identity().verdict(origin: "A/orders/0/7", path: "idCC,xidC,id") == .forwardExtended)
    }

    @Test func `a record that has not is sent on with its path extended`() {
        #expect(identity().verdict(origin: "A/orders/0/7", path: "idA") == .forwardExtended)
    }

    @Test(arguments: [
        "A/other/0/7",  // copied by an application onto a record of its own topic
        "A/orders/1/7", "A/orders/0/-7", "A/orders/0/", "A/orders/0", "orders/0/7", "A/orders/0/7/", "",
        "A//0/7", "A/orders/00/7", "A/orders/0/9223372036854775808", "A/orders/4294967296/7", "A/orders/0/7 ",
    ])
    func `headers whose origin is another record's are an application's`(origin: String) {
        #expect(identity().verdict(origin: origin, path: "idC") == .forwardBorn(isEchoed: true))
    }

    @Test(arguments: ["", ",", "idC,", ",idC", "idA,,idC", "idC\n", "\u{7F}", String(repeating: "idC,", count: 1100)])
    func `a path that no mirror wrote is not believed`(path: String) {
        #expect(identity().verdict(origin: "A/orders/0/7", path: path) == .forwardBorn(isEchoed: true))
    }

    @Test func `null values and bytes that are no text are not believed`() {
        let origin = Array("A/orders/0/7".utf8)
        #expect(
            identity().asked(hasHeaders: true, origin: nil, path: nil) == .forwardBorn(isEchoed: true))
        #expect(
            identity().asked(hasHeaders: true, origin: origin, path: [0xFF, 0xFE])
                == .forwardBorn(isEchoed: true))
        #expect(
            identity().asked(hasHeaders: true, origin: [0xFF] + origin, path: Array("idC".utf8))
                == .skip(.cycle))  // an alias is only carried, whatever its bytes
        #expect(identity().verdict(origin: "A/orders/0/7", path: nil) == .forwardBorn(isEchoed: true))
    }

    @Test func `a path without an origin is believed only where there was no room for one`() {
        #expect(identity().verdict(origin: nil, path: "idC") == .forwardBorn(isEchoed: true))
        #expect(identity().verdict(origin: nil, path: "idC", mayLackOrigin: true) == .skip(.cycle))
        #expect(identity().verdict(origin: nil, path: "idA", mayLackOrigin: true) == .forwardExtended)
        #expect(
            identity().verdict(origin: "A/other/0/1", path: "idC", mayLackOrigin: true) == .forwardBorn(isEchoed: true))
    }

    @Test func `aliases may contain slashes`() {
        #expect(identity().verdict(origin: "eu/west/1/orders/0/7", path: "idC") == .skip(.cycle))
        #expect(identity().verdict(origin: "/orders/0/7", path: "idC") == .skip(.cycle))
    }

    @Test func `what a direct flow carries is left to it`() {
        let mesh = identity(direct: ["idA"])
        #expect(mesh.verdict(origin: "A/orders/0/7", path: "idA") == .skip(.direct))
        #expect(mesh.verdict(origin: "D/orders/0/7", path: "idD,idA") == .skip(.direct))
        #expect(mesh.verdict(origin: "D/orders/0/7", path: "idD") == .forwardExtended)
        #expect(mesh.verdict(origin: "C/orders/0/7", path: "idC,idA") == .skip(.cycle))
        #expect(mesh.verdict(origin: nil, path: nil) == .forwardBorn(isEchoed: false))
    }

    @Test func `a hop limit replaces the rule of direct flows`() {
        let two = identity(direct: ["idA"], hops: 2)
        #expect(two.verdict(origin: nil, path: nil) == .forwardBorn(isEchoed: false))
        #expect(two.verdict(origin: "A/orders/0/7", path: "idA") == .forwardExtended)
        #expect(two.verdict(origin: "D/orders/0/7", path: "idD,idA") == .skip(.hops))
        #expect(two.verdict(origin: "C/orders/0/7", path: "idC,idA") == .skip(.cycle))
        #expect(identity(hops: 1).verdict(origin: "A/orders/0/7", path: "idA") == .skip(.hops))
        #expect(identity(hops: 1).verdict(origin: "A/other/0/7", path: "idA,idD") == .forwardBorn(isEchoed: true))
        #expect(identity(hops: 0).verdict(origin: nil, path: nil) == .skip(.hops))
    }

    @Test func `a prefix policy believes the names that unwrap, and forwards beside direct flows`() {
        let policy = ForwardingPolicy(
            topic: "B.A.x", naming: PrefixNaming(source: "C"), targetClusterID: "idD", directClusterIDs: ["idA", "idB"])
        #expect(policy.verdict(origin: "A/x/0/7", path: "idA,idB") == .forwardExtended)
        #expect(policy.verdict(origin: "B/A.x/0/7", path: "idB") == .forwardExtended)
        #expect(policy.verdict(origin: "A/x/0/7", path: "idA,idD,idB") == .skip(.cycle))
        #expect(policy.verdict(origin: "B/B.A.x/0/7", path: "idD") == .forwardBorn(isEchoed: true))
        let local = ForwardingPolicy(topic: "x", naming: PrefixNaming(source: "A"), targetClusterID: "idB")
        #expect(local.verdict(origin: "B/x/0/7", path: "idB") == .forwardBorn(isEchoed: true))
    }

    @Test func `heartbeats are renamed under the identity policy too, so direct flows do not take them`() {
        let policy = identity(direct: ["idA"], topic: "A.heartbeats")
        #expect(policy.verdict(origin: "A/heartbeats/0/7", path: "idA") == .forwardExtended)
        #expect(policy.verdict(origin: "A/A.heartbeats/0/7", path: "idA") == .forwardBorn(isEchoed: true))
    }

    @Test func `cluster ids need not be plain`() {
        let odd = ForwardingPolicy(
            topic: "x", naming: IdentityNaming(source: "B"), targetClusterID: "clé,1", directClusterIDs: [])
        let path = PathEncoder(sourceClusterID: "clé,1").born
        #expect(
            odd.asked(hasHeaders: true, origin: Array("A/x/0/1".utf8), path: path) == .skip(.cycle))
    }
}
