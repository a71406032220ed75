// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTesting
import KafkaTypes
import MirrorEngine
import Mirroring
import Testing

/// What people see of a flow whose lanes get no transaction.
@Suite(.serialized) struct TransactionRefusalTests {
    @Test
    func
        `without the right to a transactional id nothing is copied, the flow says what to grant, and starts when it is`()
        async throws
    {
        let mirror = try MockMirror()
        defer { mirror.close() }
        let target = mirror.pair.target
        try mirror.pair.source.createTopic("orders", partitions: 1)
        try mirror.write("orders", 0..<10)
        target.pushRequestErrors(
            .initProducerID, Array(repeating: .transactionalIdAuthorizationFailed, count: 1000))
        let daemon = try mirror.daemon("A->B.enabled = true\nB.exactly.once.source.support = enabled")
        _ = try await running(daemon) {
            try await until("a reason") { daemon.flow?.state == .degraded }
            #expect(
                daemon.flow?.reason?.hasSuffix(": grant Write on transactional id tern.A->B.0 to Tern's user on B")
                    == true,
                "\(daemon.flow?.reason ?? "")")
            // Of partitions that no lane has yet nothing is known.
            #expect(daemon.lag == nil)
            target.clearRequestErrors(.initProducerID)
            try await daemon.untilReplicated(10)
            try await until("a known lag") { daemon.lag == 0 && daemon.flow?.state == .running }
            #expect(daemon.flow?.counters.transactionsCommitted ?? 0 > 0)
        }
        try mirror.expectCopies(of: "orders", 0..<10)
    }
}
