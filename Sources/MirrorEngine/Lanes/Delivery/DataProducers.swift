// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes
import Mirroring

/// The gapless producers of one kind of batches, and their replacements: one where the target is near, several where it is far.
/// Each partition is written by one of them. Any delivery error ends them all, because an idempotent one writes on behind a
/// refused batch and leaves a hole.
///
/// A class: asked several times for each record, where a value within another object would be checked for overlapping accesses.
final class DataProducers {
    /// Of the next clients that are made.
    var properties: ClientProperties
    /// `batch.size` of those that write a far target; `nil`: as that of the others.
    private let farBatchBytes: Int?
    private let clientID: String
    private let traffic: ClientTraffic
    /// By connection; each is made at its first use.
    private var clients: [Producer?] = [nil]
    /// A delivery failed, or a client is dead: nothing may be enqueued until they are replaced.
    var isBroken = false
    private var failuresInARow = 0
    private var resumesAt: ContinuousClock.Instant?

    init(properties: ClientProperties, farBatchBytes: Int? = nil, clientID: String, traffic: ClientTraffic) {
        self.properties = properties
        self.farBatchBytes = farBatchBytes
        self.clientID = clientID
        self.traffic = traffic
    }

    /// Has so many connections at least. Those that are not needed any more stay: records may be in flight by them.
    func use(_ count: Int) {
        while clients.count < count { clients.append(nil) }
    }

    /// Whether at most one client may have something to report.
    var isSingle: Bool { clients.lazy.compactMap(\.self).count <= 1 }

    func isBackingOff(at now: ContinuousClock.Instant) -> Bool {
        resumesAt.map { now < $0 } ?? false
    }

    /// The client of a connection, counted from 0; made at its first use.
    func client(_ connection: Int) throws(KafkaError) -> Producer {
        if let client = clients[connection] { return client }
        let made = connection < ConnectionPlan.mostConnections ? try near(connection) : try far(connection)
        clients[connection] = made
        resumesAt = nil
        return made
    }

    private func near(_ connection: Int) throws(KafkaError) -> Producer {
        let id = connection == 0 ? clientID : "\(clientID)|\(connection + 1)"
        return try Producer(properties, clientID: id, traffic: traffic)
    }

    /// One batch of a partition is on its way at a time: it should be worth its round trip.
    private func far(_ connection: Int) throws(KafkaError) -> Producer {
        let id = "\(clientID)|far|\(connection - ConnectionPlan.mostConnections + 1)"
        var properties = properties
        if let farBatchBytes { properties["batch.size"] = "\(farBatchBytes)" }
        let bytes = properties["batch.size"].flatMap { Int($0) } ?? 1_000_000
        let linger = properties["linger.ms"].flatMap { Double($0) } ?? 5
        let pace = ProducePace(batchBytes: bytes, linger: .milliseconds(Int(linger)))
        return try Producer(properties, clientID: id, traffic: traffic, pace: pace)
    }

    /// Those that are made, by connection.
    var made: some Sequence<Producer> { clients.lazy.compactMap(\.self) }

    func noteSuccess() { failuresInARow = 0 }

    /// Destroys the clients; what they held is freed and must be read again.
    func discard(at now: ContinuousClock.Instant) {
        close(purging: true)
        for connection in clients.indices { clients[connection] = nil }
        isBroken = false
        failuresInARow += 1
        // A refusal is found by the side producer, so the first replacement may come at once; a target that denies
        // everything must not be asked a thousand times a second.
        let delay = failuresInARow == 1 ? Duration.zero : .milliseconds(min(10_000, 50 << min(failuresInARow, 8)))
        resumesAt = now + delay
    }

    func close(purging: Bool) { for client in made { client.close(purging: purging) } }
}
