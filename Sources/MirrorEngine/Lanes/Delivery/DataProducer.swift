// SPDX-License-Identifier: Apache-2.0
import Kafka
import KafkaTypes

/// A gapless producer and its replacement: any delivery error ends it, because an idempotent one writes on behind a
/// refused batch and leaves a hole.
///
/// A class: asked several times for each record, where a value within another object would be checked for overlapping accesses.
final class DataProducer {
    /// Of the next client that is made.
    var properties: ClientProperties
    let clientID: String
    let traffic: ClientTraffic
    private(set) var producer: Producer?
    /// A delivery failed, or the client is dead: nothing may be enqueued until it is replaced.
    var isBroken = false
    private var failuresInARow = 0
    private var resumesAt: ContinuousClock.Instant?

    init(properties: ClientProperties, clientID: String, traffic: ClientTraffic) {
        self.properties = properties
        self.clientID = clientID
        self.traffic = traffic
    }

    func isBackingOff(at now: ContinuousClock.Instant) -> Bool {
        resumesAt.map { now < $0 } ?? false
    }

    /// The client, made at its first use.
    func ready() throws(KafkaError) -> Producer {
        if let producer { return producer }
        let made = try Producer(properties, clientID: clientID, traffic: traffic)
        producer = made
        resumesAt = nil
        return made
    }

    func noteSuccess() { failuresInARow = 0 }

    /// Destroys the client; what it held is freed and must be read again.
    func discard(at now: ContinuousClock.Instant) {
        producer?.close(purging: true)
        producer = nil
        isBroken = false
        failuresInARow += 1
        // A refusal is found by the side producer, so the first replacement may come at once; a target that denies
        // everything must not be asked a thousand times a second.
        let delay = failuresInARow == 1 ? Duration.zero : .milliseconds(min(10_000, 50 << min(failuresInARow, 8)))
        resumesAt = now + delay
    }

    func close(purging: Bool) { producer?.close(purging: purging) }
}
